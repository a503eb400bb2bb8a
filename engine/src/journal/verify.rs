//! Looks through the journal for a line that was changed, removed or put in.

use chain::{OrganisationId, Time};
use sea_orm::{AccessMode, DatabaseTransaction, IsolationLevel, TransactionOptions, TransactionTrait};
use thiserror::Error;

use super::tip::{End, Tip};
use crate::engine::Engine;
use crate::guard::GuardError;
use crate::store::{StoreError, journal, journal_heads, organisations, tending};

/// Lines read at once.
const BATCH: u64 = 1_000;

/// A journal whose lines all fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoundJournal {
    /// Lines that fit.
    pub lines: u64,
    /// Lines that were written a moment ago and have no place yet.
    pub waiting: u64,
    /// The last number and hash, to be noted elsewhere, and since when there is a chain.
    pub head: Option<(i64, String, Time)>,
}

/// The first thing in a journal that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Misfit {
    /// A line is not there.
    #[error("line {number} is missing")]
    Missing {
        /// Its number.
        number: i64,
    },
    /// A line says something else than it did.
    #[error("line {number} does not fit: {action}, {}", shown(*at))]
    Changed {
        /// Its number.
        number: i64,
        /// When, as it says now.
        at: Time,
        /// What, as it says now.
        action: String,
    },
    /// A line that Evergrant never gave this place.
    #[error("line {number} was put in: {action}, {}", shown(*at))]
    PutIn {
        /// Its number.
        number: i64,
        /// When, as it says.
        at: Time,
        /// What, as it says.
        action: String,
    },
    /// There are lines with a place, and nothing says which is the last.
    #[error("what says which line is the last one is gone")]
    HeadGone,
    /// What says which line is the last one was changed.
    #[error("what says which line is the first or the last one was changed")]
    HeadChanged,
}

/// Why a journal was not found sound.
#[derive(Debug, Error)]
pub enum VerifyError {
    /// Something does not fit.
    #[error(transparent)]
    Misfit(#[from] Misfit),
    /// The store refused.
    #[error("could not read the journal")]
    Store(#[from] StoreError),
}

impl Engine {
    /// Looks through the journal of every organisation.
    ///
    /// # Errors
    /// [`VerifyError::Misfit`] with the first thing that does not fit.
    pub async fn verify_journal(&self) -> Result<Vec<SoundJournal>, VerifyError> {
        let db = &self.inner.db;
        let shared = !tending::is_single_process(db);
        // A server may go on writing: what is looked at is one moment.
        let options = TransactionOptions {
            isolation_level: shared.then_some(IsolationLevel::RepeatableRead),
            access_mode: shared.then_some(AccessMode::ReadOnly),
            sqlite_transaction_mode: None,
        };
        let moment = db.connections().begin_with_options(options).await.map_err(StoreError::from)?;
        let mut sound = Vec::new();
        for organisation in organisations::all(&moment).await? {
            sound.push(self.verify_one(&moment, organisation.id).await?);
        }
        Ok(sound)
    }

    async fn verify_one(
        &self,
        moment: &DatabaseTransaction,
        organisation: OrganisationId,
    ) -> Result<SoundJournal, VerifyError> {
        let waiting = journal::waiting(moment, organisation).await?;
        let Some(ends) = journal_heads::find(moment, organisation).await? else {
            let chained = journal::chained(moment, organisation, i64::MIN, 1).await?;
            let sound = SoundJournal { lines: 0, waiting, head: None };
            return if chained.is_empty() { Ok(sound) } else { Err(Misfit::HeadGone.into()) };
        };
        let base = self.open_tip(organisation, End::Base, &ends.base).await.map_err(unsealed)?;
        let head = self.open_tip(organisation, End::Head, &ends.head).await.map_err(unsealed)?;
        if head.number != ends.number || head.since != base.since {
            return Err(Misfit::HeadChanged.into());
        }
        let (mut tip, mut read) = (base, i64::MIN);
        loop {
            let lines = journal::chained(moment, organisation, read, BATCH).await?;
            let Some(last) = lines.last().and_then(|line| line.number) else { break };
            for line in &lines {
                tip = follow(tip, line, head)?;
            }
            read = last;
        }
        if tip.number < head.number {
            return Err(Misfit::Missing { number: tip.number + 1 }.into());
        }
        if tip.hash != head.hash {
            return Err(Misfit::HeadChanged.into());
        }
        let lines = u64::try_from(tip.number - base.number).unwrap_or(0);
        Ok(SoundJournal { lines, waiting, head: Some((tip.number, tip.written(), tip.since)) })
    }
}

/// The chain with one more line, if that fits.
fn follow(tip: Tip, line: &journal::Line, head: Tip) -> Result<Tip, Misfit> {
    let number = line.number.unwrap_or(i64::MIN);
    let (at, action) = (line.at, line.action.clone());
    if number <= tip.number || number > head.number {
        return Err(Misfit::PutIn { number, at, action });
    }
    let next = tip.followed_by(line);
    if number != next.number {
        return Err(Misfit::Missing { number: next.number });
    }
    if line.hash.as_deref() != Some(&next.written()) {
        return Err(Misfit::Changed { number, at, action });
    }
    Ok(next)
}

fn unsealed(error: GuardError) -> VerifyError {
    match error {
        GuardError::Store(error) => error.into(),
        GuardError::Seal(_)
        | GuardError::Open(_)
        | GuardError::NoKey
        | GuardError::MissingMaster { .. }
        | GuardError::WrongMaster { .. }
        | GuardError::NotText => Misfit::HeadChanged.into(),
    }
}

fn shown(at: Time) -> String {
    jiff::Timestamp::from_millisecond(at.millis())
        .map_or_else(|_| at.millis().to_string(), |at| at.to_string())
}
