//! Families of issued tokens go with the last of their tokens.

use std::collections::BTreeSet;

use chain::Time;
use sea_orm::{ConnectionTrait, Statement, Value};

use super::{Taken, amount};
use crate::store::StoreError;

/// Families that are asked for in one statement.
const AT_ONCE: usize = 500;

/// Removes tokens by this statement, and the families that have none any more.
pub(super) async fn take(
    db: &impl ConnectionTrait,
    sql: String,
    values: [Value; 2],
) -> Result<Taken, StoreError> {
    let backend = db.get_database_backend();
    let sql = format!("{sql} RETURNING family_id");
    let rows = db.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    let mut taken = Taken { rows: u64::try_from(rows.len()).unwrap_or(u64::MAX), families: 0 };
    let families: Result<BTreeSet<String>, _> =
        rows.iter().map(|row| row.try_get::<String>("", "family_id")).collect();
    let families: Vec<String> = families?.into_iter().collect();
    for some in families.chunks(AT_ONCE) {
        let names: Vec<String> = (1..=some.len()).map(|number| format!("${number}")).collect();
        let sql = format!(
            "DELETE FROM token_families WHERE id IN ({}) AND NOT EXISTS (SELECT 1 FROM issued_tokens
                WHERE issued_tokens.family_id = token_families.id)",
            names.join(", ")
        );
        let values = some.iter().map(|id| id.clone().into());
        let gone = db.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        taken.families += gone.rows_affected();
    }
    Ok(taken)
}

/// How many families go with their last token, or have none.
pub async fn count(db: &impl ConnectionTrait, now: Time) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) AS amount FROM token_families family
        JOIN consumers ON consumers.id = family.consumer_id
        WHERE family.expires_at <= $1
            OR ((consumers.revoked_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM issued_tokens token
                    WHERE token.family_id = family.id AND token.expires_at > $1))
                AND EXISTS (SELECT 1 FROM issued_tokens token WHERE token.family_id = family.id))";
    amount(db, sql.to_owned(), vec![now.millis().into()]).await
}
