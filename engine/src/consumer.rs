//! Programs: what whoever has a consumer key may reach, and nothing else.

mod allowance;
mod kept;
mod key;
mod reach;
mod used;

pub(crate) use allowance::Allowances;
pub use allowance::USUAL_ALLOWANCE;
pub(crate) use kept::Kept;
pub(crate) use key::{digest, digest_of, fresh, shown};
pub use reach::{BorrowError, ContainerState, DatabaseState, LONGEST_WAIT, ReachError};
pub(crate) use reach::{Place, Question, Seen};
pub(crate) use used::Uses;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use chain::{ConsumerId, OrganisationId, Time};
use thiserror::Error;

use crate::engine::Engine;
use crate::gathered::{read, share};
use crate::issued::{self, Scope};
use crate::store::{StoreError, consumers};

/// A program whose key, or token, was checked for the request at hand; cheap to clone.
#[derive(Clone)]
pub struct Consumer {
    pub(crate) engine: Engine,
    pub(crate) row: Arc<consumers::Row>,
    /// Where its token reaches less than its key.
    pub(crate) only: Option<Scope>,
}

/// Why a key, or an access token that was issued in its place, opens nothing.
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
    /// The program whose key this is, or to which this access token was issued; every request asks
    /// anew, so that what is revoked opens nothing.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub async fn consumer(&self, key: &str, from: Option<IpAddr>) -> Result<Consumer, KeyError> {
        if let Some(hash) = issued::access_hash(key) {
            return self.bearer(&hash, from).await;
        }
        let digest = digest(key).ok_or(KeyError::Malformed)?;
        let row = self.consumer_row(digest).await?.ok_or(KeyError::Unknown)?;
        self.open_to(row, from).await
    }

    /// Lets a consumer in whose key works and did not make too many requests.
    pub(crate) async fn open_to(
        &self,
        row: Arc<consumers::Row>,
        from: Option<IpAddr>,
    ) -> Result<Consumer, KeyError> {
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
        Ok(Consumer { engine: self.clone(), row, only: None })
    }

    /// Lets every key make so many requests a minute; [`USUAL_ALLOWANCE`] unless said.
    pub fn allow_consumers(&self, requests_a_minute: u32) {
        self.inner.allowances.allow(requests_a_minute);
    }

    pub(crate) async fn consumer_row(
        &self,
        digest: [u8; 32],
    ) -> Result<Option<Arc<consumers::Row>>, StoreError> {
        let kept = &self.inner.kept;
        if let Some(row) = kept.key(&digest, self) {
            return Ok(Some(row));
        }
        let begun = kept.begin(self);
        let hash = crate::random::hex(&digest);
        let found = self.ask_together(|inner| &inner.keys, hash, Self::consumer_rows).await?;
        let Some(row) = found? else { return Ok(None) };
        kept.keep_key(digest, &row, &begun);
        Ok(Some(row))
    }

    async fn consumer_rows(
        self,
        hashes: Vec<String>,
    ) -> Vec<Result<Option<Arc<consumers::Row>>, StoreError>> {
        let all = |hashes| consumers::by_hashes(&self.inner.db, hashes);
        share(&hashes, &read(&hashes, all).await)
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
