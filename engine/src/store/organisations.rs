//! Organisations: who everything else belongs to.

use chain::{OrganisationId, Time};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::StoreError;
use super::cells::Cells;
use super::entity::organisations::{ActiveModel, Column, Entity, Model};
use super::error::exactly_one;

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

/// The organisation for this transaction alone until it ends: what is said of it as a whole is changed by
/// one at a time.
pub async fn lock(db: &impl ConnectionTrait, id: OrganisationId) -> Result<(), StoreError> {
    let found = Entity::find_by_id(id.to_string()).lock_exclusive().one(db).await?;
    found.map(|_| ()).ok_or_else(|| StoreError::Lost { table: "organisations", row: id.to_string() })
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
