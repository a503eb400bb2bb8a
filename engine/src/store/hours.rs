//! Figures by the hour: sums to which every replica adds what it counted.

use std::borrow::Cow;
use std::time::Duration;

use chain::{OrganisationId, Time};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Statement};

use super::StoreError;
use super::cells::Cells;
use super::entity::hours::{Column, Entity, Model};

/// The figure that is no sum: how many chains stand where, as it was seen last within the hour.
pub const CHAINS: &str = "chains";

/// Which sum.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// Whose.
    pub organisation: OrganisationId,
    /// The beginning of the hour.
    pub hour: Time,
    /// What is counted, as a word.
    pub figure: Cow<'static, str>,
    /// How it went, as a word or a message code.
    pub code: Cow<'static, str>,
}

/// What came together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// How often.
    pub amount: u64,
    /// How long all of it took.
    pub took: Duration,
}

/// Adds to a sum; an organisation that is gone has none.
pub async fn add(db: &impl ConnectionTrait, cell: &Cell, sum: Sum) -> Result<(), StoreError> {
    let grow = "amount = hours.amount + excluded.amount, millis = hours.millis + excluded.millis";
    write(db, cell, sum, grow).await
}

/// Writes what was seen last.
pub async fn set(db: &impl ConnectionTrait, cell: &Cell, amount: u64) -> Result<(), StoreError> {
    let sum = Sum { amount, took: Duration::ZERO };
    write(db, cell, sum, "amount = excluded.amount, millis = excluded.millis").await
}

async fn write(db: &impl ConnectionTrait, cell: &Cell, sum: Sum, change: &str) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO hours (organisation_id, hour, figure, code, amount, millis)
        SELECT id, CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($6 AS BIGINT)
        FROM organisations WHERE id = $1
        ON CONFLICT (organisation_id, hour, figure, code) DO UPDATE SET {change}"
    );
    let whole = |number: u128| i64::try_from(number).unwrap_or(i64::MAX);
    let values = [
        cell.organisation.to_string().into(),
        cell.hour.millis().into(),
        cell.figure.as_ref().into(),
        cell.code.as_ref().into(),
        whole(sum.amount.into()).into(),
        whole(sum.took.as_millis()).into(),
    ];
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// The sums of the hours that begin from `from` on and before `to`, the oldest first.
pub async fn between(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    from: Time,
    to: Time,
) -> Result<Vec<(Cell, Sum)>, StoreError> {
    let found = Entity::find()
        .filter(Column::OrganisationId.eq(organisation.to_string()))
        .filter(Column::Hour.gte(from.millis()))
        .filter(Column::Hour.lt(to.millis()))
        .order_by_asc(Column::Hour)
        .order_by_asc(Column::Figure)
        .order_by_asc(Column::Code);
    found.all(db).await?.into_iter().map(read).collect()
}

fn read(row: Model) -> Result<(Cell, Sum), StoreError> {
    let cells = Cells { table: "hours", row: &row.organisation_id };
    let organisation = cells.parse("organisation_id", &row.organisation_id)?;
    let hour = Time::from_millis(row.hour);
    let cell = Cell { organisation, hour, figure: row.figure.into(), code: row.code.into() };
    let whole = |number: i64| u64::try_from(number).unwrap_or(0);
    Ok((cell, Sum { amount: whole(row.amount), took: Duration::from_millis(whole(row.millis)) }))
}
