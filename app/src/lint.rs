//! A policy file that is chosen or pasted, and what is missing or unsafe in it.

mod api;
mod kept;
mod page;
mod result;
mod sent;
mod words;

pub use page::page;

/// The page on which a file is checked.
const PAGE: &str = "/policies/lint";
