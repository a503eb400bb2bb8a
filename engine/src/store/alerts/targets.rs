//! Where alerts go.

use chain::{OrganisationId, Time};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{Event, Language};
use crate::store::StoreError;
use crate::store::cells::{Cells, key, words};
use crate::store::entity::alert_targets::{ActiveModel, Column, Entity, Model};
use crate::store::error::exactly_one;

words! {
    /// How a target is reached.
    Kind {
        /// A program, by HTTP.
        Webhook = "webhook",
        /// A person, by e-mail.
        Mail = "mail",
    }
}

/// One target as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id, to which its secret is bound.
    pub id: u128,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// How it is reached.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// The address of a webhook, or of a mailbox.
    pub address: String,
    /// What signs what is sent to a webhook, sealed.
    pub secret: Option<Vec<u8>>,
    /// What it is told of.
    pub events: Vec<Event>,
    /// The language of what it is told.
    pub language: Language,
    /// Whether it is told at present.
    pub enabled: bool,
    /// When it was made.
    pub created_at: Time,
    /// Who made it.
    pub created_by: String,
}

/// The target with this id.
pub async fn find(db: &impl ConnectionTrait, id: u128) -> Result<Option<Row>, StoreError> {
    Entity::find_by_id(key(id)).one(db).await?.map(Row::try_from).transpose()
}

/// Every target of the organisation, by name.
pub async fn all(db: &impl ConnectionTrait, organisation: OrganisationId) -> Result<Vec<Row>, StoreError> {
    let found = Entity::find().filter(Column::OrganisationId.eq(organisation.to_string()));
    let found = found.order_by_asc(Column::Name).order_by_asc(Column::Id);
    found.all(db).await?.into_iter().map(Row::try_from).collect()
}

/// The targets that are told of an event at present.
pub async fn told_of(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    event: Event,
) -> Result<Vec<Row>, StoreError> {
    let all = all(db, organisation).await?;
    Ok(all.into_iter().filter(|row| row.enabled && row.events.contains(&event)).collect())
}

/// Makes a target.
pub async fn insert(db: &impl ConnectionTrait, new: &Row) -> Result<(), StoreError> {
    let events: Vec<_> = new.events.iter().map(|event| event.as_str()).collect();
    let row = ActiveModel {
        id: Set(key(new.id)),
        organisation_id: Set(new.organisation.to_string()),
        kind: Set(new.kind.as_str().to_owned()),
        name: Set(new.name.clone()),
        address: Set(new.address.clone()),
        secret: Set(new.secret.clone()),
        events: Set(events.join(" ")),
        language: Set(new.language.as_str().to_owned()),
        enabled: Set(new.enabled),
        created_at: Set(new.created_at.millis()),
        created_by: Set(new.created_by.clone()),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Writes the address, the events and the language of `row`, and a secret where there is another one.
pub async fn update(db: &impl ConnectionTrait, row: &Row, secret: Option<Vec<u8>>) -> Result<(), StoreError> {
    let events: Vec<_> = row.events.iter().map(|event| event.as_str()).collect();
    let mut change = Entity::update_many()
        .col_expr(Column::Address, Expr::value(row.address.clone()))
        .col_expr(Column::Events, Expr::value(events.join(" ")))
        .col_expr(Column::Language, Expr::value(row.language.as_str()))
        .filter(Column::Id.eq(key(row.id)));
    if let Some(secret) = secret {
        change = change.col_expr(Column::Secret, Expr::value(secret));
    }
    let changed = change.exec(db).await?;
    exactly_one(changed.rows_affected, "alert_targets", key(row.id))
}

/// Tells a target from now on, or nothing more until it is wanted again.
pub async fn enable(db: &impl ConnectionTrait, id: u128, enabled: bool) -> Result<(), StoreError> {
    let change = Entity::update_many().col_expr(Column::Enabled, Expr::value(enabled));
    let changed = change.filter(Column::Id.eq(key(id))).exec(db).await?;
    exactly_one(changed.rows_affected, "alert_targets", key(id))
}

/// Deletes a target, with its secret and its deliveries.
pub async fn delete(db: &impl ConnectionTrait, id: u128) -> Result<(), StoreError> {
    let deleted = Entity::delete_by_id(key(id)).exec(db).await?;
    exactly_one(deleted.rows_affected, "alert_targets", key(id))
}

impl TryFrom<Model> for Row {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let cells = Cells { table: "alert_targets", row: &row.id };
        let event = |word: &str| cells.word("events", word, Event::from_word);
        Ok(Self {
            id: cells.key(&row.id)?,
            organisation: cells.parse("organisation_id", &row.organisation_id)?,
            kind: cells.word("kind", &row.kind, Kind::from_word)?,
            events: row.events.split_whitespace().map(event).collect::<Result<_, _>>()?,
            language: cells.word("language", &row.language, Language::from_word)?,
            name: row.name,
            address: row.address,
            secret: row.secret,
            enabled: row.enabled,
            created_at: Time::from_millis(row.created_at),
            created_by: row.created_by,
        })
    }
}
