//! How grants end, in words, and the pages for those that end nowhere else.

mod page;
mod words;

pub use page::{BeginFailed, BeginPage, Ended, Failure, GrantPage, failure};
pub use words::{grant_result, outcome_words};
