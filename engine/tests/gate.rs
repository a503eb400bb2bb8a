//! The gate to the data: its pure decisions, and requests through it to a real provider on every store.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#[path = "keeper/stores.rs"]
mod stores;
#[path = "gate/upstream.rs"]
mod upstream;
#[path = "gate/world.rs"]
mod world;

#[path = "gate/allowances.rs"]
mod allowances;
#[path = "gate/caching.rs"]
mod caching;
#[path = "gate/counts.rs"]
mod counts;
#[path = "gate/hang_ups.rs"]
mod hang_ups;
#[path = "gate/headers.rs"]
mod headers;
#[path = "gate/limits.rs"]
mod limits;
#[path = "gate/passing.rs"]
mod passing;
#[path = "gate/paths.rs"]
mod paths;
#[path = "gate/tokens.rs"]
mod tokens;
