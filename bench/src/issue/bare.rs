//! One row, written or read by statements that do nothing else.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use engine::Engine;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement, Value};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::CONNECTIONS;
use crate::clock::Stopwatch;
use crate::load::Measured;

/// The longest that one turn may take before it counts as stuck.
const LONGEST: Duration = Duration::from_secs(60);

/// The table of issued tokens, through the pool of the engine.
pub struct Rows {
    db: DatabaseConnection,
    family: String,
    hash: Vec<u8>,
    issued_at: i64,
    expires_at: i64,
}

impl Rows {
    /// With the row of the one token that was issued.
    pub async fn of(engine: &Engine) -> Result<Self> {
        let db = engine.store().connections().clone();
        let sql =
            "SELECT hash, family_id, issued_at, expires_at FROM issued_tokens WHERE kind = 'access_token'";
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
        let row = row.context("a token was issued")?;
        Ok(Self {
            family: row.try_get("", "family_id")?,
            hash: row.try_get("", "hash")?,
            issued_at: row.try_get("", "issued_at")?,
            expires_at: row.try_get("", "expires_at")?,
            db,
        })
    }

    /// Writes rows, each in a commit of its own, for so long.
    pub async fn insert(&self, length: Duration) -> Result<Measured> {
        let sql = "INSERT INTO issued_tokens (hash, family_id, kind, issued_at, expires_at)
            VALUES ($1, $2, 'access_token', $3, $4)";
        let (family, issued_at, expires_at) = (self.family.clone(), self.issued_at, self.expires_at);
        self.repeat(length, move |db| {
            let hash = [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat();
            let values: [Value; 4] =
                [hash.into(), family.clone().into(), issued_at.into(), expires_at.into()];
            let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
            async move { Ok(db.execute_raw(statement).await?.rows_affected() == 1) }
        })
        .await
    }

    /// Reads the row, for so long.
    pub async fn select(&self, length: Duration) -> Result<Measured> {
        let sql = "SELECT hash, family_id, kind, databases, issued_at, expires_at, superseded_at, successor,
            revoked_at FROM issued_tokens WHERE hash = $1";
        let hash = self.hash.clone();
        self.repeat(length, move |db| {
            let values: [Value; 1] = [hash.clone().into()];
            let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
            async move {
                let row = db.query_one_raw(statement).await?.context("the row is there")?;
                Ok(row.try_get::<i64>("", "expires_at")? > 0)
            }
        })
        .await
    }

    async fn repeat<F>(
        &self,
        length: Duration,
        once: impl Fn(DatabaseConnection) -> F + Clone + Send + 'static,
    ) -> Result<Measured>
    where
        F: Future<Output = Result<bool>> + Send + 'static,
    {
        let watch = Stopwatch::start();
        let mut working = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let (db, once) = (self.db.clone(), once.clone());
            working.spawn(async move {
                let mut millis = Vec::new();
                while watch.passed() < length {
                    let begun = Stopwatch::start();
                    ensure!(once(db.clone()).await?, "a row was written or read");
                    millis.push(begun.millis());
                }
                Ok::<_, anyhow::Error>(millis)
            });
        }
        let ended = tokio::time::timeout(LONGEST, working.join_all()).await.context("a turn never ended")?;
        let passed = watch.passed().as_secs_f64();
        let mut all = Vec::new();
        for one in ended {
            all.extend(one?);
        }
        Ok(Measured { rates: vec![all.len() as f64 / passed], millis: all })
    }
}
