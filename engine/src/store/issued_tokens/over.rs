//! Which tokens go, and why.

use std::collections::BTreeMap;

use chain::Time;
use sea_orm::{ConnectionTrait, QueryResult, Statement};

use super::TokenKind;
use crate::store::cells::Cells;
use crate::store::{Purge, StoreError};

/// Why a token goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Criterion {
    /// Its time is up.
    Expired,
    /// Another one took its place, and that is remembered no longer.
    Superseded,
    /// It was revoked, or its family was ended.
    Revoked,
}

/// How many tokens went, by what they were for and why they went.
pub type Gone = BTreeMap<(&'static str, Criterion), u64>;

/// What tells the criteria apart.
const WHY: &str = "kind, CASE WHEN revoked_at IS NOT NULL THEN 2 WHEN superseded_at IS NOT NULL THEN 1
    ELSE 0 END AS why";

/// Removes tokens whose time is up, brought forward or not.
pub async fn purge(db: &impl ConnectionTrait, purge: Purge) -> Result<Gone, StoreError> {
    let sql = format!(
        "DELETE FROM issued_tokens WHERE hash IN (
            SELECT hash FROM issued_tokens WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2
        ) RETURNING {WHY}"
    );
    let values = [purge.now.millis().into(), purge.most().into()];
    let rows = db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values));
    let mut gone = Gone::new();
    for row in rows.await? {
        *gone.entry(why(&row)?).or_default() += 1;
    }
    Ok(gone)
}

/// How many tokens [`purge`] would remove by and by.
pub async fn count_over(db: &impl ConnectionTrait, now: Time) -> Result<Gone, StoreError> {
    let sql = format!(
        "SELECT kind, why, COUNT(*) AS amount
        FROM (SELECT {WHY} FROM issued_tokens WHERE expires_at <= $1) gone GROUP BY kind, why"
    );
    let values = [now.millis().into()];
    counted(db, Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await
}

/// Removes tokens that would live on, but whose family was ended.
pub async fn purge_ended(db: &impl ConnectionTrait, purge: Purge) -> Result<Gone, StoreError> {
    let sql = "DELETE FROM issued_tokens WHERE hash IN (
            SELECT token.hash FROM token_families family
                JOIN issued_tokens token ON token.family_id = family.id
                WHERE family.expires_at <= $1 AND token.expires_at > $1 LIMIT $2
        ) RETURNING kind, 2 AS why";
    let values = [purge.now.millis().into(), purge.most().into()];
    let rows = db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values));
    let mut gone = Gone::new();
    for row in rows.await? {
        *gone.entry(why(&row)?).or_default() += 1;
    }
    Ok(gone)
}

/// How many tokens [`purge_ended`] would remove by and by.
pub async fn count_ended(db: &impl ConnectionTrait, now: Time) -> Result<Gone, StoreError> {
    let sql = "SELECT token.kind AS kind, 2 AS why, COUNT(*) AS amount FROM token_families family
        JOIN issued_tokens token ON token.family_id = family.id
        WHERE family.expires_at <= $1 AND token.expires_at > $1 GROUP BY token.kind";
    let values = [now.millis().into()];
    counted(db, Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await
}

async fn counted(db: &impl ConnectionTrait, statement: Statement) -> Result<Gone, StoreError> {
    let mut gone = Gone::new();
    for row in db.query_all_raw(statement).await? {
        let amount: i64 = row.try_get("", "amount")?;
        gone.insert(why(&row)?, amount.max(0).unsigned_abs());
    }
    Ok(gone)
}

fn why(row: &QueryResult) -> Result<(&'static str, Criterion), StoreError> {
    let (kind, why): (String, i32) = (row.try_get("", "kind")?, row.try_get("", "why")?);
    let cells = Cells { table: "issued_tokens", row: "of those over" };
    let kind = cells.word("kind", &kind, TokenKind::from_word)?;
    let criterion = match why {
        0 => Criterion::Expired,
        1 => Criterion::Superseded,
        2 => Criterion::Revoked,
        other => return Err(cells.impossible(format!("why is {other}"))),
    };
    Ok((kind.as_str(), criterion))
}

impl Criterion {
    /// Its word in receipts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Superseded => "superseded",
            Self::Revoked => "revoked",
        }
    }
}
