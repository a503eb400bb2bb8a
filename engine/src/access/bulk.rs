//! Many databases at once, for a file that describes them all.

use std::collections::{HashMap, HashSet};

use chain::{ContainerId, DatabaseId, RegistrationId};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::form::{FormError, Problem, alias, free_slug, invalid, slug, words};
use super::{CredentialsForm, OneTimeInput, Operator, check_cache_seconds};
use crate::guard::GuardError;
use crate::guard::one_time::OneTime;
use crate::guard::secret::{ClientSecret, Password, TotpSecret, UserName};
use crate::store::credentials::days_long;
use crate::store::{self, StoreError, containers, databases, registrations};

/// A database with what a file can say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseEntry {
    /// Its address part.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its containers, by alias.
    pub containers: Vec<ContainerEntry>,
}

/// A container with what a file can say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerEntry {
    /// Its id.
    pub id: ContainerId,
    /// Its alias.
    pub alias: String,
    /// Its app registration.
    pub registration: RegistrationId,
    /// Kept fresh all the time.
    pub warm: bool,
    /// For how long the gate keeps answers, in seconds.
    pub cache_seconds: u32,
    /// It has a chain.
    pub linked: bool,
}

/// A database to be made, or one that is there and gets more containers.
#[derive(Clone, Debug)]
pub struct NewDatabase {
    /// The slug; where it is absent, the first free one made of the name.
    pub slug: Option<String>,
    /// The name.
    pub name: String,
    /// The containers to be made in it.
    pub containers: Vec<NewContainer>,
}

/// A container to be made.
#[derive(Clone, Debug)]
pub struct NewContainer {
    /// Its alias.
    pub alias: String,
    /// Its app registration.
    pub registration: RegistrationId,
    /// Kept fresh all the time.
    pub warm: bool,
    /// For how long the gate keeps answers, in seconds; 0 for not at all.
    pub cache_seconds: u32,
}

