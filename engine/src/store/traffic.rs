//! What the gate spent of a provider's allowance, by subject and span of time.

use chain::{OrganisationId, Time};
use sea_orm::{ConnectionTrait, QueryResult, Statement};

use super::StoreError;

/// A span of a subject.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    /// What the allowance is for, as a hash.
    pub subject: &'a str,
    /// The word for the span of time.
    pub span: &'a str,
    /// When it began.
    pub starts_at: Time,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// When it counts no more.
    pub expires_at: Time,
}

/// Takes calls if the span has as many left under the limit; says how many are taken of it then.
///
/// One statement: of any number that ask, none gets what another one got.
pub async fn take(
    db: &impl ConnectionTrait,
    key: Key<'_>,
    calls: u32,
    limit: u32,
) -> Result<Option<u32>, StoreError> {
    if calls > limit {
        return Ok(None);
    }
    let sql = "INSERT INTO traffic (subject, span, starts_at, organisation_id, spent, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (subject, span, starts_at) DO UPDATE SET spent = traffic.spent + excluded.spent
        WHERE traffic.spent + excluded.spent <= $7
        RETURNING spent";
    let values = [
        key.subject.into(),
        key.span.into(),
        key.starts_at.millis().into(),
        key.organisation.to_string().into(),
        i64::from(calls).into(),
        key.expires_at.millis().into(),
        i64::from(limit).into(),
    ];
    let row =
        db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    row.map(|row| spent_of(&row)).transpose()
}

/// Gives calls back that were taken and not spent.
pub async fn give_back(
    db: &impl ConnectionTrait,
    subject: &str,
    span: &str,
    starts_at: Time,
    calls: u32,
) -> Result<(), StoreError> {
    let sql = "UPDATE traffic SET spent = spent - $4
        WHERE subject = $1 AND span = $2 AND starts_at = $3 AND spent >= $4";
    let values = [subject.into(), span.into(), starts_at.millis().into(), i64::from(calls).into()];
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// How many are taken of a span.
pub async fn taken(
    db: &impl ConnectionTrait,
    subject: &str,
    span: &str,
    starts_at: Time,
) -> Result<u32, StoreError> {
    let sql = "SELECT spent FROM traffic WHERE subject = $1 AND span = $2 AND starts_at = $3";
    let values = [subject.into(), span.into(), starts_at.millis().into()];
    let row =
        db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    row.map_or(Ok(0), |row| spent_of(&row))
}

/// The span of a row that says until when the provider lets nothing through.
const BLOCK: &str = "block";

/// Says that the provider lets nothing of a subject through until then.
pub async fn block(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    subject: &str,
    until: Time,
) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO traffic (subject, span, starts_at, organisation_id, spent, blocked_until, expires_at)
        VALUES ($1, $2, 0, $3, 0, $4, $4)
        ON CONFLICT (subject, span, starts_at)
        DO UPDATE SET blocked_until = excluded.blocked_until, expires_at = excluded.expires_at
        WHERE traffic.blocked_until < excluded.blocked_until";
    let values = [subject.into(), BLOCK.into(), organisation.to_string().into(), until.millis().into()];
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Until when the provider lets nothing of a subject through.
pub async fn blocked(db: &impl ConnectionTrait, subject: &str) -> Result<Option<Time>, StoreError> {
    let sql = "SELECT blocked_until FROM traffic WHERE subject = $1 AND span = $2 AND starts_at = 0";
    let values = [subject.into(), BLOCK.into()];
    let row =
        db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    let Some(row) = row else { return Ok(None) };
    let until: Option<i64> = row.try_get("", "blocked_until")?;
    Ok(until.map(Time::from_millis))
}

fn spent_of(row: &QueryResult) -> Result<u32, StoreError> {
    let spent: i64 = row.try_get("", "spent")?;
    Ok(u32::try_from(spent.max(0)).unwrap_or(u32::MAX))
}
