//! The way out to an OAuth provider: what is sent, what comes back, and what it means.
//!
//! Nothing here moves a chain; the answers are told to the keeper.

pub mod custom;
pub mod exact;
mod limits;
pub mod oauth;
pub mod profile;

pub use custom::Custom;
pub use limits::{Company, Limit, Limits};
pub use oauth::{Answer, Delivery, Grant, Http, TokenAnswer, TokenCall};
pub use profile::{Kind, Profile, ProfileError, Settings, Timing};

/// Where a provider is, in a word for people: the country of Exact Online, the host of another server.
pub fn place(provider: &str, country: &str, custom: Option<&str>) -> String {
    let host = || Custom::parse(custom).ok()?.host();
    if provider == "custom" { host().unwrap_or_default() } else { country.to_owned() }
}
