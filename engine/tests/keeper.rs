//! Chains kept at a real provider over real HTTP, on every store; clocks are moved by hand.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(dead_code, reason = "the world has more than these stories need")]
#[path = "keeper/stores.rs"]
mod stores;
#[path = "keeper/world.rs"]
mod world;

#[path = "keeper/faults.rs"]
mod faults;
#[path = "keeper/grants.rs"]
mod grants;
#[path = "keeper/keeping.rs"]
mod keeping;
#[path = "keeper/lending.rs"]
mod lending;
#[path = "keeper/spending.rs"]
mod spending;
