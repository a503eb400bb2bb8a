//! What is secret stays so: sealed, bound to its place, and not to be printed.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#[path = "support/each.rs"]
#[expect(dead_code, reason = "the store's tests use the rest")]
mod each;
#[path = "keeper/stores.rs"]
mod stores;

#[path = "guard/credential.rs"]
mod credential;
#[path = "guard/keyring.rs"]
mod keyring;
#[path = "guard/keys.rs"]
mod keys;
#[path = "guard/one_time.rs"]
mod one_time;
#[path = "guard/seal.rs"]
mod seal;
#[path = "guard/secret.rs"]
mod secret;
