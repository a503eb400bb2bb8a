//! Holds the sandbox to what is known of Exact Online, over real HTTP.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
mod token_rules;
