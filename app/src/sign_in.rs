//! Signing in, and making the first operator.

mod api;
mod page;
mod set_up;

pub use page::sign_in_page;
pub use set_up::set_up_page;
