//! Links: the sealed tokens of chains.

use chain::{ChainId, Time};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::StoreError;
use super::cells::{Cells, key, words};
use super::entity::links::{ActiveModel, Column, Entity, Model};
use super::error::exactly_one;

words! {
    /// What a link is to its chain.
    Standing {
        /// The newest one, which is sent next.
        Current = "current",
        /// Rotated away; kept for the time in which it may be sent again.
        Superseded = "superseded",
        /// Came too late to be the newest.
        Beside = "beside",
    }
}

/// One link as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id, to which the sealed tokens are bound.
    pub id: u128,
    /// The chain it belongs to.
    pub chain: ChainId,
    /// Its number.
    pub generation: u32,
    /// The refresh token, sealed.
    pub refresh_token: Vec<u8>,
    /// The access token, sealed.
    pub access_token: Option<Vec<u8>>,
    /// When it arrived.
    pub received_at: Time,
    /// What it is to its chain.
    pub standing: Standing,
    /// When it may be removed.
    pub expires_at: Time,
}

/// Keeps a link.
pub async fn insert(db: &impl ConnectionTrait, link: &Row) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(key(link.id)),
        chain_id: Set(link.chain.to_string()),
        generation: Set(link.generation.into()),
        refresh_token: Set(link.refresh_token.clone()),
        access_token: Set(link.access_token.clone()),
        received_at: Set(link.received_at.millis()),
        standing: Set(link.standing.as_str().to_owned()),
        expires_at: Set(link.expires_at.millis()),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// The link that is sent next: the current one of the highest generation.
pub async fn current(db: &impl ConnectionTrait, chain: ChainId) -> Result<Option<Row>, StoreError> {
    newest(db, chain, Standing::Current).await
}

/// The newest of the links that came too late.
pub async fn newest_beside(db: &impl ConnectionTrait, chain: ChainId) -> Result<Option<Row>, StoreError> {
    newest(db, chain, Standing::Beside).await
}

/// The link of this generation that is or was the chain's own.
pub async fn of_generation(
    db: &impl ConnectionTrait,
    chain: ChainId,
    generation: u32,
) -> Result<Option<Row>, StoreError> {
    let found = Entity::find()
        .filter(Column::ChainId.eq(chain.to_string()))
        .filter(Column::Generation.eq(i64::from(generation)))
        .filter(Column::Standing.ne(Standing::Beside.as_str()))
        .order_by_desc(Column::ReceivedAt);
    found.one(db).await?.map(Row::try_from).transpose()
}

/// Makes the current links below `newest` superseded ones, to be removed at `expires_at`; says how many.
pub async fn supersede(
    db: &impl ConnectionTrait,
    chain: ChainId,
    newest: u32,
    expires_at: Time,
) -> Result<u64, StoreError> {
    let changed = Entity::update_many()
        .col_expr(Column::Standing, Expr::value(Standing::Superseded.as_str()))
        .col_expr(Column::ExpiresAt, Expr::value(expires_at.millis()))
        .filter(Column::ChainId.eq(chain.to_string()))
        .filter(Column::Standing.eq(Standing::Current.as_str()))
        .filter(Column::Generation.lt(i64::from(newest)))
        .exec(db)
        .await?;
    Ok(changed.rows_affected)
}

/// Gives a link to another chain, under another number.
pub async fn hand_over(
    db: &impl ConnectionTrait,
    id: u128,
    to: ChainId,
    generation: u32,
) -> Result<(), StoreError> {
    let changed = Entity::update_many()
        .col_expr(Column::ChainId, Expr::value(to.to_string()))
        .col_expr(Column::Generation, Expr::value(i64::from(generation)))
        .filter(Column::Id.eq(key(id)))
        .exec(db)
        .await?;
    exactly_one(changed.rows_affected, "links", key(id))
}

/// Gives a link to another chain that has a newer one.
pub async fn lay_beside(
    db: &impl ConnectionTrait,
    id: u128,
    at: ChainId,
    generation: u32,
) -> Result<(), StoreError> {
    hand_over(db, id, at, generation).await?;
    let change = Entity::update_many().col_expr(Column::Standing, Expr::value(Standing::Beside.as_str()));
    let changed = change.filter(Column::Id.eq(key(id))).exec(db).await?;
    exactly_one(changed.rows_affected, "links", key(id))
}

async fn newest(
    db: &impl ConnectionTrait,
    chain: ChainId,
    standing: Standing,
) -> Result<Option<Row>, StoreError> {
    let found = Entity::find()
        .filter(Column::ChainId.eq(chain.to_string()))
        .filter(Column::Standing.eq(standing.as_str()))
        .order_by_desc(Column::Generation)
        .order_by_desc(Column::ReceivedAt);
    found.one(db).await?.map(Row::try_from).transpose()
}

impl TryFrom<Model> for Row {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let cells = Cells { table: "links", row: &row.id };
        Ok(Self {
            id: cells.key(&row.id)?,
            chain: cells.parse("chain_id", &row.chain_id)?,
            generation: cells.count("generation", row.generation)?,
            standing: cells.word("standing", &row.standing, Standing::from_word)?,
            refresh_token: row.refresh_token,
            access_token: row.access_token,
            received_at: Time::from_millis(row.received_at),
            expires_at: Time::from_millis(row.expires_at),
        })
    }
}
