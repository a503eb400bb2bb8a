//! Programs: what whoever has a consumer key may reach, and nothing else.

mod allowance;
mod kept;
mod key;
mod reach;
mod used;

pub(crate) use allowance::Allowances;
pub use allowance::USUAL_ALLOWANCE;
pub(crate) use kept::Kept;
pub(crate) use key::{fresh, shown};
pub(crate) use reach::Place;
pub use reach::{BorrowError, ContainerState, DatabaseState, LONGEST_WAIT, ReachError};
pub(crate) use used::Uses;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use chain::{ConsumerId, OrganisationId, Time};
use thiserror::Error;

use crate::engine::Engine;
use crate::store::{StoreError, consumers};

/// A program whose key was checked for the request at hand; cheap to clone.
#[derive(Clone)]
pub struct Consumer {
    pub(crate) engine: Engine,
    pub(crate) row: Arc<consumers::Row>,
}

/// Why a key opens nothing.
#[derive(Debug, Error)]
pub enum KeyError {
    /// It is no key of ours: those have a shape.
    #[error("the consumer key is malformed")]
    Malformed,
    /// Nobody was given this key, or it ended long ago.
    #[error("the consumer key is unknown")]
    Unknown,
    /// Its time is up.
    #[error("the consumer key expired")]
    Expired {
        /// When.
        at: Time,
    },
    /// Somebody revoked it.
    #[error("the consumer key was revoked")]
    Revoked {
        /// When.
        at: Time,
    },
    /// The key works, and made more requests than one key may.
    #[error("the consumer key made too many requests")]
    TooMany {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The store refused.
    #[error("could not read the consumer")]
    Store(#[from] StoreError),
}

impl Engine {
    /// The program whose key this is; every request asks anew, so that a revoked key opens nothing.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub async fn consumer(&self, key: &str, from: Option<IpAddr>) -> Result<Consumer, KeyError> {
        let digest = key::digest(key).ok_or(KeyError::Malformed)?;
        let row = self.consumer_row(digest).await?.ok_or(KeyError::Unknown)?;
        let now = self.now();
        if let Some(at) = row.revoked_at {
            return Err(KeyError::Revoked { at });
        }
        if row.expires_at <= now {
            return Err(KeyError::Expired { at: row.expires_at });
        }
        if let Some(retry_after) = self.inner.allowances.spend(row.id, now) {
            return Err(KeyError::TooMany { retry_after });
        }
        self.note_key_use(&row, from, now).await;
        Ok(Consumer { engine: self.clone(), row })
    }

    /// Lets every key make so many requests a minute; [`USUAL_ALLOWANCE`] unless said.
    pub fn allow_consumers(&self, requests_a_minute: u32) {
        self.inner.allowances.allow(requests_a_minute);
    }

    async fn consumer_row(&self, digest: [u8; 32]) -> Result<Option<Arc<consumers::Row>>, StoreError> {
        let kept = &self.inner.kept;
        if let Some(row) = kept.key(&digest, self) {
            return Ok(Some(row));
        }
        let begun = kept.begin(self);
        let Some(row) = consumers::by_hash(&self.inner.db, &crate::random::hex(&digest)).await? else {
            return Ok(None);
        };
        let row = Arc::new(row);
        kept.keep_key(digest, &row, begun);
        Ok(Some(row))
    }

    /// Writes down now and then that a key was used; a store that refuses keeps nobody from a token.
    async fn note_key_use(&self, row: &consumers::Row, from: Option<IpAddr>, now: Time) {
        if !self.inner.uses.is_due(row.id.0, row.last_used_at, now) {
            return;
        }
        let from = from.map(|from| from.to_canonical().to_string());
        if let Err(error) = consumers::set_used(&self.inner.db, row.id, now, from).await {
            tracing::warn!(error = crate::report(&error), "the use of a key was not written down");
        }
    }
}

impl Consumer {
    /// Its id.
    pub fn id(&self) -> ConsumerId {
        self.row.id
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.row.name
    }

    /// Whose it is.
    pub fn organisation(&self) -> OrganisationId {
        self.row.organisation
    }
}
