//! Data containers: what points at a chain.

use std::collections::HashMap;

use chain::{ChainId, ContainerId, DatabaseId, OrganisationId, RegistrationId, Time};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};

use super::cells::{Cells, time};
use super::entity::containers::{ActiveModel, Column, Entity, Model};
use super::entity::{chains as chains_entity, databases as databases_entity};
use super::error::exactly_one;
use super::{StoreError, chains, databases};

/// One data container as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id.
    pub id: ContainerId,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// The database it belongs to.
    pub database: DatabaseId,
    /// Its name within the database.
    pub alias: String,
    /// The app registration it signs in with.
    pub registration: RegistrationId,
    /// The chain it points at.
    pub chain: Option<ChainId>,
    /// The chain of a different user who signed in, until an operator keeps or undoes that.
    pub pending_chain: Option<ChainId>,
    /// Kept fresh all the time.
    pub warm: bool,
    /// When it was made.
    pub created_at: Time,
    /// When a program last took a token.
    pub last_used_at: Option<Time>,
    /// For how long the gate keeps an answer, in seconds; 0 for not at all.
    pub cache_seconds: u32,
}

/// A container together with the chains it points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// The container.
    pub container: Row,
    /// Its chain.
    pub chain: Option<chains::Row>,
    /// The chain of a different user who signed in.
    pub pending_chain: Option<chains::Row>,
}

/// A container whose chain needs a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The database.
    pub database: databases::Row,
    /// The container.
    pub container: Row,
    /// Its broken chain.
    pub chain: chains::Row,
}

/// The container with this id, whoever's it is.
pub async fn find(db: &impl ConnectionTrait, id: ContainerId) -> Result<Option<Row>, StoreError> {
    Entity::find_by_id(id.to_string()).one(db).await?.map(Row::try_from).transpose()
}

/// The organisation's container with this id.
pub async fn in_organisation(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    id: ContainerId,
) -> Result<Option<Row>, StoreError> {
    Ok(find(db, id).await?.filter(|row| row.organisation == organisation))
}

/// Every container of the organisation, for programs that compare all of them.
pub async fn of_organisation(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
) -> Result<Vec<Row>, StoreError> {
    rows(db, Entity::find().filter(Column::OrganisationId.eq(organisation.to_string()))).await
}

/// The container with this alias.
pub async fn by_alias(
    db: &impl ConnectionTrait,
    database: DatabaseId,
    alias: &str,
) -> Result<Option<Row>, StoreError> {
    let found = Entity::find().filter(Column::DatabaseId.eq(database.to_string()));
    found.filter(Column::Alias.eq(alias)).one(db).await?.map(Row::try_from).transpose()
}

/// The containers of a database with their chains, by alias.
pub async fn of_database(db: &impl ConnectionTrait, database: DatabaseId) -> Result<Vec<Linked>, StoreError> {
    let found = Entity::find().filter(Column::DatabaseId.eq(database.to_string()));
    with_chains(db, rows(db, found.order_by_asc(Column::Alias)).await?).await
}

/// Those of the organisation's containers that are among these, with their chains, in no order.
pub async fn among(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    ids: &[ContainerId],
) -> Result<Vec<Linked>, StoreError> {
    let found = Entity::find()
        .filter(Column::OrganisationId.eq(organisation.to_string()))
        .filter(Column::Id.is_in(ids.iter().map(ContainerId::to_string)));
    with_chains(db, rows(db, found).await?).await
}

async fn with_chains(db: &impl ConnectionTrait, containers: Vec<Row>) -> Result<Vec<Linked>, StoreError> {
    let wanted: Vec<ChainId> =
        containers.iter().flat_map(|row| [row.chain, row.pending_chain]).flatten().collect();
    let chains = chains_of(db, &wanted).await?;
    let linked = containers.into_iter().map(|container| Linked {
        chain: container.chain.and_then(|id| chains.get(&id).cloned()),
        pending_chain: container.pending_chain.and_then(|id| chains.get(&id).cloned()),
        container,
    });
    Ok(linked.collect())
}

/// The containers that point at a chain, or would if an operator keeps it.
pub async fn of_chain(db: &impl ConnectionTrait, chain: ChainId) -> Result<Vec<Row>, StoreError> {
    let chain = chain.to_string();
    let points = Condition::any().add(Column::ChainId.eq(&chain)).add(Column::PendingChainId.eq(&chain));
    rows(db, Entity::find().filter(points).order_by_asc(Column::Id)).await
}

