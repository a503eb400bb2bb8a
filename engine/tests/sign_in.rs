//! Sign-in pages are read, and walked to the code: by the sandbox, by other servers, and by bad ones.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "sign_in/any.rs"]
mod any;
#[path = "sign_in/bounds.rs"]
mod bounds;
#[path = "sign_in/classic.rs"]
mod classic;
#[path = "sign_in/companion.rs"]
mod companion;
#[path = "sign_in/forms.rs"]
mod forms;
#[path = "sign_in/identity.rs"]
mod identity;
#[path = "sign_in/other.rs"]
mod other;
#[path = "sign_in/reading.rs"]
mod reading;
#[path = "sign_in/refusals.rs"]
mod refusals;
#[path = "sign_in/sandbox.rs"]
mod sandbox;
#[path = "sign_in/server.rs"]
mod server;
