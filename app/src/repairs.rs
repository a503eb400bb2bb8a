//! All that needs a person, over all databases.

mod page;

pub use page::list;