/// Whether a container that points at the chain is to be kept fresh all the time.
pub async fn any_warm(db: &impl ConnectionTrait, chain: ChainId) -> Result<bool, StoreError> {
    let found = Entity::find().filter(Column::ChainId.eq(chain.to_string()));
    Ok(found.filter(Column::Warm.eq(true)).one(db).await?.is_some())
}

/// How many containers point at each of these chains.
pub async fn count_by_chain(
    db: &impl ConnectionTrait,
    chains: &[ChainId],
) -> Result<HashMap<ChainId, u64>, StoreError> {
    let chains = chains.iter().map(ChainId::to_string);
    let found = counted(Column::ChainId).filter(Column::ChainId.is_in(chains));
    let counts: Vec<(String, i64)> = found.into_tuple().all(db).await?;
    counts.into_iter().map(count).collect()
}

/// How many containers use each of the organisation's app registrations.
pub async fn count_by_registration(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
) -> Result<HashMap<RegistrationId, u64>, StoreError> {
    let found = counted(Column::RegistrationId).filter(Column::OrganisationId.eq(organisation.to_string()));
    let counts: Vec<(String, i64)> = found.into_tuple().all(db).await?;
    counts.into_iter().map(count).collect()
}

/// The organisation's containers whose chain needs a person, the longest broken first.
pub async fn broken(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    limit: u64,
) -> Result<Vec<Broken>, StoreError> {
    let broken_ids = SelectStatement::new()
        .column(chains_entity::Column::Id)
        .from(chains_entity::Entity)
        .and_where(chains_entity::Column::State.eq("broken"))
        .take();
    let broken = chains_entity::Entity::find()
        .filter(chains_entity::Column::OrganisationId.eq(organisation.to_string()))
        .filter(chains_entity::Column::State.eq("broken"));
    let broken: HashMap<String, chains_entity::Model> =
        broken.all(db).await?.into_iter().map(|row| (row.id.clone(), row)).collect();
    let found = Entity::find()
        .filter(Column::OrganisationId.eq(organisation.to_string()))
        .filter(Column::ChainId.in_subquery(broken_ids));
    let mut containers = rows(db, found).await?;
    let since = |row: &Row| row.chain.and_then(|id| broken.get(&id.to_string())).and_then(|row| row.since);
    containers.sort_by_key(|row| (since(row), row.id));
    containers.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let names: Vec<String> = containers.iter().map(|row| row.database.to_string()).collect();
    let names = databases_entity::Entity::find().filter(databases_entity::Column::Id.is_in(names));
    let names: HashMap<String, databases_entity::Model> =
        names.all(db).await?.into_iter().map(|row| (row.id.clone(), row)).collect();
    let mut items = Vec::with_capacity(containers.len());
    for container in containers {
        // What was mended or removed between the queries is left out.
        let chain = container.chain.and_then(|id| broken.get(&id.to_string()).cloned());
        let database = names.get(&container.database.to_string()).cloned();
        if let (Some(chain), Some(database)) = (chain, database) {
            items.push(Broken { database: database.try_into()?, chain: chain.try_into()?, container });
        }
    }
    Ok(items)
}

/// Makes a container.
///
/// # Errors
/// [`StoreError::Taken`] if the database has another one with this alias.
pub async fn insert(db: &impl ConnectionTrait, new: &Row) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(new.id.to_string()),
        organisation_id: Set(new.organisation.to_string()),
        database_id: Set(new.database.to_string()),
        alias: Set(new.alias.clone()),
        registration_id: Set(new.registration.to_string()),
        chain_id: Set(new.chain.map(|id| id.to_string())),
        pending_chain_id: Set(new.pending_chain.map(|id| id.to_string())),
        warm: Set(new.warm),
        created_at: Set(new.created_at.millis()),
        last_used_at: Set(new.last_used_at.map(Time::millis)),
        cache_seconds: Set(new.cache_seconds.into()),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Points a container at a chain.
pub async fn set_chain(
    db: &impl ConnectionTrait,
    id: ContainerId,
    chain: Option<ChainId>,
) -> Result<(), StoreError> {
    set(db, id, Column::ChainId, Expr::value(chain.map(|id| id.to_string()))).await
}

/// Points a container at the chain of a different user, to be kept or undone by an operator.
pub async fn set_pending_chain(
    db: &impl ConnectionTrait,
    id: ContainerId,
    chain: Option<ChainId>,
) -> Result<(), StoreError> {
    set(db, id, Column::PendingChainId, Expr::value(chain.map(|id| id.to_string()))).await
}

