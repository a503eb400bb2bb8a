//! Removes what ended: nothing that is kept lives for ever.

use std::time::Duration;

use crate::engine::Engine;
use crate::guard::one_time;
use crate::store::{self, Purge, StoreError};

/// Rows removed of one kind in one round.
const BATCH: u64 = 1_000;
/// Batches of issued tokens in one round: they come faster than anything else.
const MOST_BATCHES: u32 = 100;
/// Periods of one-time codes are remembered this long, whatever a clock that is set back says.
const PERIODS_LIFE: Duration = Duration::from_secs(86_400);

impl Engine {
    /// Removes expired sessions, grants, answers, links, setup links, recovery runs, alerts, credentials,
    /// issued tokens, consumers and past traffic, and chains that nobody points at; says how many rows went
    /// or were warned of.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn tidy(&self) -> Result<usize, StoreError> {
        let db = &self.inner.db;
        let purge = Purge { now: self.now(), limit: BATCH };
        let mut gone = 0;
        gone += store::sessions::purge(db, purge).await?;
        gone += store::grants::purge(db, purge).await?;
        gone += store::answers::purge(db, purge).await?;
        gone += store::links::purge(db, purge).await?;
        gone += store::setup_links::purge(db, purge).await?;
        gone += store::tending::purge_orphans(db, purge).await?;
        gone += store::recovery_runs::purge(db, purge).await?;
        gone += store::rounds::purge(db, purge).await?;
        gone += store::traffic::purge(db, purge).await?;
        gone += store::one_time_periods::purge(db, one_time::period(purge.now - PERIODS_LIFE)).await?;
        gone += self.purge_hours(purge).await?;
        gone += self.purge_tokens(purge).await?;
        gone += store::consumers::purge(db, purge).await?;
        self.inner.tokens.forget_ended(purge.now);
        gone += store::alerts::purge(db, purge).await?;
        let tended = self.tend_credentials().await? + self.tend_links().await?;
        Ok(usize::try_from(gone).unwrap_or(usize::MAX).saturating_add(tended))
    }

    /// Removes issued tokens and families that are over, in batches, until none is left or the round has
    /// its share.
    async fn purge_tokens(&self, purge: Purge) -> Result<u64, StoreError> {
        let db = &self.inner.db;
        let mut all = 0;
        for _ in 0..MOST_BATCHES {
            let mut gone = store::token_families::end_revoked(db, purge).await?;
            gone += store::issued_tokens::purge(db, purge).await?.values().sum::<u64>();
            gone += store::issued_tokens::purge_ended(db, purge).await?.values().sum::<u64>();
            let families = store::token_families::purge(db, purge).await?;
            gone += families.expired + families.ended;
            all += gone;
            if gone == 0 {
                break;
            }
        }
        Ok(all)
    }
}
