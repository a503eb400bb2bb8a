//! Settings: the app registrations, auto-recovery, alerts.

mod alerts;
pub mod api;
mod form;
mod page;
mod recovery;
mod registrations;

pub use alerts::alerts;
pub use form::{new_registration, registration};
pub use page::overview;
pub use recovery::recovery;
pub use registrations::registrations;
