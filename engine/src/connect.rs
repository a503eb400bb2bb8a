//! The authorization code grant: redirect out, code back.
//!
//! A grant is walked into a chain of its own, since only the provider's answer says who signed in.
//! Once the user is known, the link goes to that user's chain; see [`crate::keeper`].

mod attach;
mod begin;
mod exchange;
mod finish;

pub use begin::BeginGrantError;
pub(crate) use begin::NewGrant;
pub use finish::{Callback, FinishedGrant, GrantOutcome};
