//! Deliveries: one for each alert and target, leased by whoever sends it.

use chain::{OrganisationId, Time};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryResult, Statement, Value,
};

use super::targets::Kind;
use super::{Event, targets};
use crate::store::StoreError;
use crate::store::cells::{Cells, key, time, words};
use crate::store::entity::alert_deliveries::{ActiveModel, Column, Entity};

words! {
    /// Where a delivery stands.
    State {
        /// It is sent as soon as its time comes.
        Pending = "pending",
        /// The receiver took it.
        Delivered = "delivered",
        /// It was given up.
        Failed = "failed",
    }
}

/// A delivery that somebody leased, with all that is needed to send it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leased {
    /// Its id.
    pub id: u128,
    /// What is told.
    pub alert: super::Row,
    /// Whom.
    pub target: targets::Row,
    /// How often it was tried, this time counted.
    pub tries: u32,
}

/// Who sends a delivery, and until when nobody else does.
#[derive(Clone, Copy, Debug)]
pub struct Lease<'a> {
    /// The process.
    pub owner: &'a str,
    /// The present moment.
    pub now: Time,
    /// When others may send it.
    pub until: Time,
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Where the delivery stands now.
    pub state: State,
    /// When it is tried again.
    pub next_at: Option<Time>,
    /// When the try ended.
    pub at: Time,
    /// What came of it, as a word.
    pub answer: String,
}

/// A delivery as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: u128,
    /// What is told.
    pub event: Event,
    /// When that happened.
    pub at: Time,
    /// What is to be said of it, as JSON.
    pub body: String,
    /// The target's name.
    pub target: String,
    /// How the target is reached.
    pub kind: Kind,
    /// Whether the target is told at present.
    pub enabled: bool,
    /// Where it stands.
    pub state: State,
    /// How often it was tried.
    pub tries: u32,
    /// When it is tried again.
    pub next_at: Option<Time>,
    /// When it was tried last.
    pub last_at: Option<Time>,
    /// What came of that, as a word.
    pub last_answer: Option<String>,
}

/// Makes the delivery of an alert to a target, due at once.
pub async fn insert(
    db: &impl ConnectionTrait,
    id: u128,
    (alert, target): (u128, u128),
    now: Time,
) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(key(id)),
        alert_id: Set(key(alert)),
        target_id: Set(key(target)),
        state: Set(State::Pending.as_str().to_owned()),
        tries: Set(0),
        next_at: Set(Some(now.millis())),
        ..ActiveModel::default()
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Leases deliveries whose time has come, the longest overdue first; those of a paused target wait.
pub async fn take_due(
    db: &impl ConnectionTrait,
    lease: Lease<'_>,
    limit: u64,
) -> Result<Vec<u128>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX).into();
    take(db, lease, "delivery.next_at <= $3 ORDER BY delivery.next_at, delivery.id LIMIT $4", limit).await
}

/// Leases one delivery, if its time has come and nobody else has it.
pub async fn take_one(db: &impl ConnectionTrait, lease: Lease<'_>, id: u128) -> Result<bool, StoreError> {
    let taken = take(db, lease, "delivery.next_at <= $3 AND delivery.id = $4", key(id).into()).await?;
    Ok(!taken.is_empty())
}

async fn take(
    db: &impl ConnectionTrait,
    lease: Lease<'_>,
    which: &str,
    value: Value,
) -> Result<Vec<u128>, StoreError> {
    let backend = db.get_database_backend();
    let skip = if backend == DbBackend::Postgres { "FOR UPDATE OF delivery SKIP LOCKED" } else { "" };
    let sql = format!(
        "UPDATE alert_deliveries SET owner = $1, lease_until = $2, next_at = $2, tries = tries + 1
        WHERE id IN (
            SELECT delivery.id FROM alert_deliveries delivery
            JOIN alert_targets target ON target.id = delivery.target_id
            WHERE target.enabled AND delivery.state = 'pending' AND {which} {skip}
        ) RETURNING id"
    );
    let values = [lease.owner.into(), lease.until.millis().into(), lease.now.millis().into(), value];
    let taken = db.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    let id = |row: QueryResult| {
        let id: String = row.try_get("", "id")?;
        Cells { table: "alert_deliveries", row: &id }.key(&id)
    };
    taken.into_iter().map(id).collect()
}

