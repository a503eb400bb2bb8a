//! Databases and their containers.

use chain::{ContainerId, DatabaseId, Event, RegistrationId};

use super::Operator;
use super::form::{FormError, Problem, alias, free_slug, invalid, slug, words};
use crate::gate::LONGEST_SECONDS;
use crate::keeper::News;
use crate::store::journal::Entry;
use crate::store::{self, containers, databases};

impl Operator {
    /// Creates a database and returns its slug, made of the name.
    ///
    /// # Errors
    /// See [`FormError`].
    pub async fn create_database(&self, name: &str) -> Result<String, FormError> {
        let name = words("name", name, 100)?;
        let rows = databases::all(&self.engine.inner.db, self.organisation).await?;
        let slug = free_slug(&name, |slug| rows.iter().any(|row| row.slug == slug))?;
        self.insert_database(&slug, &name).await?;
        Ok(slug)
    }

    /// Creates a database under a slug of one's own choice.
    ///
    /// # Errors
    /// See [`FormError`].
    pub async fn create_database_at(&self, slug_wish: &str, name: &str) -> Result<(), FormError> {
        let name = words("name", name, 100)?;
        if slug_wish != slug(slug_wish) {
            return Err(invalid("slug", Problem::BadCharacters));
        }
        if databases::by_slug(&self.engine.inner.db, self.organisation, slug_wish).await?.is_some() {
            return Err(invalid("slug", Problem::Taken));
        }
        self.insert_database(slug_wish, &name).await
    }

    async fn insert_database(&self, slug: &str, name: &str) -> Result<(), FormError> {
        let id = DatabaseId(self.new_id());
        let now = self.engine.now();
        let row = databases::Row {
            id,
            organisation: self.organisation,
            slug: slug.to_owned(),
            name: name.to_owned(),
            created_at: now,
        };
        let txn = store::begin(&self.engine.inner.db).await?;
        databases::insert(&txn, &row).await?;
        Ok(self.commit(txn, &[self.database_line(&row, "database_created", row.name.clone())]).await?)
    }

    pub(super) fn database_line(&self, row: &databases::Row, action: &str, detail: String) -> Entry {
        Entry { database: Some(row.id), ..self.line(action, Some(detail)) }
    }

    /// Gives a database another name; its slug stays, since programs use it.
    ///
    /// # Errors
    /// See [`FormError`].
    pub async fn rename_database(&self, slug: &str, name: &str) -> Result<(), FormError> {
        let name = words("name", name, 100)?;
        let row = databases::by_slug(&self.engine.inner.db, self.organisation, slug).await?;
        let row = row.ok_or(FormError::NotFound)?;
        let txn = store::begin(&self.engine.inner.db).await?;
        databases::rename(&txn, row.id, &name, slug).await?;
        let detail = (name != row.name).then(|| format!("{} → {name}", row.name));
        let line = detail.map(|detail| self.database_line(&row, "database_renamed", detail));
        Ok(self.commit(txn, line.as_slice()).await?)
    }

    /// Creates a data container.
    ///
    /// # Errors
    /// See [`FormError`].
    pub async fn create_container(
        &self,
        database: &str,
        wish: &str,
        registration: RegistrationId,
        warm: bool,
    ) -> Result<ContainerId, FormError> {
        let db = &self.engine.inner.db;
        let alias = alias(wish)?;
        let row = databases::by_slug(db, self.organisation, database).await?.ok_or(FormError::NotFound)?;
        if self.registration(registration).await?.is_none() {
            return Err(invalid("registration", Problem::Unknown));
        }
        if self.container_at(database, &alias).await?.is_some() {
            return Err(invalid("alias", Problem::Taken));
        }
        let container = self.new_container(row.id, alias, registration, warm);
        let id = container.id;
        let txn = store::begin(db).await?;
        containers::insert(&txn, &container).await?;
        let detail = format!("{} of {}", container.alias, row.name);
        self.commit(txn, &[self.line_about(&container, "container_created", Some(detail))]).await?;
        Ok(id)
    }

