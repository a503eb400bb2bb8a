//! Chains: where each authorization stands.

use std::collections::HashMap;
use std::sync::Arc;

use chain::{Chain, ChainId, OrganisationId, RegistrationId, State, Time, Wake};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement,
};

use super::cells::{Cells, time};
use super::entity::chains::{ActiveModel, Column, Entity, Model};
use super::error::exactly_one;
use super::{Purge, StoreError, padded};
use crate::view::{StateName, UpstreamUser};

mod flat;
mod wakes;

pub(crate) use wakes::word as step_word;

/// One chain as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it stands.
    pub chain: Chain,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// The app registration that it was granted to.
    pub registration: RegistrationId,
    /// The authorization server.
    pub authorization_server: String,
    /// The client id at that server.
    pub client_id: String,
    /// The upstream user, once known.
    pub upstream_user: Option<UpstreamUser>,
    /// Counts the commits.
    pub revision: i64,
    /// Who leased it.
    pub owner: Option<String>,
    /// When time alone changes something, and what.
    pub wake: Option<(Time, Wake)>,
    /// When a link last arrived.
    pub last_refreshed_at: Option<Time>,
    /// When it broke, whatever was tried since.
    pub broke_at: Option<Time>,
    /// When it was made.
    pub created_at: Time,
}

/// A chain to be made.
#[derive(Clone, Debug)]
pub struct NewChain {
    /// Its first state; its id is in here.
    pub chain: Chain,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// The app registration that it is granted to.
    pub registration: RegistrationId,
    /// The authorization server.
    pub authorization_server: String,
    /// The client id at that server.
    pub client_id: String,
    /// Now.
    pub created_at: Time,
}

/// What a commit writes beside the chain itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// Who leases it now.
    pub owner: Option<&'a str>,
    /// When time alone changes something, and what.
    pub wake: Option<(Time, Wake)>,
    /// When a link arrived; `None` leaves what is there.
    pub last_refreshed_at: Option<Time>,
}

/// The chain with this id.
pub async fn find(db: &impl ConnectionTrait, id: ChainId) -> Result<Option<Row>, StoreError> {
    Entity::find_by_id(id.to_string()).one(db).await?.map(Row::try_from).transpose()
}

/// Those of these chains that there are, by id.
pub async fn find_all(
    db: &impl ConnectionTrait,
    ids: Vec<ChainId>,
) -> Result<HashMap<ChainId, Arc<Row>>, StoreError> {
    let ids = padded(ids.into_iter().map(|id| id.to_string()).collect());
    let found = rows(db, Entity::find().filter(Column::Id.is_in(ids))).await?;
    Ok(found.into_iter().map(|row| (row.chain.id, Arc::new(row))).collect())
}

/// The chain of this upstream user.
pub async fn by_identity(
    db: &impl ConnectionTrait,
    authorization_server: &str,
    client_id: &str,
    upstream_user_id: &str,
) -> Result<Option<Row>, StoreError> {
    let found = Entity::find()
        .filter(Column::AuthorizationServer.eq(authorization_server))
        .filter(Column::ClientId.eq(client_id))
        .filter(Column::UpstreamUserId.eq(upstream_user_id));
    found.one(db).await?.map(Row::try_from).transpose()
}

/// Every chain of an app registration.
pub async fn of_registration(
    db: &impl ConnectionTrait,
    registration: RegistrationId,
) -> Result<Vec<Row>, StoreError> {
    rows(db, Entity::find().filter(Column::RegistrationId.eq(registration.to_string()))).await
}

/// Every chain that somebody leased: being spent or recovered.
pub async fn leased(db: &impl ConnectionTrait) -> Result<Vec<Row>, StoreError> {
    rows(db, Entity::find().filter(Column::State.is_in(["spending", "recovering"]))).await
}

