//! Databases: named groups of data containers.

use chain::{DatabaseId, OrganisationId, Time};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement};

use super::StoreError;
use super::cells::Cells;
use super::entity::databases::{ActiveModel, Column, Entity, Model};
use super::error::exactly_one;

mod list;

pub use list::{Listed, ListedContainer, Listing, PAGE, list};

/// One database as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id.
    pub id: DatabaseId,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// Its address part.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: Time,
}

/// The database with this id, whoever's it is.
pub async fn find(db: &impl ConnectionTrait, id: DatabaseId) -> Result<Option<Row>, StoreError> {
    Entity::find_by_id(id.to_string()).one(db).await?.map(Row::try_from).transpose()
}

/// The organisation's database with this slug.
pub async fn by_slug(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    slug: &str,
) -> Result<Option<Row>, StoreError> {
    let found = Entity::find().filter(Column::OrganisationId.eq(organisation.to_string()));
    found.filter(Column::Slug.eq(slug)).one(db).await?.map(Row::try_from).transpose()
}

/// The organisation's databases, for programs that compare all of them.
pub async fn all(db: &impl ConnectionTrait, organisation: OrganisationId) -> Result<Vec<Row>, StoreError> {
    let found = Entity::find().filter(Column::OrganisationId.eq(organisation.to_string()));
    found.all(db).await?.into_iter().map(Row::try_from).collect()
}

/// How many of the organisation's databases need repair: one container with a broken chain is enough.
pub async fn repairs(db: &impl ConnectionTrait, organisation: OrganisationId) -> Result<u64, StoreError> {
    // The organisation is asked of the chain: asked of the container, SQLite would go through every
    // container instead of the few broken chains.
    let sql = "SELECT COUNT(DISTINCT container.database_id) AS repairs FROM containers container
        JOIN chains chain ON chain.id = container.chain_id
        WHERE chain.organisation_id = $1 AND chain.state = 'broken'";
    let values = [organisation.to_string().into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let Some(row) = db.query_one_raw(statement).await? else { return Ok(0) };
    Ok(row.try_get::<i64>("", "repairs")?.max(0).unsigned_abs())
}

/// Makes a database.
///
/// # Errors
/// [`StoreError::Taken`] if the organisation has another one with this slug.
pub async fn insert(db: &impl ConnectionTrait, new: &Row) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(new.id.to_string()),
        organisation_id: Set(new.organisation.to_string()),
        slug: Set(new.slug.clone()),
        name: Set(new.name.clone()),
        folded: Set(new.name.to_lowercase()),
        created_at: Set(new.created_at.millis()),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Gives a database another name and slug.
///
/// # Errors
/// [`StoreError::Taken`] if the organisation has another one with this slug.
pub async fn rename(
    db: &impl ConnectionTrait,
    id: DatabaseId,
    name: &str,
    slug: &str,
) -> Result<(), StoreError> {
    let changed = Entity::update_many()
        .col_expr(Column::Name, Expr::value(name))
        .col_expr(Column::Folded, Expr::value(name.to_lowercase()))
        .col_expr(Column::Slug, Expr::value(slug))
        .filter(Column::Id.eq(id.to_string()))
        .exec(db)
        .await?;
    exactly_one(changed.rows_affected, "databases", id)
}

/// Removes a database with its containers; their chains stay.
pub async fn delete(db: &impl ConnectionTrait, id: DatabaseId) -> Result<(), StoreError> {
    let deleted = Entity::delete_by_id(id.to_string()).exec(db).await?;
    exactly_one(deleted.rows_affected, "databases", id)
}

impl TryFrom<Model> for Row {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let cells = Cells { table: "databases", row: &row.id };
        Ok(Self {
            id: cells.parse("id", &row.id)?,
            organisation: cells.parse("organisation_id", &row.organisation_id)?,
            slug: row.slug,
            name: row.name,
            created_at: Time::from_millis(row.created_at),
        })
    }
}
