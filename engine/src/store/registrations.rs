//! App registrations: what the provider knows Evergrant as.

use chain::{OrganisationId, RegistrationId, Time};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::StoreError;
use super::cells::Cells;
use super::entity::registrations::{ActiveModel, Column, Entity, Model};
use super::error::exactly_one;
use crate::provider::{self, Profile, ProfileError, Settings};

/// One app registration as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id, to which the sealed secret is bound.
    pub id: RegistrationId,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// Its part of the redirect URI.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The provider, such as `exact`.
    pub provider: String,
    /// The country's code, such as `nl`.
    pub country: String,
    /// Another address than the provider's own.
    pub base_url: Option<String>,
    /// The client id.
    pub client_id: String,
    /// The client secret, sealed.
    pub client_secret: Vec<u8>,
    /// What differs from the provider's timing, as JSON.
    pub timing: Option<String>,
    /// What a custom provider is, as JSON.
    pub custom: Option<String>,
    /// Whether grants use PKCE.
    pub pkce: bool,
    /// Since when the provider refuses client id or secret.
    pub refused_since: Option<Time>,
    /// When it was made.
    pub created_at: Time,
    /// Counts the changes.
    pub revision: i64,
}

/// The app registration with this id, whoever's it is.
pub async fn find(db: &impl ConnectionTrait, id: RegistrationId) -> Result<Option<Row>, StoreError> {
    Entity::find_by_id(id.to_string()).one(db).await?.map(Row::try_from).transpose()
}

/// The organisation's app registration with this id.
pub async fn in_organisation(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    id: RegistrationId,
) -> Result<Option<Row>, StoreError> {
    Ok(find(db, id).await?.filter(|row| row.organisation == organisation))
}

/// The organisation's app registration with this slug.
pub async fn by_slug(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    slug: &str,
) -> Result<Option<Row>, StoreError> {
    let found = Entity::find().filter(Column::OrganisationId.eq(organisation.to_string()));
    found.filter(Column::Slug.eq(slug)).one(db).await?.map(Row::try_from).transpose()
}

/// The organisation's app registrations, by name.
pub async fn all(db: &impl ConnectionTrait, organisation: OrganisationId) -> Result<Vec<Row>, StoreError> {
    let found = Entity::find().filter(Column::OrganisationId.eq(organisation.to_string()));
    let found = found.order_by_asc(Column::Name).order_by_asc(Column::Id);
    found.all(db).await?.into_iter().map(Row::try_from).collect()
}

/// Makes an app registration.
///
/// # Errors
/// [`StoreError::Taken`] if the organisation has another one with this slug.
pub async fn insert(db: &impl ConnectionTrait, new: &Row) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(new.id.to_string()),
        organisation_id: Set(new.organisation.to_string()),
        created_at: Set(new.created_at.millis()),
        revision: Set(new.revision),
        ..settings(new)
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Writes the settings of `row`, if nobody changed them since it was read; says whether it did.
///
/// # Errors
/// [`StoreError::Taken`] if the organisation has another one with this slug.
pub async fn update(db: &impl ConnectionTrait, row: &Row) -> Result<bool, StoreError> {
    let changed = Entity::update_many()
        .set(ActiveModel { revision: Set(row.revision + 1), ..settings(row) })
        .filter(Column::Id.eq(row.id.to_string()))
        .filter(Column::OrganisationId.eq(row.organisation.to_string()))
        .filter(Column::Revision.eq(row.revision))
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Says since when the provider refuses client id or secret; `None` if it accepts them.
pub async fn set_refused(
    db: &impl ConnectionTrait,
    id: RegistrationId,
    since: Option<Time>,
) -> Result<(), StoreError> {
    let changed = Entity::update_many()
        .col_expr(Column::State, Expr::value(state(since)))
        .col_expr(Column::StateSince, Expr::value(since.map(Time::millis)))
        .filter(Column::Id.eq(id.to_string()))
        .exec(db)
        .await?;
    exactly_one(changed.rows_affected, "registrations", id)
}

/// Removes an app registration and its chains.
///
/// # Errors
/// [`StoreError::Query`] while a container uses it.
pub async fn delete(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    id: RegistrationId,
) -> Result<(), StoreError> {
    let deleted = Entity::delete_many()
        .filter(Column::Id.eq(id.to_string()))
        .filter(Column::OrganisationId.eq(organisation.to_string()))
        .exec(db)
        .await?;
    exactly_one(deleted.rows_affected, "registrations", id)
}

const fn state(refused_since: Option<Time>) -> &'static str {
    if refused_since.is_some() { "refused" } else { "ok" }
}

fn settings(row: &Row) -> ActiveModel {
    ActiveModel {
        slug: Set(row.slug.clone()),
        name: Set(row.name.clone()),
        provider: Set(row.provider.clone()),
        country: Set(row.country.clone()),
        base_url: Set(row.base_url.clone()),
        client_id: Set(row.client_id.clone()),
        client_secret: Set(row.client_secret.clone()),
        timing: Set(row.timing.clone()),
        custom: Set(row.custom.clone()),
        pkce: Set(row.pkce),
        state: Set(state(row.refused_since).to_owned()),
        state_since: Set(row.refused_since.map(Time::millis)),
        ..ActiveModel::default()
    }
}

impl Row {
    /// Where the provider is, in a word for people.
    pub fn place(&self) -> String {
        provider::place(&self.provider, &self.country, self.custom.as_deref())
    }

    /// Where the provider is and how its chains live.
    ///
    /// # Errors
    /// Settings that are not understood.
    pub fn parse_profile(&self) -> Result<Profile, ProfileError> {
        Profile::of(Settings {
            provider: &self.provider,
            country: &self.country,
            base_url: self.base_url.as_deref(),
            timing: self.timing.as_deref(),
            custom: self.custom.as_deref(),
        })
    }

    /// The same, where settings that are not understood are the store's fault.
    ///
    /// # Errors
    /// [`StoreError::Profile`].
    pub fn profile(&self) -> Result<Profile, StoreError> {
        Ok(self.parse_profile()?)
    }
}

impl TryFrom<Model> for Row {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let cells = Cells { table: "registrations", row: &row.id };
        let refused_since = match row.state.as_str() {
            "ok" => None,
            "refused" => Some(cells.needed_time("state_since", row.state_since)?),
            other => return Err(cells.impossible(format!("state is {other:?}"))),
        };
        Ok(Self {
            id: cells.parse("id", &row.id)?,
            organisation: cells.parse("organisation_id", &row.organisation_id)?,
            refused_since,
            slug: row.slug,
            name: row.name,
            provider: row.provider,
            country: row.country,
            base_url: row.base_url,
            client_id: row.client_id,
            client_secret: row.client_secret,
            timing: row.timing,
            custom: row.custom,
            pkce: row.pkce,
            created_at: Time::from_millis(row.created_at),
            revision: row.revision,
        })
    }
}
