//! The way to the store, and whose turn it is to write.
//!
//! SQLite has one writer at a time, and lets the others sleep and look again. Each of them would hold one of
//! the few connections meanwhile, until none is left for whoever reads. So writers of a file wait here, in the
//! order in which they came, and take a connection when it is their turn.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sea_orm::error::ConnAcquireErr;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, SqliteTransactionMode,
    Statement, TransactionOptions, TransactionTrait,
};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::{StoreError, Transaction};

/// How long a writer waits for the others on SQLite.
pub(super) const BUSY: Duration = Duration::from_secs(15);

/// The store; cheap to clone. Closed when the last clone is gone, or before that by [`Self::close`].
#[derive(Clone, Debug)]
pub struct Store {
    db: DatabaseConnection,
    /// Who writes; none where the server sees to that. A process opens a file once, so all its writers are here.
    writer: Option<Arc<Mutex<()>>>,
}

/// The right to write, for as long as it lives; nothing where all may write at once.
pub(super) struct Turn(
    #[expect(dead_code, reason = "it is held, and let go of when it is dropped")] Option<OwnedMutexGuard<()>>,
);

impl Store {
    pub(super) fn of(db: DatabaseConnection) -> Self {
        let alone = db.get_database_backend() == DbBackend::Sqlite;
        Self { db, writer: alone.then(Arc::default) }
    }

    /// The connections themselves, for what sea-orm has no words for; who writes through them waits for nobody.
    pub const fn connections(&self) -> &DatabaseConnection {
        &self.db
    }

    /// Waits until nobody of this process writes.
    ///
    /// # Errors
    /// Those before did not finish in time.
    pub(super) async fn turn(&self) -> Result<Turn, DbErr> {
        self.turn_within(BUSY).await
    }

    async fn turn_within(&self, patience: Duration) -> Result<Turn, DbErr> {
        let Some(writer) = &self.writer else { return Ok(Turn(None)) };
        let turn = tokio::time::timeout(patience, Arc::clone(writer).lock_owned()).await;
        turn.map(|turn| Turn(Some(turn))).map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))
    }

    /// Closes every connection; whoever has a clone finds the store closed.
    ///
    /// # Errors
    /// The store does not close in order.
    pub async fn close(self) -> Result<(), DbErr> {
        self.db.close().await
    }
}

/// Begins a transaction that may write.
///
/// # Errors
/// The store does not answer, or SQLite's writers do not finish in time.
pub async fn begin(store: &Store) -> Result<Transaction, StoreError> {
    let turn = store.turn().await.map_err(|_| StoreError::Busy)?;
    // A transaction that reads first and writes later would fail on SQLite whenever somebody else
    // wrote in between, and waiting would not help it: so it takes its turn at the start.
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    Ok(Transaction::of(store.db.begin_with_options(options).await?, turn))
}

/// Whether a statement that answers with rows changes some.
fn writes(statement: &Statement) -> bool {
    let first = statement.sql.split_whitespace().next().unwrap_or_default();
    ["INSERT", "UPDATE", "DELETE"].iter().any(|word| first.eq_ignore_ascii_case(word))
}

#[async_trait]
impl ConnectionTrait for Store {
    fn get_database_backend(&self) -> DbBackend {
        self.db.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let _turn = self.turn().await?;
        self.db.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let _turn = self.turn().await?;
        self.db.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let _turn = if writes(&statement) { Some(self.turn().await?) } else { None };
        self.db.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let _turn = if writes(&statement) { Some(self.turn().await?) } else { None };
        self.db.query_all_raw(statement).await
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use sea_orm::Database;

    use super::*;

    #[tokio::test]
    async fn who_waits_for_its_turn_in_vain_is_told_so() {
        let store = Store::of(Database::connect("sqlite::memory:").await.unwrap());
        let turn = store.turn().await.unwrap();
        let late = store.clone().turn_within(Duration::ZERO).await;
        assert!(matches!(late, Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))));
        drop(turn);
        assert!(store.turn_within(Duration::ZERO).await.is_ok());
    }

    #[test]
    fn what_changes_rows_and_tells_them_is_a_write() {
        let writes = |sql: &str| writes(&Statement::from_string(DbBackend::Sqlite, sql));
        assert!(
            writes("UPDATE chains SET x = 1 RETURNING id") && writes("\n  delete FROM links RETURNING id")
        );
        assert!(!writes("SELECT 1") && !writes("PRAGMA page_count") && !writes(""));
    }
}
