//! What the keeper's tasks and the code grant ask of several tables at once.

use chain::{ChainId, ContainerId, Time};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::cells::key;
use super::entity::{containers as containers_entity, grants as grants_entity, links as links_entity};
use super::{StoreError, containers, databases, grants};

/// Whether only one process can use this store.
pub fn is_single_process(db: &impl ConnectionTrait) -> bool {
    db.get_database_backend() == DbBackend::Sqlite
}

/// Points a container at a chain and closes the question which of two users it belongs to.
pub async fn point(db: &impl ConnectionTrait, id: ContainerId, chain: ChainId) -> Result<(), StoreError> {
    containers::set_chain(db, id, Some(chain)).await?;
    containers::set_pending_chain(db, id, None).await
}

/// Closes the question for containers whose two chains turned out to be one.
pub async fn settle_pending(db: &impl ConnectionTrait, chain: ChainId) -> Result<(), StoreError> {
    let chain = chain.to_string();
    let none = Expr::value(Option::<String>::None);
    containers_entity::Entity::update_many()
        .col_expr(containers_entity::Column::PendingChainId, none)
        .filter(containers_entity::Column::ChainId.eq(&chain))
        .filter(containers_entity::Column::PendingChainId.eq(&chain))
        .exec(db)
        .await?;
    Ok(())
}

/// Grants follow their chain into the one that it was joined with.
pub async fn follow(db: &impl ConnectionTrait, from: ChainId, to: ChainId) -> Result<(), StoreError> {
    grants_entity::Entity::update_many()
        .col_expr(grants_entity::Column::ChainId, Expr::value(to.to_string()))
        .filter(grants_entity::Column::ChainId.eq(from.to_string()))
        .exec(db)
        .await?;
    Ok(())
}

/// Grants whose state came back by then and that nobody brought to an end.
pub async fn unattached(
    db: &impl ConnectionTrait,
    used_by: Time,
    limit: u64,
) -> Result<Vec<grants::Row>, StoreError> {
    let found = grants_entity::Entity::find()
        .filter(grants_entity::Column::UsedAt.lte(used_by.millis()))
        .filter(grants_entity::Column::Outcome.is_null())
        .order_by_asc(grants_entity::Column::UsedAt)
        .limit(limit);
    found.all(db).await?.into_iter().map(grants::Row::try_from).collect()
}

/// Where a container is: the slug of its database and its alias.
pub async fn address(
    db: &impl ConnectionTrait,
    id: ContainerId,
) -> Result<Option<(String, String)>, StoreError> {
    let Some(container) = containers::find(db, id).await? else { return Ok(None) };
    let database = databases::find(db, container.database).await?;
    Ok(database.map(|database| (database.slug, container.alias)))
}

/// Removes a link that was made the newest under another id.
pub async fn remove_link(db: &impl ConnectionTrait, id: u128) -> Result<(), StoreError> {
    links_entity::Entity::delete_by_id(key(id)).exec(db).await?;
    Ok(())
}
