//! Organisations: who everything else belongs to.

use chain::{OrganisationId, Time};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::StoreError;
use super::cells::Cells;
use super::entity::organisations::{ActiveModel, Column, Entity, Model};
use super::error::exactly_one;
use crate::view::{KeyLife, Retention};

/// One organisation as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: Time,
}

/// The organisation with this id.
pub async fn find(db: &impl ConnectionTrait, id: OrganisationId) -> Result<Option<Row>, StoreError> {
    Entity::find_by_id(id.to_string()).one(db).await?.map(Row::try_from).transpose()
}

/// Every organisation, the oldest first.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Row>, StoreError> {
    let found = Entity::find().order_by_asc(Column::CreatedAt).order_by_asc(Column::Id);
    found.all(db).await?.into_iter().map(Row::try_from).collect()
}

/// Makes an organisation.
pub async fn insert(db: &impl ConnectionTrait, new: &Row) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(new.id.to_string()),
        name: Set(new.name.clone()),
        created_at: Set(new.created_at.millis()),
        ..ActiveModel::default()
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Gives an organisation another name.
pub async fn rename(db: &impl ConnectionTrait, id: OrganisationId, name: &str) -> Result<(), StoreError> {
    let change = Entity::update_many().col_expr(Column::Name, Expr::value(name));
    let changed = change.filter(Column::Id.eq(id.to_string())).exec(db).await?;
    exactly_one(changed.rows_affected, "organisations", id)
}

/// How long the organisation lets recovery credentials live.
pub async fn retention(db: &impl ConnectionTrait, id: OrganisationId) -> Result<Retention, StoreError> {
    let row = model(db, id).await?;
    let cells = Cells { table: "organisations", row: &row.id };
    Ok(Retention {
        least: cells.count("retention_least", row.retention_least)?,
        usual: cells.count("retention_usual", row.retention_usual)?,
        most: cells.count("retention_most", row.retention_most)?,
    })
}

/// Says how long recovery credentials may live.
pub async fn set_retention(
    db: &impl ConnectionTrait,
    id: OrganisationId,
    retention: Retention,
) -> Result<(), StoreError> {
    let change = Entity::update_many()
        .col_expr(Column::RetentionLeast, Expr::value(i64::from(retention.least)))
        .col_expr(Column::RetentionUsual, Expr::value(i64::from(retention.usual)))
        .col_expr(Column::RetentionMost, Expr::value(i64::from(retention.most)));
    let changed = change.filter(Column::Id.eq(id.to_string())).exec(db).await?;
    exactly_one(changed.rows_affected, "organisations", id)
}

/// How long consumer keys of the organisation work.
pub async fn key_life(db: &impl ConnectionTrait, id: OrganisationId) -> Result<KeyLife, StoreError> {
    let row = model(db, id).await?;
    let cells = Cells { table: "organisations", row: &row.id };
    Ok(KeyLife {
        usual: cells.count("consumer_key_usual", row.consumer_key_usual)?,
        most: cells.count("consumer_key_most", row.consumer_key_most)?,
    })
}

/// Says how long consumer keys may work.
pub async fn set_key_life(
    db: &impl ConnectionTrait,
    id: OrganisationId,
    life: KeyLife,
) -> Result<(), StoreError> {
    let change = Entity::update_many()
        .col_expr(Column::ConsumerKeyUsual, Expr::value(i64::from(life.usual)))
        .col_expr(Column::ConsumerKeyMost, Expr::value(i64::from(life.most)));
    let changed = change.filter(Column::Id.eq(id.to_string())).exec(db).await?;
    exactly_one(changed.rows_affected, "organisations", id)
}

/// Whether the organisation wants auto-recovery at all.
pub async fn recovery_enabled(db: &impl ConnectionTrait, id: OrganisationId) -> Result<bool, StoreError> {
    Ok(model(db, id).await?.recovery_enabled)
}

/// Switches all auto-recovery of the organisation on or off.
pub async fn set_recovery_enabled(
    db: &impl ConnectionTrait,
    id: OrganisationId,
    on: bool,
) -> Result<(), StoreError> {
    let change = Entity::update_many().col_expr(Column::RecoveryEnabled, Expr::value(on));
    let changed = change.filter(Column::Id.eq(id.to_string())).exec(db).await?;
    exactly_one(changed.rows_affected, "organisations", id)
}

/// Removes an organisation with everything that is its, its keys included.
///
/// Runs in the caller's transaction: several tables are emptied.
pub async fn delete(db: &impl ConnectionTrait, id: OrganisationId) -> Result<(), StoreError> {
    // Containers keep their app registration from going, so they go first.
    let containers = super::entity::containers::Entity::delete_many()
        .filter(super::entity::containers::Column::OrganisationId.eq(id.to_string()));
    containers.exec(db).await?;
    let deleted = Entity::delete_by_id(id.to_string()).exec(db).await?;
    exactly_one(deleted.rows_affected, "organisations", id)
}

async fn model(db: &impl ConnectionTrait, id: OrganisationId) -> Result<Model, StoreError> {
    let found = Entity::find_by_id(id.to_string()).one(db).await?;
    found.ok_or_else(|| StoreError::Lost { table: "organisations", row: id.to_string() })
}

impl TryFrom<Model> for Row {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let cells = Cells { table: "organisations", row: &row.id };
        let id = cells.parse("id", &row.id)?;
        Ok(Self { id, name: row.name, created_at: Time::from_millis(row.created_at) })
    }
}
