//! The organisations' data keys, each wrapped by a master key.

use std::collections::BTreeSet;

use chain::{OrganisationId, Time};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::StoreError;
use super::cells::{Cells, key, time, words};
use super::entity::organisation_keys::{ActiveModel, Column, Entity, Model};
use super::error::exactly_one;

words! {
    /// What a data key seals.
    Purpose {
        /// Tokens, client secrets and the provider's answers.
        Tokens = "tokens",
        /// Recovery credentials.
        Recovery = "recovery",
        /// Seals nothing: tells the accounts of recovery credentials apart.
        Accounts = "accounts",
    }
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 3] = [Self::Tokens, Self::Recovery, Self::Accounts];
}

/// One wrapped key as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id, which every value that it sealed names.
    pub id: u128,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// What it seals.
    pub purpose: Purpose,
    /// The master key that wrapped it.
    pub master_key_id: String,
    /// The key, wrapped.
    pub wrapped: Vec<u8>,
    /// When it was made.
    pub created_at: Time,
    /// When another one took its place; it opens what it sealed.
    pub retired_at: Option<Time>,
    /// Since when it is retired and nothing names it.
    pub unnamed_since: Option<Time>,
}

/// The key with this id.
pub async fn find(db: &impl ConnectionTrait, id: u128) -> Result<Option<Row>, StoreError> {
    Entity::find_by_id(key(id)).one(db).await?.map(Row::try_from).transpose()
}

/// The key that seals at present.
pub async fn in_use(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    purpose: Purpose,
) -> Result<Option<Row>, StoreError> {
    let found = Entity::find()
        .filter(Column::OrganisationId.eq(organisation.to_string()))
        .filter(Column::Purpose.eq(purpose.as_str()))
        .filter(Column::RetiredAt.is_null());
    found.one(db).await?.map(Row::try_from).transpose()
}

/// Every key, the oldest first.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Row>, StoreError> {
    let found = Entity::find().order_by_asc(Column::CreatedAt).order_by_asc(Column::Id);
    found.all(db).await?.into_iter().map(Row::try_from).collect()
}

/// The ids of all master keys that are needed to open the store.
pub async fn master_key_ids(db: &impl ConnectionTrait) -> Result<BTreeSet<String>, StoreError> {
    let found = Entity::find().select_only().column(Column::MasterKeyId).distinct();
    let ids: Vec<String> = found.into_tuple().all(db).await?;
    Ok(ids.into_iter().collect())
}

/// Keeps a key, unless the organisation has another one in use for this purpose.
pub async fn insert_first(db: &impl ConnectionTrait, new: &Row) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(key(new.id)),
        organisation_id: Set(new.organisation.to_string()),
        purpose: Set(new.purpose.as_str().to_owned()),
        master_key_id: Set(new.master_key_id.clone()),
        wrapped: Set(new.wrapped.clone()),
        created_at: Set(new.created_at.millis()),
        retired_at: Set(new.retired_at.map(Time::millis)),
        unnamed_since: Set(new.unnamed_since.map(Time::millis)),
    };
    // Any conflict at all: the index that allows one key in use is a partial one.
    let or_nothing = OnConflict::new().do_nothing().to_owned();
    Entity::insert(row).on_conflict(or_nothing).exec_without_returning(db).await?;
    Ok(())
}

/// Says that another key takes this one's place.
pub async fn retire(db: &impl ConnectionTrait, id: u128, now: Time) -> Result<(), StoreError> {
    let changed = Entity::update_many()
        .col_expr(Column::RetiredAt, Expr::value(now.millis()))
        .filter(Column::Id.eq(key(id)))
        .filter(Column::RetiredAt.is_null())
        .exec(db)
        .await?;
    exactly_one(changed.rows_affected, "organisation_keys", key(id))
}

/// Keys that another one took the place of, the oldest first.
pub async fn retired(db: &impl ConnectionTrait) -> Result<Vec<Row>, StoreError> {
    Ok(all(db).await?.into_iter().filter(|row| row.retired_at.is_some()).collect())
}

/// Says since when nothing names a retired key, or that something does.
pub async fn set_unnamed(db: &impl ConnectionTrait, id: u128, since: Option<Time>) -> Result<(), StoreError> {
    let change = Entity::update_many().col_expr(Column::UnnamedSince, Expr::value(since.map(Time::millis)));
    let changed = change.filter(Column::Id.eq(key(id))).exec(db).await?;
    exactly_one(changed.rows_affected, "organisation_keys", key(id))
}

/// Wraps a key anew, unless somebody else did since it was read; says whether it did.
pub async fn rewrap(
    db: &impl ConnectionTrait,
    before: &Row,
    master_key_id: &str,
    wrapped: Vec<u8>,
) -> Result<bool, StoreError> {
    let changed = Entity::update_many()
        .col_expr(Column::MasterKeyId, Expr::value(master_key_id))
        .col_expr(Column::Wrapped, Expr::value(wrapped))
        .filter(Column::Id.eq(key(before.id)))
        .filter(Column::MasterKeyId.eq(&before.master_key_id))
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Destroys a retired key: what it sealed cannot be opened again. Says whether it was there.
pub async fn destroy(db: &impl ConnectionTrait, id: u128) -> Result<bool, StoreError> {
    let deleted =
        Entity::delete_many().filter(Column::Id.eq(key(id))).filter(Column::RetiredAt.is_not_null());
    Ok(deleted.exec(db).await?.rows_affected == 1)
}

/// Destroys every key of an organisation; says how many. What they sealed cannot be opened again.
pub async fn delete_all(db: &impl ConnectionTrait, organisation: OrganisationId) -> Result<u64, StoreError> {
    let deleted = Entity::delete_many().filter(Column::OrganisationId.eq(organisation.to_string()));
    Ok(deleted.exec(db).await?.rows_affected)
}

impl TryFrom<Model> for Row {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let cells = Cells { table: "organisation_keys", row: &row.id };
        Ok(Self {
            id: cells.key(&row.id)?,
            organisation: cells.parse("organisation_id", &row.organisation_id)?,
            purpose: cells.word("purpose", &row.purpose, Purpose::from_word)?,
            master_key_id: row.master_key_id,
            wrapped: row.wrapped,
            created_at: Time::from_millis(row.created_at),
            retired_at: time(row.retired_at),
            unnamed_since: time(row.unnamed_since),
        })
    }
}