    pub(super) fn new_container(
        &self,
        database: DatabaseId,
        alias: String,
        registration: RegistrationId,
        warm: bool,
    ) -> containers::Row {
        containers::Row {
            id: ContainerId(self.new_id()),
            organisation: self.organisation,
            database,
            alias,
            registration,
            chain: None,
            pending_chain: None,
            warm,
            created_at: self.engine.now(),
            last_used_at: None,
            cache_seconds: 0,
        }
    }

    /// Gives a container another alias; programs that use the old one have to follow.
    ///
    /// # Errors
    /// See [`FormError`].
    pub async fn rename_container(&self, container: ContainerId, wish: &str) -> Result<(), FormError> {
        let db = &self.engine.inner.db;
        let alias = alias(wish)?;
        let row = self.container_row(container).await?.ok_or(FormError::NotFound)?;
        if alias != row.alias && containers::by_alias(db, row.database, &alias).await?.is_some() {
            return Err(invalid("alias", Problem::Taken));
        }
        let txn = store::begin(db).await?;
        containers::rename(&txn, container, &alias).await?;
        let detail = (alias != row.alias).then(|| format!("{} → {alias}", row.alias));
        let line = detail.map(|detail| self.line_about(&row, "container_renamed", Some(detail)));
        Ok(self.commit(txn, line.as_slice()).await?)
    }

    /// Keeps a container's token fresh all the time, or renews it on demand.
    ///
    /// # Errors
    /// See [`FormError`].
    pub async fn set_warm(&self, container: ContainerId, warm: bool) -> Result<(), FormError> {
        let row = self.container_row(container).await?.ok_or(FormError::NotFound)?;
        let txn = store::begin(&self.engine.inner.db).await?;
        containers::set_warm(&txn, container, warm).await?;
        let word = if warm { "kept fresh" } else { "renewed on demand" };
        let detail = (warm != row.warm).then(|| word.to_owned());
        let line = detail.map(|detail| self.line_about(&row, "container_changed", Some(detail)));
        self.commit(txn, line.as_slice()).await?;
        if let Some(chain) = row.chain {
            // The next wake-up is another one now.
            self.engine.tell_or_log(chain, News::by(&self.actor(), Event::Tick)).await;
        }
        Ok(())
    }

    /// Chooses for how many seconds the gate keeps answers; 0 keeps none.
    ///
    /// # Errors
    /// See [`FormError`].
    pub async fn set_cache_seconds(&self, container: ContainerId, seconds: u32) -> Result<(), FormError> {
        check_cache_seconds(seconds)?;
        let row = self.container_row(container).await?.ok_or(FormError::NotFound)?;
        let txn = store::begin(&self.engine.inner.db).await?;
        containers::set_cache_seconds(&txn, container, seconds).await?;
        let detail = (seconds != row.cache_seconds).then(|| format!("answers kept for {seconds} s"));
        let line = detail.map(|detail| self.line_about(&row, "container_changed", Some(detail)));
        Ok(self.commit(txn, line.as_slice()).await?)
    }

    pub(super) fn new_id(&self) -> u128 {
        store::new_id(&self.engine.inner.clock)
    }
}

/// Whether a container may be called so.
///
/// # Errors
/// [`FormError::Invalid`] says what is wrong.
pub fn check_alias(wish: &str) -> Result<(), FormError> {
    alias(wish).map(|_| ())
}

/// Whether answers may be kept for so many seconds.
///
/// # Errors
/// [`FormError::Invalid`] says within which bounds.
pub fn check_cache_seconds(seconds: u32) -> Result<(), FormError> {
    let (least, most) = (0, LONGEST_SECONDS);
    if seconds > most { Err(invalid("cache_seconds", Problem::OutOfBounds { least, most })) } else { Ok(()) }
}