impl Operator {
    /// Every database with every container, by slug.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn inventory(&self) -> Result<Vec<DatabaseEntry>, StoreError> {
        let db = &self.engine.inner.db;
        let mut by_database: HashMap<DatabaseId, Vec<ContainerEntry>> = HashMap::new();
        for row in containers::of_organisation(db, self.organisation).await? {
            by_database.entry(row.database).or_default().push(ContainerEntry {
                id: row.id,
                alias: row.alias,
                registration: row.registration,
                warm: row.warm,
                cache_seconds: row.cache_seconds,
                linked: row.chain.is_some(),
            });
        }
        let rows = databases::all(db, self.organisation).await?;
        let mut entries: Vec<DatabaseEntry> = rows
            .into_iter()
            .map(|row| DatabaseEntry {
                containers: by_database.remove(&row.id).unwrap_or_default(),
                slug: row.slug,
                name: row.name,
            })
            .collect();
        for entry in &mut entries {
            entry.containers.sort_by(|a, b| a.alias.cmp(&b.alias));
        }
        entries.sort_by(|a, b| a.slug.cmp(&b.slug));
        Ok(entries)
    }

    /// Makes databases and containers in one transaction: all of them or none.
    ///
    /// A database whose slug exists already keeps its name and gets the containers. Returns, in the
    /// order given, the slug and the ids of the new containers.
    ///
    /// # Errors
    /// See [`FormError`]; nothing has changed then.
    pub async fn create_all(
        &self,
        wishes: Vec<NewDatabase>,
    ) -> Result<Vec<(String, Vec<ContainerId>)>, FormError> {
        let db = &self.engine.inner.db;
        let known: HashSet<RegistrationId> =
            registrations::all(db, self.organisation).await?.into_iter().map(|row| row.id).collect();
        let mut there: HashMap<String, DatabaseId> =
            databases::all(db, self.organisation).await?.into_iter().map(|row| (row.slug, row.id)).collect();
        let mut aliases: HashSet<(DatabaseId, String)> = containers::of_organisation(db, self.organisation)
            .await?
            .into_iter()
            .map(|row| (row.database, row.alias))
            .collect();
        let now = self.engine.now();
        let txn = store::begin(db).await?;
        let (mut made, mut lines) = (Vec::with_capacity(wishes.len()), Vec::new());
        for wish in wishes {
            let name = words("name", &wish.name, 100)?;
            let at = match wish.slug {
                Some(at) => at,
                None => free_slug(&name, |slug| there.contains_key(slug))?,
            };
            if at != slug(&at) {
                return Err(invalid("slug", Problem::BadCharacters));
            }
            let id = match there.get(&at) {
                Some(id) => *id,
                None => {
                    let id = DatabaseId(store::new_id(&self.engine.inner.clock));
                    let organisation = self.organisation;
                    let (slug, name) = (at.clone(), name.clone());
                    let row = databases::Row { id, organisation, slug, name, created_at: now };
                    databases::insert(&txn, &row).await?;
                    lines.push(self.database_line(&row, "database_created", row.name.clone()));
                    there.insert(at.clone(), id);
                    id
                }
            };
            let mut ids = Vec::with_capacity(wish.containers.len());
            for wish in wish.containers {
                let alias = alias(&wish.alias)?;
                if !known.contains(&wish.registration) {
                    return Err(invalid("registration", Problem::Unknown));
                }
                if !aliases.insert((id, alias.clone())) {
                    return Err(invalid("alias", Problem::Taken));
                }
                check_cache_seconds(wish.cache_seconds)?;
                let new = self.new_container(id, alias, wish.registration, wish.warm);
                let container = containers::Row { cache_seconds: wish.cache_seconds, ..new };
                ids.push(container.id);
                containers::insert(&txn, &container).await?;
                let detail = format!("{} of {name}", container.alias);
                lines.push(self.line_about(&container, "container_created", Some(detail)));
            }
            made.push((at, ids));
        }
        self.commit(txn, &lines).await?;
        Ok(made)
    }

    /// Whether an app registration has this client secret; the stored one never leaves.
    ///
    /// # Errors
    /// When the store cannot be read or the seal not be opened.
    pub async fn secret_is(&self, id: RegistrationId, secret: &ClientSecret) -> Result<bool, GuardError> {
        let row = registrations::in_organisation(&self.engine.inner.db, self.organisation, id).await?;
        let Some(row) = row else { return Ok(false) };
        let stored = self.engine.open_client_secret(&row).await?;
        Ok(stored.expose().as_bytes().ct_eq(secret.expose().trim().as_bytes()).into())
    }

    /// Whether a container's stored recovery credentials are these, and are kept as long where that
    /// counts too; the stored ones never leave.
    ///
    /// # Errors
    /// What is wrong with the wanted ones, and when the store cannot be read or the seal not be opened.
    pub async fn credentials_are(
        &self,
        container: ContainerId,
        wanted: &CredentialsForm,
        as_long: bool,
    ) -> Result<bool, FormError> {
        let container = self.container_row(container).await?.ok_or(FormError::NotFound)?;
        let Some(chain) = container.chain else { return Ok(false) };
        let Some((row, stored)) = self.engine.stored_sign_in(chain).await? else { return Ok(false) };
        let one_time = match &wanted.one_time {
            Some(OneTimeInput::Text(text)) => Some(OneTime::parse(text.expose())),
            Some(OneTimeInput::Picture(bytes)) => Some(OneTime::from_picture(bytes)),
            None => None,
        };
        let one_time = one_time.transpose().map_err(|it| invalid("one_time", Problem::OneTime(it)))?;
        let same = |stored: Option<&str>, wanted: Option<&str>| {
            let bytes = |text: Option<&str>| text.unwrap_or_default().trim().as_bytes().to_vec();
            let (stored, wanted) = (Zeroizing::new(bytes(stored)), Zeroizing::new(bytes(wanted)));
            bool::from(stored.ct_eq(&wanted))
        };
        let user_name = wanted.user_name.as_ref().map(UserName::expose);
        let password = wanted.password.as_ref().map(Password::expose);
        Ok(same(Some(stored.user_name.expose()), user_name)
            && same(Some(stored.password.expose()), password)
            && same(
                stored.one_time.as_ref().map(TotpSecret::expose),
                one_time.as_ref().map(TotpSecret::expose),
            )
            && (!as_long || row.expires_at == row.stored_at + days_long(wanted.days)))
    }
}
