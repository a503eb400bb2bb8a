//! Tokens that Evergrant issues: what they open, when they end, and who is refused.

mod counts;
mod crowds;
mod ending;
mod lives;
pub mod program;
mod purging;
mod rotation;
mod scopes;
