//! Answers of token endpoints, sealed and kept before anybody reads them.

use chain::{ChainId, Time};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::StoreError;
use super::cells::{Cells, key, time, words};
use super::entity::answers::{ActiveModel, Column, Entity, Model};
use super::error::exactly_one;

words! {
    /// What was asked for.
    Kind {
        /// A refresh token was sent.
        Refresh = "refresh",
        /// The code of a grant was sent.
        Code = "code",
    }
}

/// One answer as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id, to which the sealed body is bound.
    pub id: u128,
    /// The chain that asked.
    pub chain: ChainId,
    /// Which attempt.
    pub attempt: u32,
    /// The generation of the link that was sent; 0 for a code.
    pub generation: u32,
    /// What was asked for.
    pub kind: Kind,
    /// What came, sealed.
    pub body: Vec<u8>,
    /// The HTTP status.
    pub status: u16,
    /// What the provider said about why, outside the body; no secret.
    pub reason: Option<String>,
    /// When the question was sent.
    pub sent_at: Time,
    /// When the answer came.
    pub received_at: Time,
    /// When it was understood and what followed from it was committed.
    pub read_at: Option<Time>,
    /// When it may be removed.
    pub expires_at: Time,
}

/// Keeps an answer; keeping the same one twice changes nothing.
pub async fn insert(db: &impl ConnectionTrait, answer: &Row) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(key(answer.id)),
        chain_id: Set(answer.chain.to_string()),
        attempt: Set(answer.attempt.into()),
        generation: Set(answer.generation.into()),
        kind: Set(answer.kind.as_str().to_owned()),
        body: Set(answer.body.clone()),
        status: Set(answer.status.into()),
        reason: Set(answer.reason.clone()),
        sent_at: Set(answer.sent_at.millis()),
        received_at: Set(answer.received_at.millis()),
        read_at: Set(answer.read_at.map(Time::millis)),
        expires_at: Set(answer.expires_at.millis()),
    };
    let once = sea_orm::sea_query::OnConflict::column(Column::Id).do_nothing().to_owned();
    Entity::insert(row).on_conflict(once).exec_without_returning(db).await?;
    Ok(())
}

/// The answer with this id.
pub async fn find(db: &impl ConnectionTrait, id: u128) -> Result<Option<Row>, StoreError> {
    Entity::find_by_id(key(id)).one(db).await?.map(Row::try_from).transpose()
}

/// Answers that nothing followed from yet, the oldest first.
pub async fn unread(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Row>, StoreError> {
    let found = Entity::find().filter(Column::ReadAt.is_null());
    let found = found.order_by_asc(Column::ReceivedAt).order_by_asc(Column::Id).limit(limit);
    found.all(db).await?.into_iter().map(Row::try_from).collect()
}

/// Says that what follows from the answer is committed; a second time changes nothing.
pub async fn mark_read(db: &impl ConnectionTrait, id: u128, now: Time) -> Result<(), StoreError> {
    let first = Expr::col(Column::ReadAt).if_null(now.millis());
    let changed =
        Entity::update_many().col_expr(Column::ReadAt, first).filter(Column::Id.eq(key(id))).exec(db).await?;
    exactly_one(changed.rows_affected, "answers", key(id))
}

impl TryFrom<Model> for Row {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let cells = Cells { table: "answers", row: &row.id };
        let status = u16::try_from(row.status);
        Ok(Self {
            id: cells.key(&row.id)?,
            chain: cells.parse("chain_id", &row.chain_id)?,
            attempt: cells.count("attempt", row.attempt)?,
            generation: cells.count("generation", row.generation)?,
            kind: cells.word("kind", &row.kind, Kind::from_word)?,
            status: status.map_err(|_| cells.impossible(format!("status is {}", row.status)))?,
            body: row.body,
            reason: row.reason,
            sent_at: Time::from_millis(row.sent_at),
            received_at: Time::from_millis(row.received_at),
            read_at: time(row.read_at),
            expires_at: Time::from_millis(row.expires_at),
        })
    }
}
