//! Authorization code grants under way.

use std::net::IpAddr;

use chain::{ChainId, ContainerId, OperatorId, OrganisationId, RegistrationId, Time};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::StoreError;
use super::cells::{Cells, key, time};
use super::entity::grants::{ActiveModel, Column, Entity, Model};
use super::error::exactly_one;

/// One grant as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id, to which the sealed verifier is bound.
    pub id: u128,
    /// The hash of its `state` parameter.
    pub state_hash: String,
    /// The hash of the browser session that began it.
    pub session_hash: String,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// The container that is to be authorized.
    pub container: ContainerId,
    /// The app registration.
    pub registration: RegistrationId,
    /// The chain that the code is exchanged for.
    pub chain: ChainId,
    /// The chain that a recovery run mends with this grant, and the run's number.
    pub recovers: Option<(ChainId, u32)>,
    /// Who began it.
    pub operator: OperatorId,
    /// From which network address.
    pub from: Option<IpAddr>,
    /// The PKCE verifier, sealed.
    pub verifier: Option<Vec<u8>>,
    /// The redirect URI that was sent along.
    pub redirect_uri: String,
    /// Where the browser goes afterwards.
    pub return_to: Option<String>,
    /// When it was begun.
    pub created_at: Time,
    /// When the callback is no longer accepted.
    pub expires_at: Time,
    /// When the callback came.
    pub used_at: Option<Time>,
    /// How it ended.
    pub outcome: Option<String>,
}

/// What a callback found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The grant, which is used from now on.
    Grant(Box<Row>),
    /// There is no such grant.
    Unknown,
    /// Another browser session began it.
    Foreign,
    /// Its callback came before, or a newer grant took its place.
    Used,
    /// It took too long.
    Expired,
}

/// Begins a grant.
pub async fn insert(db: &impl ConnectionTrait, new: &Row) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(key(new.id)),
        state_hash: Set(new.state_hash.clone()),
        session_hash: Set(new.session_hash.clone()),
        organisation_id: Set(new.organisation.to_string()),
        container_id: Set(new.container.to_string()),
        registration_id: Set(new.registration.to_string()),
        chain_id: Set(new.chain.to_string()),
        target_chain_id: Set(new.recovers.map(|(chain, _)| chain.to_string())),
        run: Set(new.recovers.map(|(_, run)| run.into())),
        operator_id: Set(new.operator.to_string()),
        from_address: Set(new.from.map(|from| from.to_string())),
        verifier: Set(new.verifier.clone()),
        redirect_uri: Set(new.redirect_uri.clone()),
        return_to: Set(new.return_to.clone()),
        created_at: Set(new.created_at.millis()),
        expires_at: Set(new.expires_at.millis()),
        used_at: Set(new.used_at.map(Time::millis)),
        outcome: Set(new.outcome.clone()),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// The grant with this id.
pub async fn find(db: &impl ConnectionTrait, id: u128) -> Result<Option<Row>, StoreError> {
    Entity::find_by_id(key(id)).one(db).await?.map(Row::try_from).transpose()
}

/// Takes the grant of a callback; it can be taken once, by the session that began it, in time.
pub async fn take(
    db: &impl ConnectionTrait,
    state_hash: &str,
    session_hash: &str,
    now: Time,
) -> Result<Taken, StoreError> {
    let taken = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now.millis()))
        .filter(Column::StateHash.eq(state_hash))
        .filter(Column::SessionHash.eq(session_hash))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now.millis()))
        .exec(db)
        .await?;
    let row = Entity::find().filter(Column::StateHash.eq(state_hash)).one(db).await?;
    let Some(row) = row.map(Row::try_from).transpose()? else { return Ok(Taken::Unknown) };
    Ok(if taken.rows_affected == 1 {
        Taken::Grant(Box::new(row))
    } else if row.session_hash != session_hash {
        Taken::Foreign
    } else if row.used_at.is_some() {
        Taken::Used
    } else {
        Taken::Expired
    })
}

