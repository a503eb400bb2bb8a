//! How long things live: the policies, whom a changed one reaches, what the purge takes, and how the store
//! grows.

mod api;
mod change;
mod entered;
mod growth;
mod kinds;
mod page;
mod purge;
mod size;
mod words;

pub use change::change;
pub use page::overview;
pub use words::refused;

/// The page with all policies.
const PAGE: &str = "/policies";
