//! Space that returns: what SQLite has no use for any more goes back to the disk. PostgreSQL's autovacuum
//! does the same by itself, with settings that the schema gives.

use std::sync::Arc;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, RuntimeErr, Statement};
use sqlx::Executor;

use super::{Store, StoreError, sizes};

/// What may lie free for the rows of the next moments: a hundredth of the store, and at least so many bytes.
const SLACK: u64 = 4 * 1024 * 1024;

/// How SQLite calls incremental clearing.
const INCREMENTAL: i64 = 2;

/// Lets a store of SQLite that was made without it give back what it has no use for; says whether it was
/// written anew for that, which happens once and takes as long as copying the file.
///
/// # Errors
/// When the store cannot be read; a disk without the room for a copy only leaves the store as it is.
pub async fn prepare(db: &Store) -> Result<bool, StoreError> {
    if db.get_database_backend() != DbBackend::Sqlite || mode(db).await? == INCREMENTAL {
        return Ok(false);
    }
    let before = sizes::now(db).await?;
    tracing::info!(
        bytes = before.bytes,
        "the store is written anew, once, so that its file can become smaller from now on"
    );
    // The mode is chosen and the file written by the same connection.
    let acquired = db.connections().get_sqlite_connection_pool().acquire().await;
    let mut connection = acquired.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))))?;
    let anew = connection.execute("PRAGMA auto_vacuum = INCREMENTAL; VACUUM").await;
    drop(connection);
    match anew {
        Ok(_) => Ok(mode(db).await? == INCREMENTAL),
        Err(error) => {
            let why = error.to_string();
            tracing::warn!(why, "it could not be written anew, and stays as large as it is");
            Ok(false)
        }
    }
}

/// Gives back at most so many bytes of what lies free; says how many went.
///
/// # Errors
/// When the store refuses.
pub async fn give_back(db: &Store, most: u64) -> Result<u64, StoreError> {
    if db.get_database_backend() != DbBackend::Sqlite {
        return Ok(0);
    }
    let before = sizes::now(db).await?;
    let slack = SLACK.max(before.bytes / 100);
    let Some(spare) = before.free.checked_sub(slack).filter(|spare| *spare > 0) else { return Ok(0) };
    release(db, spare.min(most)).await?;
    Ok(before.bytes.saturating_sub(sizes::now(db).await?.bytes))
}

/// Gives back all that lies free, in pieces, so that no writer waits for long; says how many bytes went.
///
/// # Errors
/// When the store refuses.
pub async fn give_all_back(db: &Store, piece: u64) -> Result<u64, StoreError> {
    if db.get_database_backend() != DbBackend::Sqlite {
        return Ok(0);
    }
    let before = sizes::now(db).await?.bytes;
    let mut left = sizes::now(db).await?.free;
    while left > 0 {
        release(db, piece).await?;
        let now = sizes::now(db).await?.free;
        if now >= left {
            break;
        }
        left = now;
    }
    Ok(before.saturating_sub(sizes::now(db).await?.bytes))
}

async fn release(db: &Store, bytes: u64) -> Result<(), StoreError> {
    // A page is 4 KiB unless somebody made the file otherwise.
    let pages = (bytes / 4_096).max(1);
    let sql = format!("PRAGMA incremental_vacuum({pages})");
    // It goes page by page as its rows are asked for, and writes.
    let _turn = db.turn().await?;
    db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
    Ok(())
}

async fn mode(db: &impl ConnectionTrait) -> Result<i64, StoreError> {
    let sql = "SELECT auto_vacuum AS mode FROM pragma_auto_vacuum";
    let row = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
    Ok(row.map_or(Ok(0), |row| row.try_get("", "mode"))?)
}
