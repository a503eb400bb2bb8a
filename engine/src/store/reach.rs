//! What a consumer asks for, in one query: database, container, app registration and chain.

use std::fmt::Write as _;
use std::sync::LazyLock;

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IdenStatic, Iterable, QueryFilter,
    QuerySelect, QueryTrait, Statement, Value,
};

use super::entity::{
    chains as chains_entity, consumer_databases as scope, containers as containers_entity,
    databases as databases_entity, registrations as registrations_entity,
};
use super::{StoreError, chains, consumers, containers, databases, registrations};

/// A database of the organisation, seen from a consumer, with one of its containers.
#[derive(Clone, Debug)]
pub struct Reached {
    /// The database.
    pub database: databases::Row,
    /// Whether the consumer's key reaches it.
    pub in_scope: bool,
    /// The container; `None` where there is none, or none of the alias that was asked for.
    pub container: Option<Found>,
}

/// A container with what it points at.
#[derive(Clone, Debug)]
pub struct Found {
    /// The container.
    pub container: containers::Row,
    /// The app registration it signs in with.
    pub registration: registrations::Row,
    /// Its chain.
    pub chain: Option<chains::Row>,
}

/// What `$1` and `$2` stand for in every query: the organisation and the consumer.
static FROM: LazyLock<String> = LazyLock::new(|| {
    let mut sql = "SELECT CASE WHEN EXISTS (SELECT 1 FROM consumer_databases scope
        WHERE scope.consumer_id = $2 AND scope.database_id = databases.id) THEN 1 ELSE 0 END AS in_scope"
        .to_owned();
    columns::<databases_entity::Entity>(&mut sql, "databases", DATABASE);
    columns::<containers_entity::Entity>(&mut sql, "containers", CONTAINER);
    columns::<registrations_entity::Entity>(&mut sql, "registrations", REGISTRATION);
    columns::<chains_entity::Entity>(&mut sql, "chains", CHAIN);
    sql.push_str(" FROM databases LEFT JOIN containers ON containers.database_id = databases.id");
    sql
});

/// What follows the condition on the containers.
const AND_ON: &str = " LEFT JOIN registrations ON registrations.id = containers.registration_id
    LEFT JOIN chains ON chains.id = containers.chain_id WHERE databases.organisation_id = $1";
const ORDER: &str = " ORDER BY databases.slug, containers.alias";

/// How the columns of each table begin in the result.
const DATABASE: &str = "d_";
const CONTAINER: &str = "c_";
const REGISTRATION: &str = "r_";
const CHAIN: &str = "n_";

/// The container with this alias in the database with this slug; `None` where there is no database.
pub async fn container(
    db: &impl ConnectionTrait,
    consumer: &consumers::Row,
    database: &str,
    alias: &str,
) -> Result<Option<Reached>, StoreError> {
    let sql = format!("{} AND containers.alias = $4{AND_ON} AND databases.slug = $3", *FROM);
    Ok(read(db, consumer, sql, [database.into(), alias.into()]).await?.into_iter().next())
}

/// The database with this slug, once for each of its containers.
pub async fn database(
    db: &impl ConnectionTrait,
    consumer: &consumers::Row,
    slug: &str,
) -> Result<Vec<Reached>, StoreError> {
    read(db, consumer, format!("{}{AND_ON} AND databases.slug = $3{ORDER}", *FROM), [slug.into()]).await
}

/// Which of these slugs are of databases that the consumer's key reaches.
pub async fn slugs(
    db: &impl ConnectionTrait,
    consumer: &consumers::Row,
    asked: &[String],
) -> Result<Vec<String>, StoreError> {
    let mut found = databases_entity::Entity::find()
        .select_only()
        .column(databases_entity::Column::Slug)
        .filter(databases_entity::Column::OrganisationId.eq(consumer.organisation.to_string()))
        .filter(databases_entity::Column::Slug.is_in(asked));
    if !consumer.all_databases {
        let mut bound = scope::Entity::find().select_only().column(scope::Column::DatabaseId);
        bound = bound.filter(scope::Column::ConsumerId.eq(consumer.id.to_string()));
        found = found.filter(databases_entity::Column::Id.in_subquery(bound.into_query()));
    }
    Ok(found.into_tuple().all(db).await?)
}

/// Every database that the consumer's key reaches, once for each of its containers.
pub async fn databases(
    db: &impl ConnectionTrait,
    consumer: &consumers::Row,
) -> Result<Vec<Reached>, StoreError> {
    let bound = " AND databases.id IN (SELECT database_id FROM consumer_databases WHERE consumer_id = $2)";
    let bound = if consumer.all_databases { "" } else { bound };
    read(db, consumer, format!("{}{AND_ON}{bound}{ORDER}", *FROM), []).await
}

async fn read<const N: usize>(
    db: &impl ConnectionTrait,
    consumer: &consumers::Row,
    sql: String,
    asked: [Value; N],
) -> Result<Vec<Reached>, StoreError> {
    let who = [consumer.organisation.to_string().into(), consumer.id.to_string().into()];
    let values = who.into_iter().chain(asked);
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let mut reached = Vec::new();
    for row in db.query_all_raw(statement).await? {
        let database = databases_entity::Model::from_query_result(&row, DATABASE)?;
        let container = Option::<containers_entity::Model>::from_query_result(&row, CONTAINER)?;
        let registration = Option::<registrations_entity::Model>::from_query_result(&row, REGISTRATION)?;
        let chain = Option::<chains_entity::Model>::from_query_result(&row, CHAIN)?;
        let container = match (container, registration) {
            (Some(container), Some(registration)) => Some(Found {
                container: container.try_into()?,
                registration: registration.try_into()?,
                chain: chain.map(chains::Row::try_from).transpose()?,
            }),
            (Some(_), None) | (None, Some(_)) | (None, None) => None,
        };
        let bound: i32 = row.try_get("", "in_scope")?;
        reached.push(Reached {
            database: database.try_into()?,
            in_scope: consumer.all_databases || bound == 1,
            container,
        });
    }
    Ok(reached)
}

/// Names every column of a table, each with a prefix of its own in the result.
pub(super) fn columns<E: EntityTrait>(sql: &mut String, table: &str, prefix: &str) {
    for column in E::Column::iter() {
        let name = column.as_str();
        let _ = write!(sql, ", {table}.{name} AS {prefix}{name}");
    }
}
