//! Holds the sandbox to what is known of Exact Online, over real HTTP.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod api;
mod b2c;
mod browser;
mod codes;
mod command_line;
mod common;
mod faults;
mod identity;
mod identity_refusals;
mod sign_in;
mod steering;
mod token_rules;
