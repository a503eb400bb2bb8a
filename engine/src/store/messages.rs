//! The journal as people read it: filtered by what a line is about, with where that is now.

use std::collections::HashMap;

use chain::{ChainId, ContainerId, DatabaseId, OrganisationId, Time};
use sea_orm::sea_query::{Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::cells::key;
use super::entity::containers::{Column as ContainerColumn, Entity as Containers};
use super::entity::databases::{Column as DatabaseColumn, Entity as Databases};
use super::entity::journal::{Column, Entity};
use super::{StoreError, chains, containers, databases, journal};
use crate::view::{Cursor, MessageFilter};

/// The most chains and containers whose places are looked up at once: half of what one statement of
/// SQLite takes as values.
const MOST_ASKED: usize = 500;

/// What brings a chain on after trouble.
const MENDS: [&str; 5] = ["linked", "adopted", "refreshed", "recovered", "activated"];

/// The organisation's lines that match, the newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    filter: &MessageFilter,
    limit: u64,
) -> Result<Vec<journal::Entry>, StoreError> {
    let mut found = Entity::find().filter(Column::OrganisationId.eq(organisation.to_string()));
    if let Some(code) = &filter.code {
        found = found.filter(Column::Code.eq(code));
    }
    if let Some(action) = &filter.action {
        found = found.filter(Column::Action.eq(action));
    }
    if let Some(since) = filter.since {
        found = found.filter(Column::At.gte(since.millis()));
    }
    if filter.database.is_some() || filter.container.is_some() {
        found = found.filter(about(organisation, filter));
    }
    if let Some(Cursor { at, id }) = filter.before {
        let same_time = Condition::all().add(Column::At.eq(at.millis())).add(Column::Id.lt(key(id)));
        found = found.filter(Condition::any().add(Column::At.lt(at.millis())).add(same_time));
    }
    let found = found.order_by_desc(Column::At).order_by_desc(Column::Id).limit(limit);
    found.all(db).await?.into_iter().map(journal::Entry::try_from).collect()
}

/// A line is about a container when it names it, or its chain; about a database when it names it, or
/// is about one of its containers.
fn about(organisation: OrganisationId, filter: &MessageFilter) -> Condition {
    let mut any = Condition::any()
        .add(Column::ContainerId.in_subquery(asked_for(organisation, filter, ContainerColumn::Id)))
        .add(Column::ChainId.in_subquery(asked_for(organisation, filter, ContainerColumn::ChainId)));
    if let (Some(slug), None) = (&filter.database, &filter.container) {
        any = any.add(Column::DatabaseId.in_subquery(database(organisation, slug)));
    }
    any
}

/// One column of the containers that are asked for.
fn asked_for(
    organisation: OrganisationId,
    filter: &MessageFilter,
    column: ContainerColumn,
) -> SelectStatement {
    let mut asked = Query::select();
    asked
        .column(column)
        .from(Containers)
        .and_where(ContainerColumn::OrganisationId.eq(organisation.to_string()))
        .and_where(column.is_not_null());
    if let Some(alias) = &filter.container {
        asked.and_where(ContainerColumn::Alias.eq(alias));
    }
    if let Some(slug) = &filter.database {
        asked.and_where(ContainerColumn::DatabaseId.in_subquery(database(organisation, slug)));
    }
    asked
}

fn database(organisation: OrganisationId, slug: &str) -> SelectStatement {
    let own: SimpleExpr = DatabaseColumn::OrganisationId.eq(organisation.to_string());
    Query::select()
        .column(DatabaseColumn::Id)
        .from(Databases)
        .and_where(own)
        .and_where(DatabaseColumn::Slug.eq(slug))
        .take()
}

/// The newest line of the organisation.
pub async fn newest(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
) -> Result<Option<Cursor>, StoreError> {
    let newest = list(db, organisation, &MessageFilter::default(), 1).await?;
    Ok(newest.first().map(|entry| Cursor { at: entry.at, id: entry.id }))
}

/// The first line after this one that brought the chain on: what and when.
pub async fn mended_after(
    db: &impl ConnectionTrait,
    chain: ChainId,
    after: Cursor,
) -> Result<Option<(String, Time)>, StoreError> {
    let same_time = Condition::all().add(Column::At.eq(after.at.millis())).add(Column::Id.gt(key(after.id)));
    let found = Entity::find()
        .select_only()
        .column(Column::Action)
        .column(Column::At)
        .filter(Column::ChainId.eq(chain.to_string()))
        .filter(Column::Action.is_in(MENDS))
        .filter(Condition::any().add(Column::At.gt(after.at.millis())).add(same_time))
        .order_by_asc(Column::At)
        .order_by_asc(Column::Id);
    let found: Option<(String, i64)> = found.into_tuple().one(db).await?;
    Ok(found.map(|(action, at)| (action, Time::from_millis(at))))
}

/// The containers that use one of these chains or have one of these ids, each with its database, in
/// the order of their names.
pub async fn places(
    db: &impl ConnectionTrait,
    chains: &[ChainId],
    ids: &[ContainerId],
) -> Result<Vec<(containers::Row, databases::Row)>, StoreError> {
    let mut found = Vec::new();
    let pieces = chains
        .chunks(MOST_ASKED)
        .map(|some| ContainerColumn::ChainId.is_in(some.iter().map(ToString::to_string)));
    let others =
        ids.chunks(MOST_ASKED).map(|some| ContainerColumn::Id.is_in(some.iter().map(ToString::to_string)));
    for asked in pieces.chain(others) {
        found.extend(Containers::find().filter(asked).all(db).await?);
    }
    let rows: Vec<containers::Row> =
        found.into_iter().map(containers::Row::try_from).collect::<Result<_, _>>()?;
    let mut names: HashMap<DatabaseId, databases::Row> = HashMap::new();
    let mut wanted: Vec<String> = rows.iter().map(|row| row.database.to_string()).collect();
    wanted.sort();
    wanted.dedup();
    for some in wanted.chunks(MOST_ASKED) {
        for row in Databases::find().filter(DatabaseColumn::Id.is_in(some)).all(db).await? {
            let row = databases::Row::try_from(row)?;
            names.insert(row.id, row);
        }
    }
    let placed = rows.into_iter().filter_map(|row| {
        let database = names.get(&row.database)?.clone();
        Some((row, database))
    });
    let mut placed: Vec<_> = placed.collect();
    placed
        .sort_by(|(one, of), (other, of_other)| (&of.name, &one.alias).cmp(&(&of_other.name, &other.alias)));
    placed.dedup_by_key(|(row, _)| row.id);
    Ok(placed)
}

/// The chains whose next step by themselves comes first.
pub async fn next_steps(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    limit: u64,
) -> Result<Vec<chains::Row>, StoreError> {
    use super::entity::chains::{Column as ChainColumn, Entity as Chains};
    let used = Query::select()
        .column(ContainerColumn::ChainId)
        .from(Containers)
        .and_where(ContainerColumn::OrganisationId.eq(organisation.to_string()))
        .and_where(ContainerColumn::ChainId.is_not_null())
        .take();
    let found = Chains::find()
        .filter(ChainColumn::OrganisationId.eq(organisation.to_string()))
        .filter(ChainColumn::WakeAt.is_not_null())
        .filter(ChainColumn::Id.in_subquery(used))
        .order_by_asc(ChainColumn::WakeAt)
        .order_by_asc(ChainColumn::Id)
        .limit(limit);
    found.all(db).await?.into_iter().map(chains::Row::try_from).collect()
}
