//! One-time links with which the first operator is made; only their hashes are stored.

use chain::Time;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::StoreError;
use super::entity::setup_links::{ActiveModel, Column, Entity};

/// Keeps the hash of a link.
pub async fn insert(
    db: &impl ConnectionTrait,
    hash: &str,
    created_at: Time,
    expires_at: Time,
) -> Result<(), StoreError> {
    let row = ActiveModel {
        hash: Set(hash.to_owned()),
        created_at: Set(created_at.millis()),
        expires_at: Set(expires_at.millis()),
        used_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Whether the link can be used.
pub async fn is_open(db: &impl ConnectionTrait, hash: &str, now: Time) -> Result<bool, StoreError> {
    let found =
        Entity::find_by_id(hash).filter(Column::UsedAt.is_null()).filter(Column::ExpiresAt.gt(now.millis()));
    Ok(found.one(db).await?.is_some())
}

/// Uses the link, once and in time; says whether that was possible.
pub async fn take(db: &impl ConnectionTrait, hash: &str, now: Time) -> Result<bool, StoreError> {
    let changed = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now.millis()))
        .filter(Column::Hash.eq(hash))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now.millis()))
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}
