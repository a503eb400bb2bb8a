//! Where the journal's chain of hashes begins and ends, sealed: a row an organisation.

use chain::OrganisationId;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::StoreError;
use super::cells::Cells;
use super::entity::journal_heads::{ActiveModel, Column, Entity, Model};
use super::error::exactly_one;

/// Both ends of one chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Whose.
    pub organisation: OrganisationId,
    /// The number of the last line, for whoever looks into the store; the sealed one counts.
    pub number: i64,
    /// The last line's number and hash, sealed.
    pub head: Vec<u8>,
    /// The same of the last line that was removed because of its age, sealed.
    pub base: Vec<u8>,
    /// Counts the changes.
    pub revision: i64,
}

/// The ends of the organisation's chain.
pub async fn find(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
) -> Result<Option<Row>, StoreError> {
    Entity::find_by_id(organisation.to_string()).one(db).await?.map(Row::try_from).transpose()
}

/// The same, for this transaction alone until it ends.
pub async fn lock(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
) -> Result<Option<Row>, StoreError> {
    let found = Entity::find_by_id(organisation.to_string()).lock_exclusive();
    found.one(db).await?.map(Row::try_from).transpose()
}

/// Begins a chain.
pub async fn insert(db: &impl ConnectionTrait, new: &Row) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(new.organisation.to_string()),
        number: Set(new.number),
        head: Set(new.head.clone()),
        base: Set(new.base.clone()),
        revision: Set(new.revision),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Moves the end.
///
/// # Errors
/// [`StoreError::Lost`] if somebody else moved it first.
pub async fn set_head(
    db: &impl ConnectionTrait,
    before: &Row,
    number: i64,
    head: Vec<u8>,
) -> Result<(), StoreError> {
    let change = Entity::update_many()
        .col_expr(Column::Number, Expr::value(number))
        .col_expr(Column::Head, Expr::value(head))
        .col_expr(Column::Revision, Expr::value(before.revision + 1));
    one(db, before, change).await
}

/// Moves the beginning.
///
/// # Errors
/// [`StoreError::Lost`] if somebody else moved something first.
pub async fn set_base(db: &impl ConnectionTrait, before: &Row, base: Vec<u8>) -> Result<(), StoreError> {
    let change = Entity::update_many()
        .col_expr(Column::Base, Expr::value(base))
        .col_expr(Column::Revision, Expr::value(before.revision + 1));
    one(db, before, change).await
}

async fn one(
    db: &impl ConnectionTrait,
    before: &Row,
    change: sea_orm::UpdateMany<Entity>,
) -> Result<(), StoreError> {
    let organisation = before.organisation.to_string();
    let change = change.filter(Column::Id.eq(&organisation)).filter(Column::Revision.eq(before.revision));
    exactly_one(change.exec(db).await?.rows_affected, "journal_heads", organisation)
}

impl TryFrom<Model> for Row {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let organisation = Cells { table: "journal_heads", row: &row.id }.parse("id", &row.id)?;
        Ok(Self { organisation, number: row.number, head: row.head, base: row.base, revision: row.revision })
    }
}
