//! Sign-in pages are read, and walked to the code: by the sandbox, by other servers, and by bad ones.

mod any;
mod bounds;
mod classic;
mod companion;
mod forms;
mod identity;
mod other;
mod reading;
mod refusals;
mod sandbox;
mod server;
