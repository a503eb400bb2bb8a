//! All that needs a person, over all databases, and the round over all of it.

mod api;
mod item;
mod page;
mod round;
mod stops;

pub use page::list;
pub use round::round;

use crate::visit::encode;

/// The page of the round.
const ROUND: &str = "/repairs/all";

/// Leads to the provider for a container, and back to a page of ours.
fn renew_and_back(database: &str, alias: &str, back: &str) -> String {
    format!("/renew/{}/{}?return_to={}", encode(database), encode(alias), encode(back))
}
