//! What ended goes: by independent criteria, in batches, each with its receipt in its own transaction.

use std::collections::BTreeMap;
use std::time::Duration;

use chain::Time;
use policy::Kind;
use thiserror::Error;

use super::pace::{AtEase, AtOnce, Pace};
use crate::engine::Engine;
use crate::figures::hour_of;
use crate::journal::ChainError;
use crate::store::purge::{self, Criterion, RULES, Rule, What};
use crate::store::{self, Purge, StoreError, credentials, organisations, receipts, sizes, space};

/// Rows that are removed in one transaction: a writer that waits for it does not notice.
const BATCH: u64 = 500;
/// Batches of one criterion in one round.
const MOST_BATCHES: u32 = 10;
/// Bytes that go back to the disk in one round.
const MOST_BYTES: u64 = 2 * 1024 * 1024;
/// How long the purge waits at least between two rounds, the rests in them left out.
const BREATH: Duration = Duration::from_millis(10);
/// How often what ended is looked for.
const PERIOD: Duration = Duration::from_secs(15);
/// How long receipts and sizes are kept.
const REMEMBERED: Duration = Duration::from_secs(400 * 86_400);

/// What went, or would go, by one criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Went {
    /// What.
    pub what: What,
    /// Why.
    pub criterion: Criterion,
    /// How much of it.
    pub amount: u64,
}

/// What one round of the purge did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// What went.
    pub went: Vec<Went>,
    /// Whether more is left.
    pub more: bool,
    /// Bytes that went back to the disk.
    pub bytes: u64,
}

/// Why a purge ended before its time.
#[derive(Debug, Error)]
pub enum PurgeError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The journal's chain could not be shortened.
    #[error(transparent)]
    Journal(#[from] ChainError),
}

/// Sums by criterion, in a fixed order.
#[derive(Default)]
struct Sums(BTreeMap<(&'static str, &'static str), Went>);

impl Sums {
    fn add(&mut self, what: What, criterion: Criterion, amount: u64) {
        if amount > 0 {
            let sum = self.0.entry((what.as_str(), criterion.as_str()));
            sum.or_insert(Went { what, criterion, amount: 0 }).amount += amount;
        }
    }

    fn listed(self) -> Vec<Went> {
        self.0.into_values().collect()
    }
}

impl Engine {
    pub(crate) async fn purge_loop(&self) {
        loop {
            let more = match self.purge_at(&AtEase(&self.inner.clock)).await {
                Ok(purged) => purged.more,
                Err(error) => {
                    tracing::error!(task = "purge", error = crate::report(&error), "failed");
                    false
                }
            };
            self.inner.clock.sleep(if more { BREATH } else { PERIOD }).await;
        }
    }

    /// Removes what ended: a bounded number of things by each criterion, in small transactions.
    ///
    /// # Errors
    /// See [`PurgeError`]; what went has its receipt.
    pub async fn purge(&self) -> Result<Purged, PurgeError> {
        self.purge_at(&AtOnce).await
    }

    /// The same at a pace of one's own.
    ///
    /// # Errors
    /// See [`PurgeError`]; what went has its receipt.
    pub async fn purge_at(&self, pace: &impl Pace) -> Result<Purged, PurgeError> {
        let (mut sums, mut more) = (Sums::default(), false);
        // Sign-ins go to the minute: they wait for no rests.
        for _ in 0..MOST_BATCHES {
            let ended = self.expire_credentials(BATCH).await?;
            self.note(&mut sums, What::Credential, Criterion::Expired, ended).await?;
            if ended < BATCH {
                break;
            }
        }
        for rule in RULES {
            more |= self.purge_by(rule, pace, &mut sums).await?;
        }
        let lines = u64::try_from(self.forget_old_lines().await?).unwrap_or(u64::MAX);
        self.note(&mut sums, What::Journal, Criterion::Expired, lines).await?;
        self.inner.tokens.forget_ended(self.now());
        self.note_size().await?;
        let bytes = space::give_back(&self.inner.db, MOST_BYTES).await?;
        Ok(Purged { went: sums.listed(), more, bytes })
    }

    /// What [`Engine::purge`] would remove by and by; changes nothing.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn purge_dry_run(&self) -> Result<Vec<Went>, StoreError> {
        let (db, now) = (&self.inner.db, self.now());
        let mut sums = Sums::default();
        for rule in RULES.iter().filter(|rule| rule.what != What::TokenFamily) {
            sums.add(rule.what, rule.criterion, purge::count(db, rule, now).await?);
        }
        sums.add(What::TokenFamily, Criterion::Orphaned, purge::count_families(db, now).await?);
        sums.add(What::Credential, Criterion::Expired, credentials::count_expired(db, now).await?);
        for organisation in organisations::all(db).await? {
            let life = self.policies(organisation.id).await?.of(Kind::Journal).policy.lifetime();
            let lines = store::journal::count_before(db, organisation.id, now - life).await?;
            sums.add(What::Journal, Criterion::Expired, lines);
        }
        Ok(sums.listed())
    }

    /// Gives everything that lies free in the store back to the disk; says how many bytes went.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn give_space_back(&self) -> Result<u64, StoreError> {
        space::give_all_back(&self.inner.db, MOST_BYTES).await
    }

    /// Whether more is left than one round may take.
    async fn purge_by(&self, rule: &Rule, pace: &impl Pace, sums: &mut Sums) -> Result<bool, StoreError> {
        let db = &self.inner.db;
        for _ in 0..MOST_BATCHES {
            let stopwatch = self.inner.clock.stopwatch();
            let purge = Purge { now: self.now(), limit: BATCH };
            if !purge::any(db, rule, purge.now).await? {
                return Ok(false);
            }
            let txn = store::begin(db).await?;
            let taken = purge::take(&txn, rule, purge).await?;
            let went = [
                Went { what: rule.what, criterion: rule.criterion, amount: taken.rows },
                Went { what: What::TokenFamily, criterion: Criterion::Orphaned, amount: taken.families },
            ];
            for Went { what, criterion, amount } in went {
                let hour = hour_of(purge.now);
                receipts::add(&txn, receipts::Row { hour, what, criterion, amount }).await?;
            }
            txn.commit().await?;
            for went in went {
                sums.add(went.what, went.criterion, went.amount);
            }
            if taken.rows < BATCH {
                return Ok(false);
            }
            pace.rest(stopwatch.elapsed()).await;
        }
        Ok(true)
    }

    /// The receipt of what has a transaction of its own.
    async fn note(
        &self,
        sums: &mut Sums,
        what: What,
        criterion: Criterion,
        amount: u64,
    ) -> Result<(), StoreError> {
        sums.add(what, criterion, amount);
        receipts::add(&self.inner.db, receipts::Row { hour: hour_of(self.now()), what, criterion, amount })
            .await
    }

    /// Notes once an hour how large the store is, and forgets what was noted long ago.
    async fn note_size(&self) -> Result<(), StoreError> {
        let (db, hour) = (&self.inner.db, hour_of(self.now()));
        if !sizes::since(db, hour).await?.is_empty() {
            return Ok(());
        }
        sizes::note(db, hour, sizes::now(db).await?).await?;
        let past = Purge { now: Time::from_millis((hour - REMEMBERED).millis()), limit: BATCH };
        sizes::forget(db, past).await?;
        receipts::forget(db, past).await?;
        Ok(())
    }
}
