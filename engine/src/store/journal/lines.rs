//! The journal as a chain: lines with their number and hash, and everything else as plain bytes.

use chain::{OrganisationId, Time};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::store::StoreError;
use crate::store::entity::journal::{Column, Entity, Model};
use crate::store::error::exactly_one;

/// A line, as the chain of hashes sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its id, as it is stored.
    pub id: String,
    /// Its place in the chain; `None` until it has one.
    pub number: Option<i64>,
    /// The hash of the chain up to here; `None` until it has a place.
    pub hash: Option<String>,
    /// When.
    pub at: Time,
    /// What, as a word.
    pub action: String,
    /// Every cell but number and hash, so joined that no other cells look the same.
    pub content: Vec<u8>,
}

/// Lines without a place, the oldest first.
pub async fn unchained(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    limit: u64,
) -> Result<Vec<Line>, StoreError> {
    let found = of(organisation).filter(Column::Number.is_null());
    lines(db, found.order_by_asc(Column::At).order_by_asc(Column::Id).limit(limit)).await
}

/// How many lines have no place yet.
pub async fn waiting(db: &impl ConnectionTrait, organisation: OrganisationId) -> Result<u64, StoreError> {
    Ok(of(organisation).filter(Column::Number.is_null()).count(db).await?)
}

/// Lines with a place behind `after`, in their order.
pub async fn chained(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    after: i64,
    limit: u64,
) -> Result<Vec<Line>, StoreError> {
    let found = of(organisation).filter(Column::Number.gt(after));
    lines(db, found.order_by_asc(Column::Number).order_by_asc(Column::Id).limit(limit)).await
}

/// Gives a line its place, which it keeps.
pub async fn give_place(
    db: &impl ConnectionTrait,
    id: &str,
    number: i64,
    hash: &str,
) -> Result<(), StoreError> {
    let change = Entity::update_many()
        .col_expr(Column::Number, Expr::value(number))
        .col_expr(Column::Hash, Expr::value(hash))
        .filter(Column::Id.eq(id))
        .filter(Column::Number.is_null());
    exactly_one(change.exec(db).await?.rows_affected, "journal", id)
}

/// How many lines with a place were written before.
pub async fn count_before(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    before: Time,
) -> Result<u64, StoreError> {
    let found = of(organisation).filter(Column::Number.is_not_null()).filter(Column::At.lt(before.millis()));
    Ok(found.count(db).await?)
}

/// Removes every line up to this place.
pub async fn forget(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    up_to: i64,
) -> Result<u64, StoreError> {
    let gone = Entity::delete_many()
        .filter(Column::OrganisationId.eq(organisation.to_string()))
        .filter(Column::Number.lte(up_to));
    Ok(gone.exec(db).await?.rows_affected)
}

fn of(organisation: OrganisationId) -> Select<Entity> {
    Entity::find().filter(Column::OrganisationId.eq(organisation.to_string()))
}

async fn lines(db: &impl ConnectionTrait, found: Select<Entity>) -> Result<Vec<Line>, StoreError> {
    Ok(found.all(db).await?.into_iter().map(Line::from).collect())
}

impl From<Model> for Line {
    fn from(row: Model) -> Self {
        let content = content(&row);
        Self {
            id: row.id,
            number: row.number,
            hash: row.hash,
            at: Time::from_millis(row.at),
            action: row.action,
            content,
        }
    }
}

/// Each cell has its length before it, and one that is empty looks like no text.
fn content(row: &Model) -> Vec<u8> {
    let number = |cell: i64| Some(cell.to_string());
    let cells = [
        Some(row.id.clone()),
        number(row.at),
        Some(row.organisation_id.clone()),
        Some(row.actor.clone()),
        row.from_address.clone(),
        Some(row.action.clone()),
        row.code.clone(),
        row.database_id.clone(),
        row.container_id.clone(),
        row.chain_id.clone(),
        row.generation.and_then(number),
        row.detail.clone(),
    ];
    let mut content = Vec::new();
    for cell in cells {
        match cell {
            Some(text) => {
                content.push(1);
                content.extend_from_slice(&u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
                content.extend_from_slice(text.as_bytes());
            }
            None => content.push(0),
        }
    }
    content
}
