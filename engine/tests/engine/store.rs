//! What is written is read again, on every store; what was changed by others is noticed.

mod chains;
mod clock;
mod credentials;
mod grants;
mod links;
mod lists;
mod opening;
mod people;
mod recovery_runs;
mod settings;
