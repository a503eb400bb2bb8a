use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use sea_orm::{DbErr, RuntimeErr, SqlErr};
use thiserror::Error;

use crate::provider::ProfileError;

/// What went wrong with the store.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The address is none that Evergrant can use.
    #[error("the database address {address} cannot be used: {why}")]
    Address {
        /// The address, without its password.
        address: String,
        /// What is wrong with it.
        why: String,
    },
    /// The store did not open.
    #[error("could not open the store at {address}")]
    Open {
        /// The address, without its password.
        address: String,
        /// Why not.
        #[source]
        source: DbErr,
    },
    /// The server did not answer in time.
    #[error("the store at {address} does not answer")]
    NoAnswer {
        /// The address, without its password.
        address: String,
    },
    /// Too many write at the same time.
    #[error("the store is busy: those who write before did not finish in time")]
    Busy,
    /// A file of the store could not be made or opened.
    #[error("could not open {}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// Another process uses the SQLite file.
    #[error("Evergrant runs on this store already: {} is locked; stop it first, or use PostgreSQL", path.display())]
    InUse {
        /// The lock file.
        path: PathBuf,
    },
    /// A step of the schema failed.
    #[error("could not bring the store's schema up to date")]
    Migrate(#[source] DbErr),
    /// A step of the schema is missing.
    #[error("the store's schema is not up to date: {name} is missing; run `evergrant migrate`")]
    Pending {
        /// The missing step.
        name: String,
    },
    /// The store was made by a newer version.
    #[error("the store is of a newer version of Evergrant: it has {name}, which this version does not know")]
    Newer {
        /// The unknown step.
        name: String,
    },
    /// What was asked together with others failed for all of them.
    #[error(transparent)]
    Shared(#[from] Arc<StoreError>),
    /// Whoever asked for all did not come to its end.
    #[error("the store was not asked")]
    Interrupted,
    /// A query failed.
    #[error("the store did not answer as asked")]
    Query(#[source] DbErr),
    /// The row to change is gone, or was changed by somebody else.
    #[error("the row {row} of {table} is gone")]
    Lost {
        /// The table.
        table: &'static str,
        /// The row's key.
        row: String,
    },
    /// Another row has the same name.
    #[error("the name is taken")]
    Taken,
    /// A row says something that cannot be.
    #[error("the row {row} of {table} says something impossible: {what}")]
    Impossible {
        /// The table.
        table: &'static str,
        /// The row's key.
        row: String,
        /// What it says.
        what: String,
    },
    /// An app registration's settings are not usable.
    #[error("the app registration is not usable")]
    Profile(#[from] ProfileError),
}

impl StoreError {
    /// Whether it says something of a row that was read, and nothing of the store itself.
    pub(crate) fn is_of_a_row(&self) -> bool {
        match self {
            Self::Impossible { .. } | Self::Profile(_) => true,
            Self::Shared(error) => error.is_of_a_row(),
            Self::Query(DbErr::Type(_) | DbErr::TryIntoErr { .. }) => true,
            Self::Query(DbErr::Query(RuntimeErr::SqlxError(error))) => {
                matches!(**error, sqlx::Error::ColumnDecode { .. })
            }
            _ => false,
        }
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Self::Taken,
            Some(_) | None => Self::Query(error),
        }
    }
}

/// Checks that a change met exactly one row.
pub(super) fn exactly_one(
    changed: u64,
    table: &'static str,
    row: impl std::fmt::Display,
) -> Result<(), StoreError> {
    if changed == 1 { Ok(()) } else { Err(StoreError::Lost { table, row: row.to_string() }) }
}