/// A leased delivery with its alert and its target; `None` if it is gone.
pub async fn leased(db: &impl ConnectionTrait, id: u128) -> Result<Option<Leased>, StoreError> {
    let Some(row) = Entity::find_by_id(key(id)).one(db).await? else { return Ok(None) };
    let cells = Cells { table: "alert_deliveries", row: &row.id };
    let alert = super::find(db, cells.key(&row.alert_id)?).await?;
    let target = targets::find(db, cells.key(&row.target_id)?).await?;
    let tries = cells.count("tries", row.tries)?;
    Ok(alert.zip(target).map(|(alert, target)| Leased { id, alert, target, tries }))
}

/// Writes how a try ended, unless the lease went to somebody else meanwhile; says whether it did.
pub async fn end(
    db: &impl ConnectionTrait,
    id: u128,
    lease: Lease<'_>,
    ended: &Ended,
) -> Result<bool, StoreError> {
    let changed = Entity::update_many()
        .col_expr(Column::State, Expr::value(ended.state.as_str()))
        .col_expr(Column::NextAt, Expr::value(ended.next_at.map(Time::millis)))
        .col_expr(Column::LastAt, Expr::value(ended.at.millis()))
        .col_expr(Column::LastAnswer, Expr::value(ended.answer.clone()))
        .col_expr(Column::Owner, Expr::value(Option::<String>::None))
        .col_expr(Column::LeaseUntil, Expr::value(Option::<i64>::None))
        .filter(Column::Id.eq(key(id)))
        .filter(Column::Owner.eq(lease.owner))
        .filter(Column::LeaseUntil.eq(lease.until.millis()))
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Lets a delivery be sent once more, whatever came of it; `false` while somebody sends it.
pub async fn again(db: &impl ConnectionTrait, id: u128, now: Time) -> Result<bool, StoreError> {
    let free =
        sea_orm::Condition::any().add(Column::LeaseUntil.is_null()).add(Column::LeaseUntil.lte(now.millis()));
    let changed = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Pending.as_str()))
        .col_expr(Column::NextAt, Expr::value(now.millis()))
        .filter(Column::Id.eq(key(id)))
        .filter(free)
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}

/// The earliest moment at which a delivery is due.
pub async fn next_due(db: &impl ConnectionTrait) -> Result<Option<Time>, StoreError> {
    let sql = "SELECT MIN(delivery.next_at) AS next_at FROM alert_deliveries delivery
        JOIN alert_targets target ON target.id = delivery.target_id
        WHERE target.enabled AND delivery.state = 'pending'";
    let found = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    let Some(row) = found else { return Ok(None) };
    Ok(time(row.try_get("", "next_at")?))
}

/// Whose delivery it is.
pub async fn organisation(db: &impl ConnectionTrait, id: u128) -> Result<Option<OrganisationId>, StoreError> {
    Ok(leased(db, id).await?.map(|delivery| delivery.alert.organisation))
}

/// The organisation's deliveries, the newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    limit: u64,
) -> Result<Vec<Listed>, StoreError> {
    let sql = "SELECT delivery.id AS id, alert.event AS event, alert.at AS at, alert.body AS body,
            target.name AS target, target.kind AS kind, target.enabled AS enabled,
            delivery.state AS state, delivery.tries AS tries, delivery.next_at AS next_at,
            delivery.last_at AS last_at, delivery.last_answer AS last_answer
        FROM alert_deliveries delivery
        JOIN alerts alert ON alert.id = delivery.alert_id
        JOIN alert_targets target ON target.id = delivery.target_id
        WHERE alert.organisation_id = $1 ORDER BY alert.at DESC, delivery.id DESC LIMIT $2";
    let values = [organisation.to_string().into(), i64::try_from(limit).unwrap_or(i64::MAX).into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    db.query_all_raw(statement).await?.iter().map(listed).collect()
}

fn listed(row: &QueryResult) -> Result<Listed, StoreError> {
    let id: String = row.try_get("", "id")?;
    let cells = Cells { table: "alert_deliveries", row: &id };
    let text = |column: &str| row.try_get::<String>("", column);
    Ok(Listed {
        id: cells.key(&id)?,
        event: cells.word("event", &text("event")?, Event::from_word)?,
        at: Time::from_millis(row.try_get("", "at")?),
        body: text("body")?,
        target: text("target")?,
        kind: cells.word("kind", &text("kind")?, Kind::from_word)?,
        enabled: row.try_get("", "enabled")?,
        state: cells.word("state", &text("state")?, State::from_word)?,
        tries: cells.count("tries", row.try_get("", "tries")?)?,
        next_at: time(row.try_get("", "next_at")?),
        last_at: time(row.try_get("", "last_at")?),
        last_answer: row.try_get("", "last_answer")?,
    })
}
