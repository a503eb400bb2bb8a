//! Handles: what somebody may reach. A right is a narrower handle, not a question asked each time.

mod act;
mod alerts;
mod bulk;
mod consumers;
mod figures;
mod form;
pub(crate) mod look;
mod monitor;
mod policies;
mod recovery;
mod registrations;
mod removal;
mod round;
mod settings;

pub use act::{ActError, RefreshNow};
pub use alerts::AlertTargetForm;
pub use bulk::{ContainerEntry, DatabaseEntry, NewContainer, NewDatabase};
pub use consumers::ConsumerForm;
pub(crate) use form::invalid;
pub use form::{FormError, Problem};
pub use policies::PolicyForm;
pub(crate) use recovery::Complete;
pub use recovery::{CredentialsForm, OneTimeInput};
pub use registrations::{RegistrationForm, check_registration};
pub use settings::{check_alias, check_cache_seconds};

use std::net::IpAddr;

use chain::{ContainerId, OperatorId, OrganisationId};

use crate::actor::Actor;
use crate::engine::Engine;
use crate::journal;
use crate::store::journal::Entry;
use crate::store::{self, StoreError, Transaction, containers, databases, operators};

/// Everything that a signed-in operator may do: within the own organisation only.
#[derive(Clone)]
pub struct Operator {
    pub(crate) engine: Engine,
    pub(crate) id: OperatorId,
    pub(crate) organisation: OrganisationId,
    pub(crate) from: Option<IpAddr>,
    name: String,
}

impl Operator {
    pub(crate) fn new(engine: Engine, row: operators::Row) -> Self {
        Self { engine, id: row.id, organisation: row.organisation, from: None, name: row.name }
    }

    pub(crate) fn administrator(engine: Engine, organisation: OrganisationId) -> Self {
        Self { engine, id: OperatorId(0), organisation, from: None, name: "command line".to_owned() }
    }

    /// The same operator, acting from this network address.
    #[must_use]
    pub fn at(self, from: Option<IpAddr>) -> Self {
        Self { from, ..self }
    }

    /// The operator's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The operator's id.
    pub const fn id(&self) -> OperatorId {
        self.id
    }

    pub(crate) fn actor(&self) -> Actor {
        Actor::Operator { name: self.name.clone(), from: self.from }
    }

    /// Writes down that the operator signed in, from the address that the handle has.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn note_sign_in(&self) -> Result<(), StoreError> {
        store::journal::append(&self.engine.inner.db, &self.line("signed_in", None)).await
    }

    /// The same of signing out.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn note_sign_out(&self) -> Result<(), StoreError> {
        store::journal::append(&self.engine.inner.db, &self.line("signed_out", None)).await
    }

    /// A line of the journal about something that the operator did.
    pub(crate) fn line(&self, action: &str, detail: Option<String>) -> Entry {
        journal::setting(&self.engine, self.organisation, &self.actor(), action, detail)
    }

    /// The same about a container.
    pub(crate) fn line_about(&self, row: &containers::Row, action: &str, detail: Option<String>) -> Entry {
        let (database, container) = (Some(row.database), Some(row.id));
        Entry { database, container, chain: row.chain, ..self.line(action, detail) }
    }

    /// Commits a change of consumers, databases, containers or app registrations with its lines in the
    /// journal, and ends what was read before it.
    pub(crate) async fn commit(&self, txn: Transaction, lines: &[Entry]) -> Result<(), StoreError> {
        for line in lines {
            store::journal::append(&txn, line).await?;
        }
        let committed = txn.commit().await;
        self.engine.inner.kept.end();
        Ok(committed?)
    }

    /// A container of the own organisation.
    pub(crate) async fn container_row(&self, id: ContainerId) -> Result<Option<containers::Row>, StoreError> {
        containers::in_organisation(&self.engine.inner.db, self.organisation, id).await
    }

    /// The container with this alias in this database.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn container_at(&self, database: &str, alias: &str) -> Result<Option<ContainerId>, StoreError> {
        let db = &self.engine.inner.db;
        let Some(database) = databases::by_slug(db, self.organisation, database).await? else {
            return Ok(None);
        };
        Ok(containers::by_alias(db, database.id, alias).await?.map(|row| row.id))
    }
}
