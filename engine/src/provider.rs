//! The way out to an OAuth provider: what is sent, what comes back, and what it means.
//!
//! Nothing here moves a chain; the answers are told to the keeper.

pub mod custom;
pub mod exact;
pub mod oauth;
pub mod profile;

pub use custom::Custom;
pub use oauth::{Answer, Delivery, Grant, Http, TokenAnswer, TokenCall};
pub use profile::{Kind, Profile, ProfileError, Settings, Timing};
