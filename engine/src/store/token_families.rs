//! Families of issued tokens: what one authentication of a program led to, with one end for all of it.

use chain::{ConsumerId, OrganisationId, Time};
use sea_orm::ActiveValue::Set;
use sea_orm::{ConnectionTrait, EntityTrait, Statement};

use super::StoreError;
use super::cells::{Cells, key, time, words};
use super::entity::token_families::{ActiveModel, Entity, Model};

words! {
    /// Who ended a family before its time.
    EndedBy {
        /// Its program, which revoked a refresh token.
        Client = "client",
        /// Evergrant, since a refresh token was used once more.
        Reuse = "reuse",
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
