//! The engine at real stores and real providers; clocks are moved by hand.
//!
//! One program for all of it: it is linked once, and a test that waits leaves its core to others.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod child;
mod each;
mod stores;
mod world;

mod access;
mod alerts;
mod expiry;
mod figures;
mod gate;
mod guard;
mod issued;
mod journal;
mod keeper;
mod provider;
mod recovery;
mod rotation;
mod sign_in;
mod store;
