//! What happened and what comes next, over all databases: messages, charts, next steps.

mod charts;
mod figures;
mod filter;
mod messages;
mod page;

pub use filter::read as read_filter;
pub use page::overview;
