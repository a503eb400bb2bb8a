//! Transactions that may write.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use super::handle::Turn;

/// A transaction that may write; undone unless it is committed.
pub struct Transaction {
    // Undone before it is the next one's turn.
    inner: DatabaseTransaction,
    _turn: Turn,
}

impl Transaction {
    pub(super) const fn of(inner: DatabaseTransaction, turn: Turn) -> Self {
        Self { inner, _turn: turn }
    }

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
