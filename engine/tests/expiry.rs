//! Nothing lives for ever: policies, whom they reach, and what goes when, on every store.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "keeper/stores.rs"]
mod stores;
#[path = "keeper/world.rs"]
#[expect(dead_code, reason = "the world holds more than these tests ask for")]
mod world;

#[path = "expiry/policies.rs"]
mod policies;
#[path = "expiry/purge.rs"]
mod purge;
#[path = "expiry/reach.rs"]
mod reach;
#[path = "expiry/scene.rs"]
mod scene;
#[path = "expiry/space.rs"]
mod space;
