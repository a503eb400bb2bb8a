//! Chains that break and heal by themselves, at a real provider's pages, on every store.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(dead_code, reason = "the world has more than these stories need")]
#[path = "keeper/stores.rs"]
mod stores;
#[path = "keeper/world.rs"]
mod world;

#[path = "recovery/faults.rs"]
mod faults;
#[path = "recovery/guards.rs"]
mod guards;
#[path = "recovery/healing.rs"]
mod healing;
#[path = "recovery/late.rs"]
mod late;
#[path = "recovery/scene.rs"]
mod scene;
#[path = "recovery/tests_of_credentials.rs"]
mod tests_of_credentials;
