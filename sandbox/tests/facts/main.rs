//! Holds the sandbox to what is known of Exact Online, over real HTTP.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod api;
mod browser;
mod codes;
mod command_line;
mod common;
mod faults;
mod sign_in;
mod steering;
mod token_rules;
