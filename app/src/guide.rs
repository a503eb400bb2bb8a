//! The guide: how administrators go about what no form can do for them. Its texts lie in `docs/`,
//! one folder a language, one file a topic.

mod link;
mod page;
mod prose;
mod topic;

pub use link::ReadMore;
pub use page::{contents, read};
pub use topic::Topic;
