//! Auto-recovery of a data container: a page of its own, which the dialog of its database shows too.

mod advice;
pub mod api;
mod dialog;
mod fields;
mod page;
mod part;
mod runs;
mod sent;
mod stored;
mod strength;

pub use dialog::Dialog;
pub use page::show;
pub use runs::Runs;
