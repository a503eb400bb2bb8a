//! Runs of auto-recovery: how far each one is, how it ended, and its redacted trace.

use std::time::Duration;

use chain::{ChainId, OrganisationId, RecoveryFailure, Time};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use super::StoreError;
use super::cells::{Cells, key, time, words};
use super::entity::recovery_runs::{ActiveModel, Column, Entity, Model};

/// A run that is open for longer than this is a left one: its process is gone.
pub const LEFT: Duration = Duration::from_secs(300);

/// How long a run is remembered.
const LIFE: Duration = Duration::from_secs(90 * 86_400);

words! {
    /// What a run is for.
    Kind {
        /// To mend the chain.
        Run = "run",
        /// To try the credentials; the chain is left alone.
        Test = "test",
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The chain has a new link.
    Recovered,
    /// A dry run came as far as the authorization code, which was dropped.
    CodeInHand,
    /// It failed.
    Failed(RecoveryFailure),
}

/// One line of a trace: never page text, fields, cookies, or the part of an address behind the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceLine {
    /// What was done, as a word.
    pub step: String,
    /// Where.
    pub host: String,
    /// What came of it, as a word.
    pub outcome: String,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

/// One run as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id.
    pub id: u128,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// The chain.
    pub chain: ChainId,
    /// The chain's number of the run; 0 for a dry one.
    pub attempt: u32,
    /// What it is for.
    pub kind: Kind,
    /// The process that walks it.
    pub owner: String,
    /// When it began.
    pub started_at: Time,
    /// When it ended.
    pub ended_at: Option<Time>,
    /// How far it came, from 1 to 5.
    pub step: u32,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// What it did.
    pub trace: Vec<TraceLine>,
}

/// A run to be begun.
#[derive(Clone, Copy, Debug)]
pub struct NewRun<'a> {
    /// Its id.
    pub id: u128,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// The chain.
    pub chain: ChainId,
    /// The chain's number of the run; 0 for a dry one.
    pub attempt: u32,
    /// What it is for.
    pub kind: Kind,
    /// The process that walks it.
    pub owner: &'a str,
    /// Now.
    pub now: Time,
}

/// Begins a run; `false` while another one of the chain is open. One that its process left is
/// closed as interrupted.
pub async fn begin(db: &impl ConnectionTrait, new: NewRun<'_>) -> Result<bool, StoreError> {
    let left = Outcome::Failed(RecoveryFailure::Interrupted);
    Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(new.now.millis()))
        .col_expr(Column::Outcome, Expr::value(left.code()))
        .filter(Column::ChainId.eq(new.chain.to_string()))
        .filter(Column::EndedAt.is_null())
        .filter(Column::StartedAt.lte((new.now - LEFT).millis()))
        .exec(db)
        .await?;
    let row = ActiveModel {
        id: Set(key(new.id)),
        organisation_id: Set(new.organisation.to_string()),
        chain_id: Set(new.chain.to_string()),
        attempt: Set(new.attempt.into()),
        kind: Set(new.kind.as_str().to_owned()),
        owner: Set(new.owner.to_owned()),
        started_at: Set(new.now.millis()),
        step: Set(1),
        expires_at: Set((new.now + LIFE).millis()),
        ..ActiveModel::default()
    };
    // Any conflict at all: the index that allows one open run is a partial one.
    let or_nothing = OnConflict::new().do_nothing().to_owned();
    Ok(Entity::insert(row).on_conflict(or_nothing).exec_without_returning(db).await? == 1)
}

/// Closes every open run as interrupted: their process is gone, and no other one shares the store.
pub async fn close_left(db: &impl ConnectionTrait, now: Time) -> Result<u64, StoreError> {
    let left = Outcome::Failed(RecoveryFailure::Interrupted);
    let closed = Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(now.millis()))
        .col_expr(Column::Outcome, Expr::value(left.code()))
        .filter(Column::EndedAt.is_null())
        .exec(db)
        .await?;
    Ok(closed.rows_affected)
}

