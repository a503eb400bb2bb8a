//! Browser sessions of operators; the key is the hash of the id that the browser holds.

use chain::Time;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::StoreError;
use super::entity::sessions::{ActiveModel, Column, Entity};

/// From when to when a session lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// When it began; it does not begin anew by being used.
    pub born_at: Time,
    /// When it ends if it is used no more.
    pub expires_at: Time,
}

/// Begins a session; `false` if there is one with this key.
pub async fn create(
    db: &impl ConnectionTrait,
    hash: &str,
    data: &[u8],
    life: Life,
) -> Result<bool, StoreError> {
    match Entity::insert(row(hash, data, life)).exec_without_returning(db).await.map_err(Into::into) {
        Ok(_) => Ok(true),
        Err(StoreError::Taken) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Writes a session, whether there was one with this key or not.
pub async fn save(db: &impl ConnectionTrait, hash: &str, data: &[u8], life: Life) -> Result<(), StoreError> {
    let or_update = OnConflict::column(Column::Id)
        .update_columns([Column::Data, Column::ExpiresAt, Column::BornAt])
        .to_owned();
    Entity::insert(row(hash, data, life)).on_conflict(or_update).exec_without_returning(db).await?;
    Ok(())
}

/// The session with this key, with its end, if it did not end yet.
pub async fn load(
    db: &impl ConnectionTrait,
    hash: &str,
    now: Time,
) -> Result<Option<(Vec<u8>, Time)>, StoreError> {
    let found = Entity::find_by_id(hash).filter(Column::ExpiresAt.gt(now.millis())).one(db).await?;
    Ok(found.map(|row| (row.data, Time::from_millis(row.expires_at))))
}

/// Ends a session; one that is not there stays so.
pub async fn delete(db: &impl ConnectionTrait, hash: &str) -> Result<(), StoreError> {
    Entity::delete_by_id(hash).exec(db).await?;
    Ok(())
}

fn row(hash: &str, data: &[u8], life: Life) -> ActiveModel {
    ActiveModel {
        id: Set(hash.to_owned()),
        data: Set(data.to_owned()),
        expires_at: Set(life.expires_at.millis()),
        born_at: Set(life.born_at.millis()),
    }
}
