//! Makes the journal a chain: each line that was committed gets a number, and a hash over itself and
//! the hash before it. Writers of lines wait for nobody; one process at a time gives the numbers.

use chain::OrganisationId;
use policy::Kind;
use thiserror::Error;

use super::tip::{End, Tip};
use crate::engine::Engine;
use crate::guard::GuardError;
use crate::store::journal_heads::{self, Row};
use crate::store::{self, StoreError, journal, organisations};

/// Lines that get their place in one transaction.
const BATCH: u64 = 200;
/// Lines that are removed in one transaction.
const FORGOTTEN: u64 = 1_000;

/// Why lines did not get their place.
#[derive(Debug, Error)]
pub enum ChainError {
    /// The store refused.
    #[error("could not read or write the journal")]
    Store(#[from] StoreError),
    /// An end of the chain could not be sealed or opened.
    #[error("could not use the seal of the journal's end")]
    Guard(#[from] GuardError),
    /// There are lines with a place, and no end: somebody removed it.
    #[error("the end of the journal's chain is gone; `evergrant doctor` says more")]
    HeadGone,
}

impl Engine {
    /// Gives every line that has none its place in the chain; says how many got one.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn chain_journal(&self) -> Result<usize, ChainError> {
        let mut all = 0;
        for organisation in organisations::all(&self.inner.db).await? {
            loop {
                let chained = self.chain_batch(organisation.id).await?;
                all += chained;
                if chained == 0 {
                    break;
                }
            }
        }
        Ok(all)
    }

    async fn chain_batch(&self, organisation: OrganisationId) -> Result<usize, ChainError> {
        let db = &self.inner.db;
        if journal::unchained(db, organisation, 1).await?.is_empty() {
            return Ok(0);
        }
        // A key that is made first in the transaction would be known after the transaction failed.
        self.inner.guard.create_keys(db, organisation).await?;
        let txn = store::begin(db).await?;
        let row = match journal_heads::lock(&txn, organisation).await? {
            Some(row) => row,
            None if journal::chained(&txn, organisation, i64::MIN, 1).await?.is_empty() => {
                let row = self.new_ends(organisation).await?;
                journal_heads::insert(&txn, &row).await?;
                row
            }
            None => return Err(ChainError::HeadGone),
        };
        let mut tip = self.open_tip(organisation, End::Head, &row.head).await?;
        let lines = journal::unchained(&txn, organisation, BATCH).await?;
        for line in &lines {
            tip = tip.followed_by(line);
            journal::give_place(&txn, &line.id, tip.number, &tip.written()).await?;
        }
        let head = self.seal_tip(organisation, End::Head, tip).await?;
        journal_heads::set_head(&txn, &row, tip.number, head).await?;
        txn.commit().await.map_err(StoreError::from)?;
        Ok(lines.len())
    }

    async fn new_ends(&self, organisation: OrganisationId) -> Result<Row, GuardError> {
        let tip = Tip::new(self.now());
        Ok(Row {
            organisation,
            number: 0,
            head: self.seal_tip(organisation, End::Head, tip).await?,
            base: self.seal_tip(organisation, End::Base, tip).await?,
            revision: 0,
        })
    }

    /// Removes lines that are older than the organisation keeps them, at most a thousand of each organisation; the chain
    /// then begins behind them. Says how many went.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn forget_old_lines(&self) -> Result<usize, ChainError> {
        let mut gone = 0;
        for organisation in organisations::all(&self.inner.db).await? {
            gone += self.forget_batch(organisation.id).await?;
        }
        Ok(usize::try_from(gone).unwrap_or(usize::MAX))
    }

    async fn forget_batch(&self, organisation: OrganisationId) -> Result<u64, ChainError> {
        let life = self.policies(organisation).await?.of(Kind::Journal).policy.lifetime();
        let (db, before) = (&self.inner.db, self.now() - life);
        let Some(row) = journal_heads::find(db, organisation).await? else { return Ok(0) };
        let base = self.open_tip(organisation, End::Base, &row.base).await?;
        let first = journal::chained(db, organisation, base.number, 1).await?;
        if first.first().is_none_or(|line| line.at >= before) {
            return Ok(0);
        }
        let txn = store::begin(db).await?;
        let Some(row) = journal_heads::lock(&txn, organisation).await? else { return Ok(0) };
        let mut base = self.open_tip(organisation, End::Base, &row.base).await?;
        let old = journal::chained(&txn, organisation, base.number, FORGOTTEN).await?;
        for line in old.iter().take_while(|line| line.at < before) {
            let next = base.followed_by(line);
            // What does not fit stays, so that it can be looked into.
            if line.number != Some(next.number) || line.hash.as_deref() != Some(&next.written()) {
                tracing::error!(
                    number = next.number,
                    "the journal does not fit; `evergrant doctor` says more"
                );
                break;
            }
            base = next;
        }
        let gone = journal::forget(&txn, organisation, base.number).await?;
        let sealed = self.seal_tip(organisation, End::Base, base).await?;
        journal_heads::set_base(&txn, &row, sealed).await?;
        txn.commit().await.map_err(StoreError::from)?;
        Ok(gone)
    }
}
