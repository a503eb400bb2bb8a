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
mod sign_in_chance;
mod sign_in_faults;
mod sign_in_steering;
mod steering;
mod token_rules;
mod walker;
