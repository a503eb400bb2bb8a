//! Stored sign-ins over time: handed out while they hold, warned of before their end, and deleted
//! at it.
//!
//! The row is written first and the chain told after it, so a process that ends in between leaves
//! a chain that knows less than its row says; tending tells it.

use chain::{ChainId, Event};

use crate::alert::{Event as AlertEvent, Notice};
use crate::engine::Engine;
use crate::guard::{CredentialPlace, GuardError, SignIn};
use crate::journal;
use crate::keeper::{News, SYSTEM};
use crate::store::{self, Purge, StoreError, credentials};

/// Rows tended of one kind in one round.
const BATCH: u64 = 500;

/// People are warned so many days ahead, each time once; the latest warning comes first, so that
/// after a long pause they get that one alone.
const WARNINGS: [u32; 2] = [1, 7];

impl Engine {
    /// The sign-in that a chain may be recovered with, and its row; `None` where none is stored, or
    /// its time is up.
    ///
    /// # Errors
    /// When the store cannot be read or the seal not be opened.
    pub async fn stored_sign_in(
        &self,
        chain: ChainId,
    ) -> Result<Option<(credentials::Row, SignIn)>, GuardError> {
        let row = credentials::usable(&self.inner.db, chain, self.now()).await?;
        let Some(row) = row else { return Ok(None) };
        let sign_in = self.inner.guard.open_sign_in(&self.inner.db, &row).await?;
        Ok(Some((row, sign_in)))
    }

    /// The credentials of a chain, sealed for the chain that it is joined into, if that has none.
    pub(crate) async fn carried_over(
        &self,
        from: ChainId,
        into: ChainId,
    ) -> Result<Option<credentials::Row>, GuardError> {
        let db = &self.inner.db;
        if credentials::of_chain(db, into).await?.is_some() {
            return Ok(None);
        }
        let Some((row, sign_in)) = self.stored_sign_in(from).await? else { return Ok(None) };
        let id = store::new_id(&self.inner.clock);
        let place = CredentialPlace { organisation: row.organisation, chain: into, row: id };
        let sealed = self.inner.guard.seal_sign_in(db, place, &sign_in).await?;
        Ok(Some(credentials::Row {
            id,
            chain: into,
            data_key: sealed.data_key,
            user_name: sealed.user_name,
            password: sealed.password,
            totp_secret: sealed.totp_secret,
            ..row
        }))
    }

    /// Deletes credentials whose time is up, at most so many; says how many.
    ///
    /// # Errors
    /// When the store refuses.
    pub(crate) async fn expire_credentials(&self, limit: u64) -> Result<u64, StoreError> {
        let mut gone = 0;
        for row in credentials::expired(&self.inner.db, Purge { now: self.now(), limit }).await? {
            gone += u64::from(self.expire(&row).await?);
        }
        Ok(gone)
    }

    /// Warns of credentials whose time comes, and tells chains what they were not told; says how many it
    /// met.
    ///
    /// # Errors
    /// When the store refuses.
    pub(crate) async fn tend_credentials(&self) -> Result<usize, StoreError> {
        let db = &self.inner.db;
        let purge = Purge { now: self.now(), limit: BATCH };
        let mut met = 0;
        for days in WARNINGS {
            for row in credentials::to_warn(db, days, purge).await? {
                met += usize::from(self.warn(&row, days).await?);
            }
        }
        for chain in credentials::untold(db, purge).await? {
            met += 1;
            self.tell_or_log(chain, News::system(Event::CredentialsStored)).await;
        }
        for chain in credentials::forgotten(db, purge).await? {
            met += 1;
            self.tell_or_log(chain, News::system(Event::CredentialsExpired)).await;
        }
        Ok(met)
    }

    async fn expire(&self, row: &credentials::Row) -> Result<bool, StoreError> {
        let txn = store::begin(&self.inner.db).await?;
        if !credentials::delete(&txn, row.id).await? {
            return Ok(false);
        }
        let entry =
            journal::credentials(self, row.organisation, row.chain, SYSTEM, "credentials_expired", None);
        store::journal::append(&txn, &entry).await?;
        txn.commit().await?;
        self.tell_or_log(row.chain, News::system(Event::CredentialsExpired)).await;
        self.inner.watch.announce(row.chain);
        Ok(true)
    }

    async fn warn(&self, row: &credentials::Row, days: u32) -> Result<bool, StoreError> {
        let txn = store::begin(&self.inner.db).await?;
        if !credentials::mark_warned(&txn, row.id, days).await? {
            return Ok(false);
        }
        let detail = Some(if days == 1 { "1 day left".to_owned() } else { format!("{days} days left") });
        let action = "credentials_expire_soon";
        let entry = journal::credentials(self, row.organisation, row.chain, SYSTEM, action, detail);
        store::journal::append(&txn, &entry).await?;
        let occasion = format!("{:032x}:{days}", row.id);
        let (until, days_ahead) = (Some(row.expires_at), Some(days));
        let notice = Notice { until, days: days_ahead, ..Notice::new(AlertEvent::CredentialsEnd, occasion) };
        self.raise(&txn, (row.organisation, row.chain), &[notice]).await?;
        txn.commit().await?;
        self.ring();
        tracing::warn!(chain = %row.chain, days, "recovery credentials end soon");
        Ok(true)
    }
}
