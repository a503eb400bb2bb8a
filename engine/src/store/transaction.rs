//! Transactions that may write, and whose turn it is.
//!
//! SQLite has one writer at a time, and lets the others sleep and look again. Each of them would hold one of
//! the few connections meanwhile, until none is left for whoever reads. So writers of one file wait here, in
//! the order in which they came, and take a connection when it is their turn.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use tokio::sync::OwnedMutexGuard;

use super::StoreError;

type Turn = tokio::sync::Mutex<()>;

/// The files that somebody writes to. A process opens a file once, so its turns are those of the process.
static TURNS: Mutex<Option<HashMap<PathBuf, Weak<Turn>>>> = Mutex::new(None);

/// How long a writer waits for the others on SQLite.
pub(super) const BUSY: Duration = Duration::from_secs(15);

/// A transaction that may write; undone unless it is committed.
pub struct Transaction {
    // Undone before it is the next one's turn.
    inner: DatabaseTransaction,
    _turn: Option<OwnedMutexGuard<()>>,
}

/// Begins a transaction that may write.
///
/// # Errors
/// The store does not answer, or SQLite's writers do not finish in time.
pub async fn begin(db: &DatabaseConnection) -> Result<Transaction, StoreError> {
    let turn = match db.get_database_backend() {
        DbBackend::Sqlite => {
            Some(turn(db.get_sqlite_connection_pool().connect_options().get_filename()).await?)
        }
        _ => None,
    };
    // A transaction that reads first and writes later would fail on SQLite whenever somebody else
    // wrote in between, and waiting would not help it: so it takes its turn at the start.
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    Ok(Transaction { inner: db.begin_with_options(options).await?, _turn: turn })
}

async fn turn(file: &Path) -> Result<OwnedMutexGuard<()>, StoreError> {
    let turn = {
        let mut turns = TURNS.lock().unwrap_or_else(PoisonError::into_inner);
        let turns = turns.get_or_insert_default();
        match turns.get(file).and_then(Weak::upgrade) {
            Some(turn) => turn,
            None => {
                turns.retain(|_, turn| turn.strong_count() > 0);
                let turn = Arc::<Turn>::default();
                turns.insert(file.to_owned(), Arc::downgrade(&turn));
                turn
            }
        }
    };
    tokio::time::timeout(BUSY, turn.lock_owned()).await.map_err(|_| StoreError::Busy)
}

impl Transaction {
    /// Makes what was written last.
    ///
    /// # Errors
    /// The store does not answer, or does not take it.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.inner.commit().await
    }

    /// Undoes what was written.
    ///
    /// # Errors
    /// The store does not answer; then it is undone later.
    pub async fn rollback(self) -> Result<(), DbErr> {
        self.inner.rollback().await
    }
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.inner.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.inner.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.inner.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.inner.query_all_raw(statement).await
    }
}
