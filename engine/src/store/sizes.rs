//! How large the store was, by the hour.

use chain::Time;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::{Purge, StoreError};

/// How large the store is or was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// All of it, in bytes.
    pub bytes: u64,
    /// What of it is free to be used again, in bytes; 0 where the store does not say.
    pub free: u64,
}

/// How large the store is now.
pub async fn now(db: &impl ConnectionTrait) -> Result<Size, StoreError> {
    if db.get_database_backend() == DbBackend::Sqlite {
        let page = number(db, "SELECT page_size AS number FROM pragma_page_size").await?;
        let pages = number(db, "SELECT page_count AS number FROM pragma_page_count").await?;
        let free = number(db, "SELECT freelist_count AS number FROM pragma_freelist_count").await?;
        return Ok(Size { bytes: pages * page, free: free * page });
    }
    // What belongs to Evergrant, wherever else the database is used for.
    let sql = "SELECT CAST(COALESCE(SUM(pg_total_relation_size(pg_class.oid)), 0) AS BIGINT) AS number
        FROM pg_class JOIN pg_namespace ON pg_namespace.oid = pg_class.relnamespace
        WHERE pg_namespace.nspname = current_schema() AND pg_class.relkind = 'r'";
    Ok(Size { bytes: number(db, sql).await?, free: 0 })
}

/// Notes how large the store is in an hour; the last of an hour counts.
pub async fn note(db: &impl ConnectionTrait, hour: Time, size: Size) -> Result<(), StoreError> {
    let sql = "INSERT INTO store_sizes (at, bytes, free) VALUES ($1, $2, $3)
        ON CONFLICT (at) DO UPDATE SET bytes = excluded.bytes, free = excluded.free";
    let whole = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    let values = [hour.millis().into(), whole(size.bytes).into(), whole(size.free).into()];
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// How large the store was from a moment on, hour by hour, the oldest first.
pub async fn since(db: &impl ConnectionTrait, from: Time) -> Result<Vec<(Time, Size)>, StoreError> {
    let sql = "SELECT at, bytes, free FROM store_sizes WHERE at >= $1 ORDER BY at";
    let values = [from.millis().into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let mut sizes = Vec::new();
    for row in db.query_all_raw(statement).await? {
        let cell = |column: &str| row.try_get::<i64>("", column).map(|it| u64::try_from(it).unwrap_or(0));
        let at: i64 = row.try_get("", "at")?;
        sizes.push((Time::from_millis(at), Size { bytes: cell("bytes")?, free: cell("free")? }));
    }
    Ok(sizes)
}

/// Forgets sizes before the purge's moment; says how many.
pub async fn forget(db: &impl ConnectionTrait, purge: Purge) -> Result<u64, StoreError> {
    let sql = "DELETE FROM store_sizes WHERE at < $1";
    let values = [purge.now.millis().into()];
    Ok(db
        .execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values))
        .await?
        .rows_affected())
}

async fn number(db: &impl ConnectionTrait, sql: &str) -> Result<u64, StoreError> {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    let number: i64 = row.map_or(Ok(0), |row| row.try_get("", "number"))?;
    Ok(u64::try_from(number).unwrap_or(0))
}