/// Says how far an open run came; `false` if it is not open any more.
pub async fn advance(db: &impl ConnectionTrait, id: u128, step: u32) -> Result<bool, StoreError> {
    let change = Entity::update_many().col_expr(Column::Step, Expr::value(i64::from(step)));
    let changed = change.filter(Column::Id.eq(key(id))).filter(Column::EndedAt.is_null()).exec(db).await?;
    Ok(changed.rows_affected == 1)
}

/// Ends a run; `false` if somebody else closed it before.
pub async fn end(
    db: &impl ConnectionTrait,
    id: u128,
    outcome: Outcome,
    trace: &[TraceLine],
    now: Time,
) -> Result<bool, StoreError> {
    let trace = serde_json::to_string(trace).map_err(|error| StoreError::Impossible {
        table: "recovery_runs",
        row: key(id),
        what: error.to_string(),
    })?;
    let changed = Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(now.millis()))
        .col_expr(Column::Outcome, Expr::value(outcome.code()))
        .col_expr(Column::Trace, Expr::value(trace))
        .filter(Column::Id.eq(key(id)))
        .filter(Column::EndedAt.is_null())
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}

/// The chain's run under way; one that its process left is none.
pub async fn open(db: &impl ConnectionTrait, chain: ChainId, now: Time) -> Result<Option<Row>, StoreError> {
    let found = Entity::find()
        .filter(Column::ChainId.eq(chain.to_string()))
        .filter(Column::EndedAt.is_null())
        .filter(Column::StartedAt.gt((now - LEFT).millis()));
    found.one(db).await?.map(Row::try_from).transpose()
}

/// The runs under way of these chains; those that their processes left are none.
pub async fn open_of(
    db: &impl ConnectionTrait,
    chains: &[ChainId],
    now: Time,
) -> Result<Vec<Row>, StoreError> {
    let found = Entity::find()
        .filter(Column::ChainId.is_in(chains.iter().map(ChainId::to_string)))
        .filter(Column::EndedAt.is_null())
        .filter(Column::StartedAt.gt((now - LEFT).millis()));
    found.all(db).await?.into_iter().map(Row::try_from).collect()
}

/// The chain's runs that ended, the newest first.
pub async fn ended(db: &impl ConnectionTrait, chain: ChainId, limit: u64) -> Result<Vec<Row>, StoreError> {
    let found = Entity::find()
        .filter(Column::ChainId.eq(chain.to_string()))
        .filter(Column::EndedAt.is_not_null())
        .order_by_desc(Column::StartedAt)
        .order_by_desc(Column::Id)
        .limit(limit);
    found.all(db).await?.into_iter().map(Row::try_from).collect()
}

impl Outcome {
    /// The word or message code that it is stored as.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Recovered => "recovered",
            Self::CodeInHand => "code in hand",
            Self::Failed(failure) => failure.code(),
        }
    }

    /// What the word or code means.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "recovered" => Some(Self::Recovered),
            "code in hand" => Some(Self::CodeInHand),
            other => RecoveryFailure::from_code(other).map(Self::Failed),
        }
    }
}

impl TryFrom<Model> for Row {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let cells = Cells { table: "recovery_runs", row: &row.id };
        let outcome = |code: &str| cells.word("outcome", code, Outcome::from_code);
        let trace = |text: &str| {
            serde_json::from_str(text).map_err(|error| cells.impossible(format!("trace: {error}")))
        };
        Ok(Self {
            id: cells.key(&row.id)?,
            organisation: cells.parse("organisation_id", &row.organisation_id)?,
            chain: cells.parse("chain_id", &row.chain_id)?,
            attempt: cells.count("attempt", row.attempt)?,
            kind: cells.word("kind", &row.kind, Kind::from_word)?,
            step: cells.count("step", row.step)?,
            outcome: row.outcome.as_deref().map(outcome).transpose()?,
            trace: row.trace.as_deref().map(trace).transpose()?.unwrap_or_default(),
            owner: row.owner,
            started_at: Time::from_millis(row.started_at),
            ended_at: time(row.ended_at),
        })
    }
}
