//! People and programs are told what becomes of chains: at a real receiver, on every store.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(dead_code, reason = "the world has more than these stories need")]
#[path = "keeper/stores.rs"]
mod stores;
#[path = "keeper/world.rs"]
mod world;

#[path = "alerts/delivering.rs"]
mod delivering;
#[path = "alerts/events.rs"]
mod events;
#[path = "alerts/killed.rs"]
mod killed;
#[path = "alerts/mailing.rs"]
mod mailing;
#[path = "alerts/post_office.rs"]
mod post_office;
#[path = "alerts/reach.rs"]
mod reach;
#[path = "alerts/receiver.rs"]
mod receiver;
#[path = "recovery/scene.rs"]
mod scene;
#[path = "alerts/secured.rs"]
mod secured;
#[path = "alerts/targets.rs"]
mod targets;
