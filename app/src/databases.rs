//! The list of databases, and making one.

pub mod api;
mod filter;
mod new;
mod page;
mod row;

pub use new::new;
pub use page::list;
