//! What is written is read again, on every store; what was changed by others is noticed.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#[path = "support/each.rs"]
mod each;
#[path = "keeper/stores.rs"]
mod stores;

#[path = "store/chains.rs"]
mod chains;
#[path = "store/clock.rs"]
mod clock;
#[path = "store/credentials.rs"]
mod credentials;
#[path = "store/grants.rs"]
mod grants;
#[path = "store/links.rs"]
mod links;
#[path = "store/lists.rs"]
mod lists;
#[path = "store/opening.rs"]
mod opening;
#[path = "store/people.rs"]
mod people;
#[path = "store/recovery_runs.rs"]
mod recovery_runs;
#[path = "store/settings.rs"]
mod settings;
