//! Rounds: one person walks the grants of all that is broken, one after another.

use std::time::Duration;

use chain::{ContainerId, OperatorId, OrganisationId, Time};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::StoreError;
use super::cells::{Cells, key, time, words};
use super::entity::round_stops::{
    ActiveModel as NewStop, Column as StopColumn, Entity as Stops, Model as StopModel,
};
use super::entity::rounds::{ActiveModel, Column, Entity, Model};

/// For how long a round and what came of it are kept.
const LIFE: Duration = Duration::from_secs(7 * 86_400);

words! {
    /// How a grant of a round ended.
    Outcome {
        /// The chain is renewed.
        Renewed = "renewed",
        /// Another user signed in than before.
        OtherUser = "other_user",
        /// The person refused at the provider.
        Cancelled = "cancelled",
        /// The provider came back with an error.
        Denied = "denied",
        /// The code could not be exchanged.
        Failed = "failed",
        /// The person left it out.
        Skipped = "skipped",
    }
}

/// One round as it is stored, with its stops in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id.
    pub id: u128,
    /// When it was begun.
    pub started_at: Time,
    /// When the person stopped it.
    pub stopped_at: Option<Time>,
    /// Its stops.
    pub stops: Vec<Stop>,
}

/// One grant of a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Its place in the round, from 0 on.
    pub position: u32,
    /// The container that is renewed.
    pub container: ContainerId,
    /// How many other containers were on its chain when the round began.
    pub others: u32,
    /// What came of it.
    pub came: Option<Came>,
}

/// What came of a grant of a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Came {
    /// How it ended.
    pub outcome: Outcome,
    /// The message code, where there is one.
    pub code: Option<String>,
    /// The name of the user who signed in, where the provider said it.
    pub user: Option<String>,
    /// When.
    pub at: Time,
}

/// Begins a round of one person; the one before ends with it.
pub async fn begin(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    operator: OperatorId,
    round: &Row,
) -> Result<(), StoreError> {
    stop(db, organisation, operator, round.started_at).await?;
    let row = ActiveModel {
        id: Set(key(round.id)),
        organisation_id: Set(organisation.to_string()),
        operator_id: Set(operator.to_string()),
        started_at: Set(round.started_at.millis()),
        stopped_at: Set(None),
        expires_at: Set((round.started_at + LIFE).millis()),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    let stops = round.stops.iter().map(|stop| NewStop {
        round_id: Set(key(round.id)),
        position: Set(stop.position.into()),
        container_id: Set(stop.container.to_string()),
        others: Set(stop.others.into()),
        outcome: Set(None),
        code: Set(None),
        came: Set(None),
        at: Set(None),
    });
    Stops::insert_many(stops).exec_without_returning(db).await?;
    Ok(())
}

/// The newest round of a person.
pub async fn newest(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    operator: OperatorId,
) -> Result<Option<Row>, StoreError> {
    let found = Entity::find()
        .filter(Column::OrganisationId.eq(organisation.to_string()))
        .filter(Column::OperatorId.eq(operator.to_string()))
        .order_by_desc(Column::StartedAt)
        .order_by_desc(Column::Id);
    let Some(row) = found.one(db).await? else { return Ok(None) };
    let stops = Stops::find().filter(StopColumn::RoundId.eq(&row.id)).order_by_asc(StopColumn::Position);
    let stops = stops.all(db).await?.into_iter().map(Stop::try_from).collect::<Result<_, _>>()?;
    read(row, stops).map(Some)
}

/// Ends the rounds of a person that go on; says how many there were.
pub async fn stop(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    operator: OperatorId,
    now: Time,
) -> Result<u64, StoreError> {
    let changed = Entity::update_many()
        .col_expr(Column::StoppedAt, Expr::value(now.millis()))
        .filter(Column::OrganisationId.eq(organisation.to_string()))
        .filter(Column::OperatorId.eq(operator.to_string()))
        .filter(Column::StoppedAt.is_null())
        .exec(db)
        .await?;
    Ok(changed.rows_affected)
}

/// Writes down what came of a container's grant in a round; nothing when it is no stop of it.
pub async fn settle(
    db: &impl ConnectionTrait,
    round: u128,
    container: ContainerId,
    came: &Came,
) -> Result<(), StoreError> {
    Stops::update_many()
        .col_expr(StopColumn::Outcome, Expr::value(came.outcome.as_str()))
        .col_expr(StopColumn::Code, Expr::value(came.code.clone()))
        .col_expr(StopColumn::Came, Expr::value(came.user.clone()))
        .col_expr(StopColumn::At, Expr::value(came.at.millis()))
        .filter(StopColumn::RoundId.eq(key(round)))
        .filter(StopColumn::ContainerId.eq(container.to_string()))
        .exec(db)
        .await?;
    Ok(())
}

fn read(row: Model, stops: Vec<Stop>) -> Result<Row, StoreError> {
    let cells = Cells { table: "rounds", row: &row.id };
    let id = cells.key(&row.id)?;
    Ok(Row { id, started_at: Time::from_millis(row.started_at), stopped_at: time(row.stopped_at), stops })
}

impl TryFrom<StopModel> for Stop {
    type Error = StoreError;

    fn try_from(row: StopModel) -> Result<Self, StoreError> {
        let cells = Cells { table: "round_stops", row: &row.round_id };
        let came = match &row.outcome {
            Some(outcome) => Some(Came {
                outcome: cells.word("outcome", outcome, Outcome::from_word)?,
                at: cells.needed_time("at", row.at)?,
                code: row.code,
                user: row.came,
            }),
            None => None,
        };
        Ok(Self {
            position: cells.count("position", row.position)?,
            container: cells.parse("container_id", &row.container_id)?,
            others: cells.count("others", row.others)?,
            came,
        })
    }
}
