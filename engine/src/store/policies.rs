//! How long things of each kind live, where an organisation said so.

use std::time::Duration;

use chain::{OrganisationId, Time};
use policy::{Bounds, Given, Kind, Policies, Policy};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Statement};

use super::StoreError;
use super::cells::{Cells, time};
use super::entity::policies::{ActiveModel, Column, Entity, Model};

/// One policy as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Whose it is.
    pub organisation: OrganisationId,
    /// What it says.
    pub policy: Policy,
    /// When it was last changed.
    pub changed_at: Time,
    /// By whom, by name.
    pub changed_by: String,
    /// When all that was there before had heard of it; `None` until then.
    pub reached_at: Option<Time>,
    /// Counts the changes.
    pub revision: i64,
}

/// What the organisation said, kind by kind.
pub async fn all(db: &impl ConnectionTrait, organisation: OrganisationId) -> Result<Vec<Row>, StoreError> {
    let found = Entity::find().filter(Column::OrganisationId.eq(organisation.to_string()));
    found.order_by_asc(Column::Kind).all(db).await?.into_iter().map(Row::try_from).collect()
}

/// What holds for the organisation, where `defaults` holds for what it left out.
pub async fn of(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    defaults: Policies,
) -> Result<Policies, StoreError> {
    let mut policies = defaults;
    for row in all(db, organisation).await? {
        policies.say(row.policy);
    }
    Ok(policies)
}

/// The shortest lifetime of a kind over all organisations, for what belongs to none of them.
pub async fn shortest(
    db: &impl ConnectionTrait,
    kind: Kind,
    default: Duration,
) -> Result<Duration, StoreError> {
    let sql = "SELECT MIN(COALESCE(policies.lifetime, $2)) AS shortest FROM organisations
        LEFT JOIN policies ON policies.organisation_id = organisations.id AND policies.kind = $1";
    let values = [kind.word().into(), millis(default).into()];
    let row =
        db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    let shortest: Option<i64> = row.map(|row| row.try_get("", "shortest")).transpose()?.flatten();
    Ok(shortest.map_or(default, duration))
}

/// Says how long things of a kind live; what was said of it before is gone, and nothing that is there has
/// heard of it yet.
pub async fn set(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    policy: &Policy,
    by: &str,
    now: Time,
) -> Result<(), StoreError> {
    let bounds = policy.bounds();
    let row = ActiveModel {
        organisation_id: Set(organisation.to_string()),
        kind: Set(policy.kind().word().to_owned()),
        lifetime: Set(millis(policy.lifetime())),
        least: Set(millis(bounds.least)),
        most: Set(millis(bounds.most)),
        changed_at: Set(now.millis()),
        changed_by: Set(by.to_owned()),
        reached_at: Set(None),
        revision: Set(1),
    };
    let said = [
        Column::Lifetime,
        Column::Least,
        Column::Most,
        Column::ChangedAt,
        Column::ChangedBy,
        Column::ReachedAt,
    ];
    let or_update = OnConflict::columns([Column::OrganisationId, Column::Kind])
        .update_columns(said)
        .value(Column::Revision, Expr::col((Entity, Column::Revision)).add(1))
        .to_owned();
    Entity::insert(row).on_conflict(or_update).exec_without_returning(db).await?;
    Ok(())
}

/// Policies of which something that is there may not have heard yet, the oldest change first.
pub async fn unreached(db: &impl ConnectionTrait) -> Result<Vec<Row>, StoreError> {
    let found = Entity::find().filter(Column::ReachedAt.is_null()).order_by_asc(Column::ChangedAt);
    found.all(db).await?.into_iter().map(Row::try_from).collect()
}

/// Notes that all has heard of a policy; one that was changed meanwhile stays unreached.
pub async fn mark_reached(db: &impl ConnectionTrait, row: &Row, now: Time) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::ReachedAt, Expr::value(now.millis()))
        .filter(Column::OrganisationId.eq(row.organisation.to_string()))
        .filter(Column::Kind.eq(row.policy.kind().word()))
        .filter(Column::Revision.eq(row.revision))
        .exec(db)
        .await?;
    Ok(())
}

/// A lifetime as it is stored.
pub(crate) fn millis(lifetime: Duration) -> i64 {
    i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX)
}

fn duration(millis: i64) -> Duration {
    Duration::from_millis(u64::try_from(millis).unwrap_or(0))
}

impl TryFrom<Model> for Row {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let name = format!("{} {}", row.organisation_id, row.kind);
        let cells = Cells { table: "policies", row: &name };
        let kind = cells.word("kind", &row.kind, Kind::from_word)?;
        let bounds = Bounds { least: duration(row.least), most: duration(row.most) };
        let policy = Policy::new(kind, Given::Millis(row.lifetime), bounds);
        Ok(Self {
            organisation: cells.parse("organisation_id", &row.organisation_id)?,
            policy: policy.map_err(|error| cells.impossible(error.to_string()))?,
            changed_at: Time::from_millis(row.changed_at),
            changed_by: row.changed_by,
            reached_at: time(row.reached_at),
            revision: row.revision,
        })
    }
}
