//! How long what Evergrant keeps and issues may live.
//!
//! A [`Policy`] gives one [`Kind`] of thing a lifetime within bounds. There is no policy without an
//! end: absent, 0, negative and "for ever" are refused by name. [`Policies`] holds what was said of
//! each kind beside the defaults for what was left out, and tells what is unwise in it.
//!
//! [`file`] reads Evergrant's own policy file; [`lint`] reads it and OAuthV2 policies of Apigee, and
//! says what is missing or unsafe.
//!
//! Pure: no clock, no input or output. The store, the pages and the linter ask the same rules.

pub mod duration;
pub mod file;
mod given;
mod kind;
pub mod lint;
mod policies;
mod rule;
mod warning;

pub use given::Given;
pub use kind::Kind;
pub use policies::{Effective, Policies};
pub use rule::{Bounds, Policy, PolicyError};
pub use warning::Warning;