/// Chains whose link ends by then if it is not used, the first to end first.
pub async fn ending(db: &impl ConnectionTrait, by: Time, purge: Purge) -> Result<Vec<Row>, StoreError> {
    let found = Entity::find()
        .filter(Column::State.is_in(["live", "waiting"]))
        .filter(Column::RefreshUntil.gt(purge.now.millis()))
        .filter(Column::RefreshUntil.lte(by.millis()));
    rows(db, found.order_by_asc(Column::RefreshUntil).limit(purge.limit)).await
}

/// Makes a chain.
pub async fn insert(db: &impl ConnectionTrait, new: &NewChain) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(new.chain.id.to_string()),
        organisation_id: Set(new.organisation.to_string()),
        registration_id: Set(new.registration.to_string()),
        authorization_server: Set(new.authorization_server.clone()),
        client_id: Set(new.client_id.clone()),
        revision: Set(0),
        created_at: Set(new.created_at.millis()),
        ..flat::flatten(&new.chain)
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Moves a chain, if nobody moved it since `before` was read; says whether it did.
///
/// # Errors
/// [`StoreError::Impossible`] if `after` is another chain than `before`.
pub async fn commit(
    db: &impl ConnectionTrait,
    before: &Row,
    after: &Chain,
    beside: Beside<'_>,
) -> Result<bool, StoreError> {
    let id = before.chain.id.to_string();
    if after.id != before.chain.id {
        let cells = Cells { table: "chains", row: &id };
        return Err(cells.impossible(format!("it was to become the chain {}", after.id)));
    }
    let mut row = ActiveModel {
        broke_at: Set(broke_at(before, after).map(Time::millis)),
        revision: Set(before.revision + 1),
        owner: Set(beside.owner.map(str::to_owned)),
        wake_at: Set(beside.wake.map(|(at, _)| at.millis())),
        wake_reason: Set(beside.wake.map(|(_, why)| wakes::word(why).to_owned())),
        ..flat::flatten(after)
    };
    if let Some(at) = beside.last_refreshed_at {
        row.last_refreshed_at = Set(Some(at.millis()));
    }
    let changed = Entity::update_many()
        .set(row)
        .filter(Column::Id.eq(&id))
        .filter(Column::Revision.eq(before.revision))
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}

/// How many chains of each organisation stand where; containers that were never authorized count as
/// unlinked, and chains that nobody points at do not count.
pub async fn by_state(
    db: &impl ConnectionTrait,
) -> Result<Vec<(OrganisationId, StateName, u64)>, StoreError> {
    let sql = "SELECT organisation_id, state, COUNT(*) AS many FROM chains
        WHERE EXISTS (SELECT 1 FROM containers WHERE containers.chain_id = chains.id)
        GROUP BY organisation_id, state
        UNION ALL
        SELECT organisation_id, 'unlinked' AS state, COUNT(*) AS many FROM containers
        WHERE chain_id IS NULL GROUP BY organisation_id";
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let counted = |row: sea_orm::QueryResult| {
        let organisation: String = row.try_get("", "organisation_id")?;
        let state: String = row.try_get("", "state")?;
        let many: i64 = row.try_get("", "many")?;
        let cells = Cells { table: "chains", row: &organisation };
        let organisation = cells.parse("organisation_id", &organisation)?;
        let state = cells.word("state", &state, StateName::from_word)?;
        Ok((organisation, state, u64::try_from(many).unwrap_or(0)))
    };
    db.query_all_raw(statement).await?.into_iter().map(counted).collect()
}

