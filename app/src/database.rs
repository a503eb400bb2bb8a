//! One database: its data containers, each with what can be done about it.

pub mod api;
mod container;
mod header;
mod history;
mod links;
mod menu;
mod outcome;
mod page;
mod table;

pub use container::show_container;
pub use links::{container_page, recovery_page, renew};
pub use page::show;
