//! Alerts: what happened, each event once, and what people chose to be told.

use chain::{ChainId, OrganisationId, Time};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryResult, Statement};

use super::StoreError;
use super::cells::{Cells, key, words};
use super::entity::alerts::{ActiveModel, Column, Entity, Model};

pub mod deliveries;
pub mod targets;

words! {
    /// What an alert tells of.
    Event {
        /// A chain broke, and nothing mends it but a person.
        NeedsRepair = "needs_repair",
        /// A person, or a late answer, mended a broken chain.
        Repaired = "repaired",
        /// A broken chain was mended by auto-recovery.
        Recovered = "recovered",
        /// Auto-recovery waits until the stored sign-in is replaced.
        RecoveryBlocked = "recovery_blocked",
        /// A stored sign-in is deleted soon.
        CredentialsEnd = "credentials_end",
        /// An authorization ends soon, and nothing renews it by itself.
        LinkEnds = "link_ends",
        /// Somebody wants to see whether alerts arrive.
        Test = "test",
    }
}

words! {
    /// A language that alerts are written in.
    Language {
        /// English.
        English = "en",
        /// Dutch.
        Dutch = "nl",
    }
}

impl Event {
    /// Every event that people choose to be told of.
    pub const CHOICES: [Self; 6] = [
        Self::NeedsRepair,
        Self::Repaired,
        Self::Recovered,
        Self::RecoveryBlocked,
        Self::CredentialsEnd,
        Self::LinkEnds,
    ];
}

/// One alert as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id, the same in everything that is sent of it.
    pub id: u128,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// What it tells of.
    pub event: Event,
    /// Tells one event from the next of its kind.
    pub occasion: String,
    /// When it happened.
    pub at: Time,
    /// What is to be said of it, as JSON.
    pub body: String,
    /// When it is forgotten.
    pub expires_at: Time,
}

/// A container that an alert is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The slug of its database.
    pub slug: String,
    /// The name of its database.
    pub name: String,
    /// Its alias.
    pub alias: String,
}

/// Writes an alert; `false` if its occasion is known already.
pub async fn insert(db: &impl ConnectionTrait, new: &Row) -> Result<bool, StoreError> {
    let row = ActiveModel {
        id: Set(key(new.id)),
        organisation_id: Set(new.organisation.to_string()),
        event: Set(new.event.as_str().to_owned()),
        occasion: Set(new.occasion.clone()),
        at: Set(new.at.millis()),
        body: Set(new.body.clone()),
        expires_at: Set(new.expires_at.millis()),
    };
    let known = [Column::OrganisationId, Column::Event, Column::Occasion];
    let or_nothing = OnConflict::columns(known).do_nothing().to_owned();
    Ok(Entity::insert(row).on_conflict(or_nothing).exec_without_returning(db).await? == 1)
}

/// Whether an occasion is known.
pub async fn is_known(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    event: Event,
    occasion: &str,
) -> Result<bool, StoreError> {
    let found = Entity::find()
        .filter(Column::OrganisationId.eq(organisation.to_string()))
        .filter(Column::Event.eq(event.as_str()))
        .filter(Column::Occasion.eq(occasion));
    Ok(found.one(db).await?.is_some())
}

/// The alert with this id.
pub async fn find(db: &impl ConnectionTrait, id: u128) -> Result<Option<Row>, StoreError> {
    Entity::find_by_id(key(id)).one(db).await?.map(Row::try_from).transpose()
}

/// The containers that point at a chain, by database and alias.
pub async fn places(db: &impl ConnectionTrait, chain: ChainId) -> Result<Vec<Place>, StoreError> {
    let sql = "SELECT databases.slug AS slug, databases.name AS name, containers.alias AS alias
        FROM containers JOIN databases ON databases.id = containers.database_id
        WHERE containers.chain_id = $1 ORDER BY databases.slug, containers.alias";
    let values = [chain.to_string().into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let place = |row: QueryResult| {
        Ok(Place {
            slug: row.try_get("", "slug")?,
            name: row.try_get("", "name")?,
            alias: row.try_get("", "alias")?,
        })
    };
    db.query_all_raw(statement).await?.into_iter().map(place).collect()
}

impl TryFrom<Model> for Row {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let cells = Cells { table: "alerts", row: &row.id };
        Ok(Self {
            id: cells.key(&row.id)?,
            organisation: cells.parse("organisation_id", &row.organisation_id)?,
            event: cells.word("event", &row.event, Event::from_word)?,
            occasion: row.occasion,
            at: Time::from_millis(row.at),
            body: row.body,
            expires_at: Time::from_millis(row.expires_at),
        })
    }
}