/// Says which upstream user the chain belongs to; `false` if another chain already belongs to
/// that user.
pub async fn name_user(
    db: &impl ConnectionTrait,
    row: &Row,
    user: &UpstreamUser,
) -> Result<bool, StoreError> {
    let id = row.chain.id;
    let other = by_identity(db, &row.authorization_server, &row.client_id, &user.id).await?;
    if other.is_some_and(|other| other.chain.id != id) {
        return Ok(false);
    }
    let changed = Entity::update_many()
        .col_expr(Column::UpstreamUserId, Expr::value(user.id.clone()))
        .col_expr(Column::UpstreamUserName, Expr::value(user.name.clone()))
        .filter(Column::Id.eq(id.to_string()))
        .exec(db)
        .await
        .map_err(StoreError::from);
    match changed {
        Ok(changed) => exactly_one(changed.rows_affected, "chains", id).map(|()| true),
        Err(StoreError::Taken) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Takes chains whose time has come, the longest overdue first, so that no other replica takes
/// them before `retake_at`.
pub async fn take_due(
    db: &impl ConnectionTrait,
    now: Time,
    limit: u64,
    retake_at: Time,
) -> Result<Vec<ChainId>, StoreError> {
    let backend = db.get_database_backend();
    let skip = if backend == DbBackend::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "UPDATE chains SET wake_at = $1 WHERE id IN (
            SELECT id FROM chains WHERE wake_at <= $2 ORDER BY wake_at, id LIMIT $3 {skip}
        ) RETURNING id"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [retake_at.millis().into(), now.millis().into(), limit.into()];
    let taken = db.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    let id = |row: sea_orm::QueryResult| {
        let id: String = row.try_get("", "id")?;
        Cells { table: "chains", row: &id }.parse("id", &id)
    };
    taken.into_iter().map(id).collect()
}

/// The earliest moment at which a chain is due.
pub async fn next_due(db: &impl ConnectionTrait) -> Result<Option<Time>, StoreError> {
    let earliest = Entity::find().select_only().column(Column::WakeAt).filter(Column::WakeAt.is_not_null());
    let earliest: Option<i64> = earliest.order_by_asc(Column::WakeAt).into_tuple().one(db).await?;
    Ok(time(earliest))
}

/// Removes a chain with its links and answers.
pub async fn delete(db: &impl ConnectionTrait, id: ChainId) -> Result<(), StoreError> {
    let deleted = Entity::delete_by_id(id.to_string()).exec(db).await?;
    exactly_one(deleted.rows_affected, "chains", id)
}

/// When the chain broke: what was tried since does not begin it anew.
fn broke_at(before: &Row, after: &Chain) -> Option<Time> {
    match after.state {
        State::Broken { since, .. } | State::Recovering { since, .. } => {
            Some(before.broke_at.unwrap_or(since))
        }
        State::Unlinked
        | State::Live(_)
        | State::Spending { .. }
        | State::InDoubt { .. }
        | State::Waiting { .. } => None,
    }
}

async fn rows(db: &impl ConnectionTrait, found: sea_orm::Select<Entity>) -> Result<Vec<Row>, StoreError> {
    found.all(db).await?.into_iter().map(Row::try_from).collect()
}

impl TryFrom<Model> for Row {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let cells = Cells { table: "chains", row: &row.id };
        let wake = match (row.wake_at, row.wake_reason.as_deref()) {
            (Some(at), Some(why)) => {
                Some((Time::from_millis(at), cells.word("wake_reason", why, wakes::from_word)?))
            }
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => {
                return Err(cells.impossible("wake_at and wake_reason do not belong together"));
            }
        };
        Ok(Self {
            chain: flat::unflatten(&row)?,
            organisation: cells.parse("organisation_id", &row.organisation_id)?,
            registration: cells.parse("registration_id", &row.registration_id)?,
            upstream_user: row.upstream_user_id.map(|id| {
                let name = row.upstream_user_name.unwrap_or_else(|| id.clone());
                UpstreamUser { id, name }
            }),
            wake,
            authorization_server: row.authorization_server,
            client_id: row.client_id,
            revision: row.revision,
            owner: row.owner,
            last_refreshed_at: time(row.last_refreshed_at),
            broke_at: time(row.broke_at),
            created_at: Time::from_millis(row.created_at),
        })
    }
}
