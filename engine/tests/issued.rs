//! Tokens that Evergrant issues: what they open, when they end, and who is refused.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "keeper/stores.rs"]
mod stores;
#[path = "keeper/world.rs"]
#[expect(dead_code, reason = "the world holds more than this test asks for")]
mod world;

#[path = "issued/crowds.rs"]
mod crowds;
#[path = "issued/ending.rs"]
mod ending;
#[path = "issued/lives.rs"]
mod lives;
#[path = "issued/program.rs"]
mod program;
#[path = "issued/purging.rs"]
mod purging;
#[path = "issued/rotation.rs"]
mod rotation;
#[path = "issued/scopes.rs"]
mod scopes;
