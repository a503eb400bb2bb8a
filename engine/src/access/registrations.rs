//! The apps that are registered at providers.

use chain::{Event, Fault, RegistrationId};

use super::Operator;
use super::form::{FormError, Problem, free_slug, invalid, words};
use crate::guard::secret::ClientSecret;
use crate::guard::{Place, Purpose};
use crate::keeper::News;
use crate::provider::{Profile, ProfileError, Settings};
use crate::store::{self, StoreError, containers, registrations};
use crate::view::RegistrationView;

/// An app registration as it is entered.
pub struct RegistrationForm {
    /// The registration to change; `None` for a new one.
    pub id: Option<RegistrationId>,
    /// Its name.
    pub name: String,
    /// The kind of provider, `exact` or `custom`.
    pub provider: String,
    /// The country's code; of no meaning to a custom provider.
    pub country: String,
    /// An override of the provider's address.
    pub base_url: Option<String>,
    /// The client id.
    pub client_id: String,
    /// The client secret; `None` keeps the stored one.
    pub client_secret: Option<ClientSecret>,
    /// Overrides of the timing, as JSON; see [`crate::provider::Timing`].
    pub timing: Option<String>,
    /// What a custom provider is, as JSON; see [`crate::provider::Custom`].
    pub custom: Option<String>,
    /// Send a PKCE challenge.
    pub pkce: bool,
}

impl Operator {
    /// Every app registration of the organisation, by name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn registrations(&self) -> Result<Vec<RegistrationView>, StoreError> {
        let db = &self.engine.inner.db;
        let rows = registrations::all(db, self.organisation).await?;
        let used = containers::count_by_registration(db, self.organisation).await?;
        let view = |row: registrations::Row| RegistrationView {
            redirect_uri: self.engine.redirect_uri(&row.slug),
            containers: used.get(&row.id).copied().unwrap_or(0),
            place: row.place(),
            id: row.id,
            slug: row.slug,
            name: row.name,
            provider: row.provider,
            country: row.country,
            base_url: row.base_url,
            client_id: row.client_id,
            timing: row.timing,
            custom: row.custom,
            pkce: row.pkce,
            refused_since: row.refused_since,
        };
        Ok(rows.into_iter().map(view).collect())
    }

    /// Saves an app registration; a corrected one is tried at once by the chains that wait for it.
    ///
    /// # Errors
    /// See [`FormError`].
    pub async fn save_registration(&self, form: RegistrationForm) -> Result<RegistrationId, FormError> {
        let db = &self.engine.inner.db;
        let (name, client_id) = (form.name.trim().to_owned(), form.client_id.trim().to_owned());
        let base_url = form.base_url.map(|url| url.trim().trim_end_matches('/').to_owned());
        let base_url = base_url.filter(|url| !url.is_empty());
        let timing = form.timing.filter(|timing| !timing.trim().is_empty());
        let custom = form.custom.filter(|custom| !custom.trim().is_empty());
        let settings = Settings {
            provider: &form.provider,
            country: &form.country,
            base_url: base_url.as_deref(),
            timing: timing.as_deref(),
            custom: custom.as_deref(),
        };
        check_registration(&name, &client_id, settings)?;
        if form.client_secret.as_ref().is_some_and(|secret| secret.expose().trim().is_empty()) {
            return Err(invalid("client_secret", Problem::Empty));
        }
        let known = match form.id {
            Some(id) => Some(self.registration(id).await?.ok_or(FormError::NotFound)?),
            None => None,
        };
        let id = match &known {
            Some(row) => row.id,
            None => RegistrationId(self.new_id()),
        };
        let client_secret = match (&form.client_secret, &known) {
            (Some(secret), _) => {
                let place = Place::new(self.organisation, "registrations", id.0, "client_secret");
                let secret = secret.expose().trim().as_bytes();
                self.engine.inner.guard.seal(db, self.organisation, Purpose::Tokens, &place, secret).await?
            }
            (None, Some(row)) => row.client_secret.clone(),
            (None, None) => return Err(invalid("client_secret", Problem::Empty)),
        };
        let slug = match &known {
            Some(row) => row.slug.clone(),
            None => self.free_registration_slug(&name).await?,
        };
        let mut row = registrations::Row {
            id,
            organisation: self.organisation,
            slug,
            name,
            provider: form.provider,
            country: form.country,
            base_url,
            client_id,
            client_secret,
            timing,
            custom,
            pkce: form.pkce,
            refused_since: None,
            created_at: known.as_ref().map_or(self.engine.now(), |row| row.created_at),
            revision: known.as_ref().map_or(0, |row| row.revision),
        };
        let action = if known.is_some() { "registration_changed" } else { "registration_added" };
        let txn = store::begin(db).await?;
        match known {
            Some(_) => {
                while !registrations::update(&txn, &row).await? {
                    // Its secret went to another key since it was read.
                    let found = registrations::in_organisation(&txn, self.organisation, id).await?;
                    let found = found.ok_or(FormError::NotFound)?;
                    row.revision = found.revision;
                    if form.client_secret.is_none() {
                        row.client_secret = found.client_secret;
                    }
                }
            }
            None => registrations::insert(&txn, &row).await?,
        }
        self.commit(txn, &[self.line(action, Some(row.name))]).await?;
        self.retry_refused(id).await?;
        Ok(id)
    }

    /// Deletes an app registration that no container uses.
    ///
    /// # Errors
    /// See [`FormError`].
    pub async fn delete_registration(&self, id: RegistrationId) -> Result<(), FormError> {
        let db = &self.engine.inner.db;
        let row = self.registration(id).await?.ok_or(FormError::NotFound)?;
        let used = containers::count_by_registration(db, self.organisation).await?;
        match used.get(&id).copied().unwrap_or(0) {
            0 => {
                let txn = store::begin(db).await?;
                registrations::delete(&txn, self.organisation, id).await?;
                Ok(self.commit(txn, &[self.line("registration_deleted", Some(row.name))]).await?)
            }
            by => Err(invalid("registration", Problem::InUse { by })),
        }
    }

    async fn retry_refused(&self, id: RegistrationId) -> Result<(), StoreError> {
        let refused = |row: &store::chains::Row| row.chain.fault() == Some(Fault::ClientRefused);
        for row in
            store::chains::of_registration(&self.engine.inner.db, id).await?.into_iter().filter(refused)
        {
            self.engine.tell_or_log(row.chain.id, News::by(&self.actor(), Event::RefreshNow)).await;
        }
        Ok(())
    }

    pub(super) async fn registration(
        &self,
        id: RegistrationId,
    ) -> Result<Option<registrations::Row>, StoreError> {
        registrations::in_organisation(&self.engine.inner.db, self.organisation, id).await
    }

    async fn free_registration_slug(&self, name: &str) -> Result<String, FormError> {
        let rows = registrations::all(&self.engine.inner.db, self.organisation).await?;
        free_slug(name, |slug| rows.iter().any(|row| row.slug == slug))
    }
}

