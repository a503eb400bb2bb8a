//! Removes what ended: nothing that is kept lives for ever.

use crate::engine::Engine;
use crate::store::{self, Purge, StoreError};

/// Rows removed of one kind in one round.
const BATCH: u64 = 1_000;

impl Engine {
    /// Removes expired sessions, grants, answers, links and setup links, and chains that nobody
    /// points at; says how many rows went.
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
        Ok(usize::try_from(gone).unwrap_or(usize::MAX))
    }
}
