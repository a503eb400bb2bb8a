//! App registrations, databases, containers and targets of alerts as a TOML file lists them.
//!
//! Applying is idempotent: what is there already is left as it is, what differs is changed, and
//! nothing is ever removed. The plan is shown before anything is done.

mod alert;
mod file;
mod plan;
mod run;
mod secret;

pub use file::{Wanted, read};
pub use plan::Plan;
pub use run::run;

use std::io;
use std::path::PathBuf;

use engine::guard::GuardError;
use engine::store::StoreError;
use engine::{ActError, FormError};
use thiserror::Error;

use crate::config::Line;

/// Why a file was not applied.
#[derive(Debug, Error)]
pub enum ApplyError {
    /// The file, or one that it names, cannot be read.
    #[error("could not read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file is not TOML of the known shape.
    #[error("{path}{line}: {message}", path = path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where.
        line: Line,
        /// What.
        message: String,
    },
    /// A secret is to come from the environment and is not there.
    #[error("{0} is not in the environment")]
    NoVariable(String),
    /// A secret is empty.
    #[error("the secret in {0} is empty")]
    EmptySecret(String),
    /// Something is listed twice.
    #[error("{0} is listed twice")]
    Twice(String),
    /// Exact Online is somewhere, and the file does not say where.
    #[error("app registration {0}: its country is missing")]
    NoCountry(String),
    /// What only Exact Online has was said of another server.
    #[error("app registration {registration}: {field} is of no meaning to a custom provider")]
    NotForCustom {
        /// The registration's name.
        registration: String,
        /// The field.
        field: &'static str,
    },
    /// A container names a registration that is neither listed nor there.
    #[error("container {container}: there is no app registration {registration}")]
    NoRegistration {
        /// The container, as `database/alias`.
        container: String,
        /// The registration's name.
        registration: String,
    },
    /// A container is there with another registration.
    #[error(
        "container {container} uses the app registration {is}, which cannot become {wanted}: create a container beside it"
    )]
    OtherRegistration {
        /// The container, as `database/alias`.
        container: String,
        /// The registration it uses.
        is: String,
        /// The registration that the file names.
        wanted: String,
    },
    /// A client secret could not be compared with the stored one.
    #[error("the client secret of app registration {registration} could not be compared")]
    Compare {
        /// The registration's name.
        registration: String,
        /// Why.
        #[source]
        source: GuardError,
    },
    /// Several databases have the name.
    #[error("several databases are named {0}: say which one with its slug")]
    Ambiguous(String),
    /// Several app registrations have the name.
    #[error("several app registrations are named {0}: give one of them another name first")]
    SeveralRegistrations(String),
    /// The engine refused one thing; what came before it in the plan is done.
    #[error("{what}")]
    Refused {
        /// What was refused.
        what: String,
        /// Why.
        #[source]
        source: FormError,
    },
    /// A refresh token could not be adopted.
    #[error("the refresh token of container {container} could not be adopted")]
    Adopt {
        /// The container, as `database/alias`.
        container: String,
        /// Why.
        #[source]
        source: ActError,
    },
    /// Somebody is to be told, and it is not said where, or said twice.
    #[error("alert {0}: it is either a webhook or a mail address")]
    AlertAddress(String),
    /// A target is there, and of the other kind.
    #[error(
        "alert {0}: a webhook does not become a mail address, nor the other way round: give it another name"
    )]
    OtherKind(String),
    /// The store cannot be read.
    #[error("could not read what is there")]
    Store(#[from] StoreError),
}
