//! The engine of Evergrant: everything that touches the world.
//!
//! [`Engine`] is the handle; [`access::Operator`] is what a signed-in person may reach. A chain
//! moves only through [`Engine::tell`].

pub mod access;
pub mod account;
mod actor;
pub mod alert;
pub mod clock;
pub mod connect;
pub mod consumer;
mod credentials;
mod engine;
pub mod expiry;
pub mod figures;
pub mod gate;
mod gathered;
pub mod guard;
pub mod issued;
mod journal;
pub mod keeper;
pub mod lend;
mod live;
pub mod provider;
mod random;
mod recover;
mod rotation;
pub mod sign_in;
pub mod store;
pub mod task;
mod throttle;
mod tls;
pub mod view;

pub use access::{
    ActError, AlertTargetForm, ConsumerForm, ContainerEntry, CredentialsForm, DatabaseEntry, FormError,
    NewContainer, NewDatabase, OneTimeInput, Operator, PolicyForm, Problem, RefreshNow, RegistrationForm,
};
pub use account::{SetUpError, SignInError};
pub use actor::Actor;
pub use connect::{BeginGrantError, Callback, FinishedGrant, GrantOutcome};
pub use consumer::{BorrowError, Consumer, KeyError, ReachError};
pub use engine::{Engine, EngineOptions, OpenError};
pub use gate::{Asked, GateError, HeldBy, PassError, PathError};
pub use journal::{ChainError, Misfit, SoundJournal, VerifyError};
pub use live::{LiveEvent, LiveFocus};
pub use rotation::Resealed;
pub use store::migrate;

/// An error with all its causes, on one line, for the place where it is handled.
pub fn report(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.push_str(": ");
        line.push_str(&error.to_string());
        cause = error.source();
    }
    line
}
