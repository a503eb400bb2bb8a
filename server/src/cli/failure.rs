//! Why a command failed.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use engine::expiry::PurgeError;
use engine::guard::{GuardError, KeyringError};
use engine::store::StoreError;
use engine::{FormError, OpenError, SetUpError};
use thiserror::Error;

use crate::apply::ApplyError;
use crate::config::{SettingError, UnreadableSettings};
use crate::demo::DemoError;
use crate::telemetry::BadFilter;

/// Why a command failed.
#[derive(Debug, Error)]
pub enum Failure {
    /// The settings could not be gathered.
    #[error(transparent)]
    Settings(#[from] UnreadableSettings),
    /// A setting cannot be used.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The log setting cannot be used.
    #[error(transparent)]
    Log(#[from] BadFilter),
    /// The data folder cannot be made.
    #[error("cannot make the data folder {}", path.display())]
    DataDir {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The master keys cannot be read.
    #[error("cannot use the master keys of {from}")]
    Keys {
        /// The file or the variable.
        from: String,
        /// Why not.
        #[source]
        source: KeyringError,
    },
    /// The master keys are in a setting, which a command cannot change.
    #[error(
        "the master keys come from EVERGRANT_MASTER_KEY: put a new one before them there, separated by a semicolon, and run `evergrant keys rotate`"
    )]
    MasterKeyInSetting,
    /// A key could not be made or used.
    #[error(transparent)]
    Guard(#[from] GuardError),
    /// Some values did not move to the new keys.
    #[error("{0} values cannot be opened, so they keep their old keys; the log names them")]
    Stuck(u64),
    /// Not everything that ended could be removed.
    #[error("could not remove everything that ended")]
    Purge(#[from] PurgeError),
    /// Nobody can listen there.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why, such as that the port is in use.
        #[source]
        source: io::Error,
    },
    /// The server ended with an error.
    #[error("the server ended")]
    Serve(#[source] io::Error),
    /// There is nothing to look at or to change.
    #[error("there is no store at {0} yet: `evergrant serve` makes it")]
    NoStore(String),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The engine could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// An operator was not added or changed.
    #[error(transparent)]
    Operator(#[from] SetUpError),
    /// What was found cannot be shown.
    #[error("cannot write to standard output")]
    Show(#[source] io::Error),
    /// The password could not be read.
    #[error("could not read the password from {from}")]
    Password {
        /// Where it was to come from.
        from: String,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A consumer was not added or revoked.
    #[error(transparent)]
    Consumer(#[from] FormError),
    /// No consumer is meant.
    #[error("there is no consumer `{0}`: name it by its id, by the beginning of its key, or by its name")]
    NoConsumer(String),
    /// Several consumers may be meant.
    #[error("there are several consumers `{0}`: name the one by its id, or by the beginning of its key")]
    ManyConsumers(String),
    /// A file could not be applied.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// The demonstration could not be prepared.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// The checks found something.
    #[error("{0} found")]
    Findings(String),
    /// The end took too long.
    #[error("token calls were still in flight after {0} seconds; a restart finishes what they began")]
    Slow(u64),
}

impl Failure {
    /// The failure with its causes, on one line.
    pub fn line(&self) -> String {
        engine::report(self).replace('\n', " ")
    }
}
