//! Programs and their keys.

mod api;
mod list;
mod new;
mod one;
mod recipe;

pub use list::list;
pub use new::new;
pub use one::show;

/// The page with all consumers.
const LIST: &str = "/consumers";
