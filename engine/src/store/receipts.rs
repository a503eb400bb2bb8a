//! What the purge took away, by the hour.

use chain::Time;
use sea_orm::{ConnectionTrait, Statement};

use super::cells::Cells;
use super::purge::{Criterion, What};
use super::{Purge, StoreError};

/// What went in one hour by one criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// When the hour began.
    pub hour: Time,
    /// What went.
    pub what: What,
    /// Why.
    pub criterion: Criterion,
    /// How much of it.
    pub amount: u64,
}

/// Adds to a receipt; runs in the transaction of what it tells of.
pub async fn add(db: &impl ConnectionTrait, row: Row) -> Result<(), StoreError> {
    if row.amount == 0 {
        return Ok(());
    }
    let sql = "INSERT INTO receipts (hour, kind, criterion, amount) VALUES ($1, $2, $3, $4)
        ON CONFLICT (hour, kind, criterion) DO UPDATE SET amount = receipts.amount + excluded.amount";
    let amount = i64::try_from(row.amount).unwrap_or(i64::MAX);
    let (what, criterion) = (row.what.as_str().into(), row.criterion.as_str().into());
    let values = [row.hour.millis().into(), what, criterion, amount.into()];
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// The receipts from a moment on, the newest hour first.
pub async fn since(db: &impl ConnectionTrait, from: Time, limit: u64) -> Result<Vec<Row>, StoreError> {
    let sql = "SELECT hour, kind, criterion, amount FROM receipts WHERE hour >= $1
        ORDER BY hour DESC, kind, criterion LIMIT $2";
    let values = [from.millis().into(), i64::try_from(limit).unwrap_or(i64::MAX).into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let read = |row: sea_orm::QueryResult| {
        let (hour, amount): (i64, i64) = (row.try_get("", "hour")?, row.try_get("", "amount")?);
        let (what, why): (String, String) = (row.try_get("", "kind")?, row.try_get("", "criterion")?);
        let name = format!("{hour} {what} {why}");
        let cells = Cells { table: "receipts", row: &name };
        Ok(Row {
            hour: Time::from_millis(hour),
            what: cells.word("kind", &what, What::from_word)?,
            criterion: cells.word("criterion", &why, Criterion::from_word)?,
            amount: u64::try_from(amount).unwrap_or(0),
        })
    };
    db.query_all_raw(statement).await?.into_iter().map(read).collect()
}

/// Removes receipts of hours before the purge's moment; says how many.
pub async fn forget(db: &impl ConnectionTrait, purge: Purge) -> Result<u64, StoreError> {
    let sql = "DELETE FROM receipts WHERE hour IN
        (SELECT DISTINCT hour FROM receipts WHERE hour < $1 ORDER BY hour LIMIT $2)";
    let limit = i64::try_from(purge.limit).unwrap_or(i64::MAX);
    let values = [purge.now.millis().into(), limit.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(db.execute_raw(statement).await?.rows_affected())
}
