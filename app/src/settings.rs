//! Settings: the app registrations.

pub mod api;
mod form;
mod page;
mod registrations;

pub use form::{new_registration, registration};
pub use page::overview;
pub use registrations::registrations;
