//! Consumers: programs with a key, of which only the hash is stored.

use std::collections::HashMap;
use std::sync::Arc;

use chain::{ConsumerId, DatabaseId, OrganisationId, Time};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Statement};

use super::cells::{Cells, time};
use super::entity::consumer_databases as scope;
use super::entity::consumers::{ActiveModel, Column, Entity, Model};
use super::{StoreError, padded};

/// One consumer as it is stored, its key's hash left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id.
    pub id: ConsumerId,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// Its name.
    pub name: String,
    /// How its key begins, to tell keys apart.
    pub shown: String,
    /// It reaches every database of the organisation.
    pub all_databases: bool,
    /// When it was added.
    pub created_at: Time,
    /// Who added it.
    pub created_by: String,
    /// When its key ends.
    pub expires_at: Time,
    /// When its key was revoked.
    pub revoked_at: Option<Time>,
    /// Who revoked it.
    pub revoked_by: Option<String>,
    /// When its key was last used, about to the minute.
    pub last_used_at: Option<Time>,
    /// From which network address.
    pub last_used_from: Option<String>,
}

/// The consumers whose keys have these hashes, whatever became of the keys, by hash.
pub async fn by_hashes(
    db: &impl ConnectionTrait,
    hashes: Vec<String>,
) -> Result<HashMap<String, Arc<Row>>, StoreError> {
    let found = Entity::find().filter(Column::Hash.is_in(padded(hashes))).all(db).await?;
    found.into_iter().map(|row| Ok((row.hash.clone(), Arc::new(row.try_into()?)))).collect()
}

/// The organisation's consumer with this id.
pub async fn in_organisation(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    id: ConsumerId,
) -> Result<Option<Row>, StoreError> {
    let found =
        Entity::find_by_id(id.to_string()).filter(Column::OrganisationId.eq(organisation.to_string()));
    found.one(db).await?.map(Row::try_from).transpose()
}

/// The organisation's consumers, by name, the newest key of a name first.
pub async fn all(db: &impl ConnectionTrait, organisation: OrganisationId) -> Result<Vec<Row>, StoreError> {
    let found = Entity::find().filter(Column::OrganisationId.eq(organisation.to_string()));
    let found = found.order_by_asc(Column::Name).order_by_desc(Column::CreatedAt).order_by_asc(Column::Id);
    found.all(db).await?.into_iter().map(Row::try_from).collect()
}

/// The databases that the organisation's consumers are bound to: slug and name, by name.
pub async fn scopes(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
) -> Result<HashMap<ConsumerId, Vec<(String, String)>>, StoreError> {
    let sql = "SELECT scope.consumer_id AS consumer, databases.slug AS slug, databases.name AS name
        FROM consumer_databases scope JOIN databases ON databases.id = scope.database_id
        WHERE databases.organisation_id = $1 ORDER BY databases.folded, databases.slug";
    let values = [organisation.to_string().into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let mut scopes: HashMap<ConsumerId, Vec<(String, String)>> = HashMap::new();
    for row in db.query_all_raw(statement).await? {
        let consumer: String = row.try_get("", "consumer")?;
        let cells = Cells { table: "consumer_databases", row: &consumer };
        let place = (row.try_get("", "slug")?, row.try_get("", "name")?);
        scopes.entry(cells.parse("consumer_id", &consumer)?).or_default().push(place);
    }
    Ok(scopes)
}

/// Adds a consumer, bound to these databases unless it reaches all; runs in the caller's transaction.
pub async fn insert(
    db: &impl ConnectionTrait,
    new: &Row,
    hash: &str,
    databases: &[DatabaseId],
) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(new.id.to_string()),
        organisation_id: Set(new.organisation.to_string()),
        name: Set(new.name.clone()),
        shown: Set(new.shown.clone()),
        hash: Set(hash.to_owned()),
        all_databases: Set(new.all_databases),
        created_at: Set(new.created_at.millis()),
        created_by: Set(new.created_by.clone()),
        expires_at: Set(new.expires_at.millis()),
        revoked_at: Set(new.revoked_at.map(Time::millis)),
        revoked_by: Set(new.revoked_by.clone()),
        last_used_at: Set(new.last_used_at.map(Time::millis)),
        last_used_from: Set(new.last_used_from.clone()),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    for database in databases {
        let row = scope::ActiveModel {
            consumer_id: Set(new.id.to_string()),
            database_id: Set(database.to_string()),
        };
        scope::Entity::insert(row).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Revokes a key that works; says whether it did.
pub async fn revoke(
    db: &impl ConnectionTrait,
    id: ConsumerId,
    at: Time,
    by: &str,
) -> Result<bool, StoreError> {
    let changed = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(at.millis()))
        .col_expr(Column::RevokedBy, Expr::value(by))
        .filter(Column::Id.eq(id.to_string()))
        .filter(Column::RevokedAt.is_null())
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Says that a key was used; one that is gone meanwhile stays so.
pub async fn set_used(
    db: &impl ConnectionTrait,
    id: ConsumerId,
    at: Time,
    from: Option<String>,
) -> Result<(), StoreError> {
    let change = Entity::update_many()
        .col_expr(Column::LastUsedAt, Expr::value(at.millis()))
        .col_expr(Column::LastUsedFrom, Expr::value(from));
    change.filter(Column::Id.eq(id.to_string())).exec(db).await?;
    Ok(())
}

impl TryFrom<Model> for Row {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let cells = Cells { table: "consumers", row: &row.id };
        Ok(Self {
            id: cells.parse("id", &row.id)?,
            organisation: cells.parse("organisation_id", &row.organisation_id)?,
            name: row.name,
            shown: row.shown,
            all_databases: row.all_databases,
            created_at: Time::from_millis(row.created_at),
            created_by: row.created_by,
            expires_at: Time::from_millis(row.expires_at),
            revoked_at: time(row.revoked_at),
            revoked_by: row.revoked_by,
            last_used_at: time(row.last_used_at),
            last_used_from: row.last_used_from,
        })
    }
}