/// Whether an app registration would be saved, as far as that can be said without saving it.
///
/// # Errors
/// [`FormError::Invalid`] names the field.
pub fn check_registration(name: &str, client_id: &str, settings: Settings<'_>) -> Result<(), FormError> {
    words("name", name, 100)?;
    words("client_id", client_id, 200)?;
    Profile::of(settings).map(|_| ()).map_err(profile_problem)
}

fn profile_problem(error: ProfileError) -> FormError {
    match error {
        ProfileError::Country => invalid("country", Problem::Unknown),
        ProfileError::Address => invalid("base_url", Problem::NotAUrl),
        ProfileError::Timing(what) => invalid("timing", Problem::Timing(what)),
        ProfileError::Provider => invalid("provider", Problem::Unknown),
        ProfileError::Custom(what) => invalid("custom", Problem::NotUnderstood(what)),
        ProfileError::NotCustom => invalid("custom", Problem::NotUnderstood(error.to_string())),
        ProfileError::Missing(field) => invalid(field, Problem::Empty),
        ProfileError::Endpoint(field) => invalid(field, Problem::NotAnAddress),
        ProfileError::Pointer(field) => invalid(field, Problem::NotAPointer),
        ProfileError::Parameter(name) => invalid("parameters", Problem::OwnParameter(name)),
        ProfileError::Origin => invalid("origins", Problem::NotAUrl),
    }
}
