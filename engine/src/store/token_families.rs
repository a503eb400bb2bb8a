//! Families of issued tokens: what one authentication of a program led to, with one end for all of it.

use chain::{ConsumerId, OrganisationId, Time};
use sea_orm::ActiveValue::Set;
use sea_orm::{ConnectionTrait, EntityTrait, Statement};

use super::cells::{Cells, key, time, words};
use super::entity::token_families::{ActiveModel, Entity, Model};
use super::{Purge, StoreError};

words! {
    /// Who ended a family before its time.
    EndedBy {
        /// Its program, which revoked a refresh token.
        Client = "client",
        /// Evergrant, since a refresh token was used once more.
        Reuse = "reuse",
        /// Whoever revoked the consumer's key.
        Key = "key",
    }
}

/// One family as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id.
    pub id: u128,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// The program that authenticated.
    pub consumer: ConsumerId,
    /// The slugs of the databases that it reaches, separated by spaces; `None` for all of its consumer's.
    pub databases: Option<String>,
    /// When it began.
    pub created_at: Time,
    /// When all of it ends at the latest.
    pub expires_at: Time,
    /// When it was ended before its time.
    pub ended_at: Option<Time>,
    /// By whom.
    pub ended_by: Option<EndedBy>,
}

/// Families that went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gone {
    /// Their time was up.
    pub expired: u64,
    /// They were ended.
    pub ended: u64,
}

/// Begins families.
pub async fn insert(db: &impl ConnectionTrait, new: impl Iterator<Item = &Row>) -> Result<(), StoreError> {
    let rows = new.map(|row| ActiveModel {
        id: Set(key(row.id)),
        organisation_id: Set(row.organisation.to_string()),
        consumer_id: Set(row.consumer.to_string()),
        databases: Set(row.databases.clone()),
        created_at: Set(row.created_at.millis()),
        expires_at: Set(row.expires_at.millis()),
        ended_at: Set(row.ended_at.map(Time::millis)),
        ended_by: Set(row.ended_by.map(|by| by.as_str().to_owned())),
    });
    Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

/// Ends a family with all of its tokens; says whether it was not ended yet.
pub async fn end(db: &impl ConnectionTrait, family: u128, at: Time, by: EndedBy) -> Result<bool, StoreError> {
    let sql = "UPDATE token_families SET ended_at = $2, ended_by = $3,
            expires_at = CASE WHEN expires_at > $2 THEN $2 ELSE expires_at END
        WHERE id = $1 AND ended_at IS NULL";
    let values = [key(family).into(), at.millis().into(), by.as_str().into()];
    let changed = db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values));
    Ok(changed.await?.rows_affected() == 1)
}

/// Ends families whose consumer's key was revoked; says how many.
///
/// They open nothing from the revocation on: who asks looks at the key, too. This lets their rows go.
pub async fn end_revoked(db: &impl ConnectionTrait, purge: Purge) -> Result<u64, StoreError> {
    let sql = "UPDATE token_families SET ended_at = $1, ended_by = $2, expires_at = $1 WHERE id IN (
        SELECT family.id FROM consumers consumer
            JOIN token_families family ON family.consumer_id = consumer.id
            WHERE consumer.revoked_at IS NOT NULL AND family.expires_at > $1 LIMIT $3
    )";
    let values = [purge.now.millis().into(), EndedBy::Key.as_str().into(), purge.most().into()];
    let changed = db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values));
    Ok(changed.await?.rows_affected())
}

/// How many families live though their consumer's key was revoked.
pub async fn count_revoked(db: &impl ConnectionTrait, now: Time) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) AS amount FROM consumers consumer
        JOIN token_families family ON family.consumer_id = consumer.id
        WHERE consumer.revoked_at IS NOT NULL AND family.expires_at > $1";
    let values = [now.millis().into()];
    let row = db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values));
    let amount: i64 = row.await?.map_or(Ok(0), |row| row.try_get("", "amount"))?;
    Ok(amount.max(0).unsigned_abs())
}

/// Removes families that are over and have no tokens any more.
pub async fn purge(db: &impl ConnectionTrait, purge: Purge) -> Result<Gone, StoreError> {
    let sql = "DELETE FROM token_families WHERE id IN (
            SELECT id FROM token_families family WHERE expires_at <= $1
                AND NOT EXISTS (SELECT 1 FROM issued_tokens WHERE issued_tokens.family_id = family.id)
            ORDER BY expires_at LIMIT $2
        ) RETURNING ended_at";
    let values = [purge.now.millis().into(), purge.most().into()];
    let rows = db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values));
    let mut gone = Gone::default();
    for row in rows.await? {
        let ended: Option<i64> = row.try_get("", "ended_at")?;
        *(if ended.is_some() { &mut gone.ended } else { &mut gone.expired }) += 1;
    }
    Ok(gone)
}

/// How many families are over, those with tokens included.
pub async fn count_over(db: &impl ConnectionTrait, now: Time) -> Result<Gone, StoreError> {
    let sql = "SELECT COUNT(*) AS amount, COUNT(ended_at) AS ended FROM token_families
        WHERE expires_at <= $1";
    let values = [now.millis().into()];
    let row = db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values));
    let Some(row) = row.await? else { return Ok(Gone::default()) };
    let (amount, ended): (i64, i64) = (row.try_get("", "amount")?, row.try_get("", "ended")?);
    Ok(Gone { expired: (amount - ended).max(0).unsigned_abs(), ended: ended.max(0).unsigned_abs() })
}

impl TryFrom<Model> for Row {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let cells = Cells { table: "token_families", row: &row.id };
        let by = row.ended_by.as_deref();
        Ok(Self {
            id: cells.key(&row.id)?,
            organisation: cells.parse("organisation_id", &row.organisation_id)?,
            consumer: cells.parse("consumer_id", &row.consumer_id)?,
            ended_by: by.map(|by| cells.word("ended_by", by, EndedBy::from_word)).transpose()?,
            databases: row.databases,
            created_at: Time::from_millis(row.created_at),
            expires_at: Time::from_millis(row.expires_at),
            ended_at: time(row.ended_at),
        })
    }
}
