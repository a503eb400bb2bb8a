//! Exchanges a refresh token for the next pair.

use chain::Time;
use thiserror::Error;

use super::lifetimes::Lifetimes;
use super::pair::{Pair, draw};
use super::standing::{Verdict, judge};
use super::{Client, Issued, Scope, ScopeError, text};
use crate::actor::Actor;
use crate::figures::{Figure, IssueAnswer};
use crate::guard::secret::IssuedRefreshToken;
use crate::journal;
use crate::store::issued_tokens::{self, Found, Hash};
use crate::store::token_families::{self, EndedBy};
use crate::store::{self, StoreError};

/// How often a token is looked at anew when others use it at the same moment.
const TRIES: u32 = 4;

/// Why a refresh token was not exchanged.
#[derive(Debug, Error)]
pub enum RefreshError {
    /// It is none of ours, or was forgotten since.
    #[error("the refresh token is unknown")]
    Unknown,
    /// It was issued to another client.
    #[error("the refresh token was issued to another client")]
    OtherClient,
    /// It expired, or was revoked.
    #[error("the refresh token ended")]
    Over,
    /// It was used a moment ago.
    #[error("the refresh token was used a moment ago")]
    JustUsed,
    /// It was used before; its family is ended.
    #[error("the refresh token was used before")]
    Reused,
    /// The scope is not granted.
    #[error(transparent)]
    Scope(#[from] ScopeError),
    /// The store refused.
    #[error("could not exchange the refresh token")]
    Store(#[from] StoreError),
    /// The work did not come to its end.
    #[error("the refresh token was not exchanged")]
    Interrupted,
}

impl Client {
    /// Exchanges a refresh token for the next pair; the access token may be for less than the first one.
    ///
    /// A refresh token is good for one use. Within [`super::GRACE`] it may be shown once more, since the
    /// answer may have been lost: the pair that comes then takes the place of the lost one. Later it ends
    /// its family.
    ///
    /// # Errors
    /// See [`RefreshError`].
    pub async fn refresh(
        &self,
        token: &IssuedRefreshToken,
        scope: Option<Scope>,
    ) -> Result<Issued, RefreshError> {
        let refreshed = self.next_pair(token, scope).await;
        let figure = Figure::Issue(IssueAnswer::of_next(&refreshed));
        self.consumer.engine.count(self.consumer.organisation(), figure);
        refreshed
    }

    async fn next_pair(
        &self,
        token: &IssuedRefreshToken,
        scope: Option<Scope>,
    ) -> Result<Issued, RefreshError> {
        let hash = text::refresh_hash(token.expose()).ok_or(RefreshError::Unknown)?;
        // Whoever hangs up leaves nothing half done, and hears of the rest by asking once more.
        let client = self.clone();
        let exchanged = self.consumer.engine.begin(async move { client.exchange(&hash, scope).await });
        exchanged.await.unwrap_or(Err(RefreshError::Interrupted))
    }

    async fn exchange(&self, hash: &Hash, scope: Option<Scope>) -> Result<Issued, RefreshError> {
        let engine = &self.consumer.engine;
        let lifetimes = engine.token_lifetimes(self.consumer.organisation()).await?;
        for _ in 0..TRIES {
            let found = issued_tokens::find(&engine.inner.db, hash).await?.ok_or(RefreshError::Unknown)?;
            if found.family.consumer != self.consumer.id() {
                return Err(RefreshError::OtherClient);
            }
            let now = engine.now();
            let lost = match judge(&found, now) {
                Verdict::Rotate => None,
                Verdict::Repeat { lost } => Some(lost),
                Verdict::JustUsed => return Err(RefreshError::JustUsed),
                Verdict::Over => return Err(RefreshError::Over),
                Verdict::Reused => {
                    self.end_reused(&found, now).await?;
                    return Err(RefreshError::Reused);
                }
            };
            if let Some(scope) = &scope {
                let granted = found.family.databases.as_deref().map(Scope::stored);
                scope.check(&engine.inner.db, granted.as_ref(), &self.consumer.row).await?;
            }
            // A policy that was shortened since reaches the family, and no other one makes it live longer.
            let end = lifetimes.family_end(found.family.created_at, &self.consumer.row);
            let expires_at = found.family.expires_at.min(end);
            if expires_at <= now {
                return Err(RefreshError::Over);
            }
            let family = token_families::Row { expires_at, ..found.family.clone() };
            let pair = draw(&family, scope.as_ref(), lifetimes, now);
            if self.put(&found, lost, &pair, lifetimes, now).await? {
                return Ok(pair.issued);
            }
        }
        Err(RefreshError::JustUsed)
    }

    /// Puts a pair in the place of what was used, or of what was lost; `false` where somebody else did.
    async fn put(
        &self,
        found: &Found,
        lost: Option<Hash>,
        pair: &Pair,
        lifetimes: Lifetimes,
        now: Time,
    ) -> Result<bool, StoreError> {
        let (hash, until) = (&found.token.hash, now + lifetimes.remembered());
        let txn = store::begin(&self.consumer.engine.inner.db).await?;
        let placed = match lost {
            None => issued_tokens::supersede(&txn, hash, Some(&pair.refresh.hash), now, until).await?,
            // What was lost is in use where it is superseded itself: then nothing was lost.
            Some(lost) => {
                issued_tokens::forget_successor(&txn, hash, &lost).await?
                    && issued_tokens::supersede(&txn, &lost, None, now, until).await?
            }
        };
        if !placed {
            txn.rollback().await?;
            return Ok(false);
        }
        issued_tokens::insert(&txn, [&pair.access, &pair.refresh].into_iter()).await?;
        txn.commit().await?;
        Ok(true)
    }

    /// Two have a refresh token, and nobody knows which of them is the program.
    async fn end_reused(&self, found: &Found, now: Time) -> Result<(), StoreError> {
        let (engine, consumer) = (&self.consumer.engine, &self.consumer.row);
        let detail = Some(format!("{} ({}…)", consumer.name, consumer.shown));
        let entry =
            journal::setting(engine, consumer.organisation, &Actor::System, "refresh_token_reused", detail);
        let from_address = self.from.map(|from| from.to_canonical().to_string());
        let txn = store::begin(&engine.inner.db).await?;
        if token_families::end(&txn, found.family.id, now, EndedBy::Reuse).await? {
            store::journal::append(&txn, &store::journal::Entry { from_address, ..entry }).await?;
        }
        let committed = txn.commit().await;
        engine.inner.kept.end();
        Ok(committed?)
    }
}
