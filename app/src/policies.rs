//! How long things live: the page of the policies.

mod words;

pub use words::refused;