/// Says how a grant ended.
pub async fn finish(db: &impl ConnectionTrait, id: u128, outcome: &str) -> Result<(), StoreError> {
    let change = Entity::update_many().col_expr(Column::Outcome, Expr::value(outcome));
    let changed = change.filter(Column::Id.eq(key(id))).exec(db).await?;
    exactly_one(changed.rows_affected, "grants", key(id))
}

/// Ends the grants of a container whose callback did not come yet; says how many.
pub async fn supersede(
    db: &impl ConnectionTrait,
    container: ContainerId,
    now: Time,
) -> Result<u64, StoreError> {
    let changed = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now.millis()))
        .col_expr(Column::Outcome, Expr::value("superseded"))
        .filter(Column::ContainerId.eq(container.to_string()))
        .filter(Column::UsedAt.is_null())
        .exec(db)
        .await?;
    Ok(changed.rows_affected)
}

/// Ends the grants of recovery runs for a chain whose code did not come yet; says how many.
pub async fn supersede_runs(
    db: &impl ConnectionTrait,
    target: ChainId,
    now: Time,
) -> Result<u64, StoreError> {
    let changed = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now.millis()))
        .col_expr(Column::Outcome, Expr::value("superseded"))
        .filter(Column::TargetChainId.eq(target.to_string()))
        .filter(Column::UsedAt.is_null())
        .exec(db)
        .await?;
    Ok(changed.rows_affected)
}

/// Gives the grants of recovery runs for a chain from one of its containers to another one.
pub async fn hand_over(
    db: &impl ConnectionTrait,
    from: ContainerId,
    to: ContainerId,
    target: ChainId,
) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::ContainerId, Expr::value(to.to_string()))
        .filter(Column::ContainerId.eq(from.to_string()))
        .filter(Column::TargetChainId.eq(target.to_string()))
        .exec(db)
        .await?;
    Ok(())
}

/// Whether a person is signing in for one of these containers: a grant of theirs may still come back,
/// or came back and is not attached yet.
pub async fn person_under_way(
    db: &impl ConnectionTrait,
    containers: &[ContainerId],
    now: Time,
) -> Result<bool, StoreError> {
    let found = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::ContainerId.is_in(containers.iter().map(ToString::to_string)))
        .filter(Column::TargetChainId.is_null())
        .filter(Column::Outcome.is_null())
        .filter(Column::ExpiresAt.gt(now.millis()));
    Ok(found.into_tuple::<String>().one(db).await?.is_some())
}

/// The newest grant for a chain whose callback may still come.
pub async fn open_for_chain(
    db: &impl ConnectionTrait,
    chain: ChainId,
    now: Time,
) -> Result<Option<Row>, StoreError> {
    let found = Entity::find()
        .filter(Column::ChainId.eq(chain.to_string()))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now.millis()))
        .order_by_desc(Column::CreatedAt);
    found.one(db).await?.map(Row::try_from).transpose()
}

impl TryFrom<Model> for Row {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let cells = Cells { table: "grants", row: &row.id };
        Ok(Self {
            id: cells.key(&row.id)?,
            organisation: cells.parse("organisation_id", &row.organisation_id)?,
            container: cells.parse("container_id", &row.container_id)?,
            registration: cells.parse("registration_id", &row.registration_id)?,
            chain: cells.parse("chain_id", &row.chain_id)?,
            recovers: match &row.target_chain_id {
                Some(chain) => {
                    Some((cells.parse("target_chain_id", chain)?, cells.needed_count("run", row.run)?))
                }
                None => None,
            },
            operator: cells.parse("operator_id", &row.operator_id)?,
            from: cells.parse_if("from_address", row.from_address.as_deref())?,
            state_hash: row.state_hash,
            session_hash: row.session_hash,
            verifier: row.verifier,
            redirect_uri: row.redirect_uri,
            return_to: row.return_to,
            created_at: Time::from_millis(row.created_at),
            expires_at: Time::from_millis(row.expires_at),
            used_at: time(row.used_at),
            outcome: row.outcome,
        })
    }
}