/// Points whatever points at one chain at another one; says how many containers did.
pub async fn join_chains(db: &impl ConnectionTrait, from: ChainId, to: ChainId) -> Result<u64, StoreError> {
    let mut moved = 0;
    for column in [Column::ChainId, Column::PendingChainId] {
        let change = Entity::update_many().col_expr(column, Expr::value(to.to_string()));
        moved += change.filter(column.eq(from.to_string())).exec(db).await?.rows_affected;
    }
    Ok(moved)
}

/// Gives a container another alias.
///
/// # Errors
/// [`StoreError::Taken`] if the database has another one with this alias.
pub async fn rename(db: &impl ConnectionTrait, id: ContainerId, alias: &str) -> Result<(), StoreError> {
    set(db, id, Column::Alias, Expr::value(alias)).await
}

/// Makes a container sign in with another app registration.
pub async fn set_registration(
    db: &impl ConnectionTrait,
    id: ContainerId,
    registration: RegistrationId,
) -> Result<(), StoreError> {
    set(db, id, Column::RegistrationId, Expr::value(registration.to_string())).await
}

/// Says whether a container is kept fresh all the time.
pub async fn set_warm(db: &impl ConnectionTrait, id: ContainerId, warm: bool) -> Result<(), StoreError> {
    set(db, id, Column::Warm, Expr::value(warm)).await
}

/// Says for how long the gate keeps answers, in seconds.
pub async fn set_cache_seconds(
    db: &impl ConnectionTrait,
    id: ContainerId,
    seconds: u32,
) -> Result<(), StoreError> {
    set(db, id, Column::CacheSeconds, Expr::value(i64::from(seconds))).await
}

/// Says that a program took a token.
pub async fn set_used(db: &impl ConnectionTrait, id: ContainerId, at: Time) -> Result<(), StoreError> {
    set(db, id, Column::LastUsedAt, Expr::value(at.millis())).await
}

/// Removes a container; its chain stays.
pub async fn delete(db: &impl ConnectionTrait, id: ContainerId) -> Result<(), StoreError> {
    let deleted = Entity::delete_by_id(id.to_string()).exec(db).await?;
    exactly_one(deleted.rows_affected, "containers", id)
}

async fn set(
    db: &impl ConnectionTrait,
    id: ContainerId,
    column: Column,
    value: SimpleExpr,
) -> Result<(), StoreError> {
    let change = Entity::update_many().col_expr(column, value).filter(Column::Id.eq(id.to_string()));
    exactly_one(change.exec(db).await?.rows_affected, "containers", id)
}

async fn rows(db: &impl ConnectionTrait, found: Select<Entity>) -> Result<Vec<Row>, StoreError> {
    found.all(db).await?.into_iter().map(Row::try_from).collect()
}

async fn chains_of(
    db: &impl ConnectionTrait,
    ids: &[ChainId],
) -> Result<HashMap<ChainId, chains::Row>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let ids = ids.iter().map(ChainId::to_string);
    let found = chains_entity::Entity::find().filter(chains_entity::Column::Id.is_in(ids)).all(db).await?;
    let rows = found.into_iter().map(chains::Row::try_from);
    rows.map(|row| row.map(|row| (row.chain.id, row))).collect()
}

fn counted(by: Column) -> Select<Entity> {
    Entity::find().select_only().column(by).column_as(Column::Id.count(), "containers").group_by(by)
}

fn count<Id: std::str::FromStr>((id, count): (String, i64)) -> Result<(Id, u64), StoreError> {
    let cells = Cells { table: "containers", row: &id };
    Ok((cells.parse("id", &id)?, count.max(0).unsigned_abs()))
}

impl TryFrom<Model> for Row {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let cells = Cells { table: "containers", row: &row.id };
        Ok(Self {
            id: cells.parse("id", &row.id)?,
            organisation: cells.parse("organisation_id", &row.organisation_id)?,
            database: cells.parse("database_id", &row.database_id)?,
            registration: cells.parse("registration_id", &row.registration_id)?,
            chain: cells.parse_if("chain_id", row.chain_id.as_deref())?,
            pending_chain: cells.parse_if("pending_chain_id", row.pending_chain_id.as_deref())?,
            alias: row.alias,
            warm: row.warm,
            created_at: Time::from_millis(row.created_at),
            last_used_at: time(row.last_used_at),
            cache_seconds: cells.count("cache_seconds", row.cache_seconds)?,
        })
    }
}
