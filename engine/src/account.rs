//! Operators: signing in, the first one, and those that the command line adds.

mod failures;

pub(crate) use failures::Failures;

use std::net::IpAddr;
use std::time::Duration;

use chain::{OperatorId, OrganisationId};
use thiserror::Error;

use crate::access::Operator;
use crate::actor::Actor;
use crate::engine::Engine;
use crate::guard::password;
use crate::guard::secret::{Password, SetupToken};
use crate::journal;
use crate::random;
use crate::store::{self, StoreError, operators, organisations, setup_links};

/// How long the link for the first operator works.
const SETUP_LIFE: Duration = Duration::from_secs(3_600);
/// The shortest password; NIST SP 800-63B asks for 8, and 15 where it is the only factor.
pub const SHORTEST_PASSWORD: usize = 12;
/// The longest password that is hashed.
pub const LONGEST_PASSWORD: usize = 256;

/// Why somebody was not signed in.
#[derive(Debug, Error)]
pub enum SignInError {
    /// Name or password are wrong; which of them is not said.
    #[error("name or password are wrong")]
    Wrong,
    /// Too many failures with this name.
    #[error("too many tries")]
    TooManyTries {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The store refused.
    #[error("could not read the operator")]
    Store(#[from] StoreError),
}

/// Why an operator was not added.
#[derive(Debug, Error)]
pub enum SetUpError {
    /// The link is unknown, used or too old.
    #[error("the link does not work any more")]
    Link,
    /// The password is too short or too long.
    #[error("the password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")]
    Password,
    /// The name is empty or too long.
    #[error("the name has 1 to 100 characters")]
    Name,
    /// The name is taken.
    #[error("an operator of this name exists")]
    NameTaken,
    /// No operator of this name.
    #[error("no operator of this name")]
    Unknown,
    /// The password could not be hashed.
    #[error("could not hash the password")]
    Hash(#[from] password::HashError),
    /// The store refused.
    #[error("could not write the operator")]
    Store(#[from] StoreError),
}

impl Engine {
    /// Checks name and password; a failure is written down with the address that it came from.
    ///
    /// # Errors
    /// See [`SignInError`]. An unknown name takes as long as a wrong password.
    pub async fn sign_in(
        &self,
        name: &str,
        password: Password,
        from: Option<IpAddr>,
    ) -> Result<OperatorId, SignInError> {
        let name = fold(name);
        let now = self.now();
        let row = operators::by_name(&self.inner.db, &name).await?;
        if let Some(retry_after) = self.inner.throttle.wait(&name, now) {
            self.note_failure(row.as_ref(), from).await;
            return Err(SignInError::TooManyTries { retry_after });
        }
        let hash = row.as_ref().map(|row| row.password_hash.clone());
        if !password::verify(password, hash).await {
            self.inner.throttle.failed(&name, now);
            self.note_failure(row.as_ref(), from).await;
            return Err(SignInError::Wrong);
        }
        self.inner.throttle.succeeded(&name);
        row.map(|row| row.id).ok_or(SignInError::Wrong)
    }

    /// A one-time link's token for the first operator; `None` when there is one already.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn setup_link(&self) -> Result<Option<SetupToken>, StoreError> {
        if operators::any(&self.inner.db).await? {
            return Ok(None);
        }
        let token = random::token();
        let now = self.now();
        setup_links::insert(&self.inner.db, &random::fingerprint(&token), now, now + SETUP_LIFE).await?;
        Ok(Some(SetupToken::new(token)))
    }

    /// Makes the first operator with a one-time link.
    ///
    /// # Errors
    /// See [`SetUpError`]; a form that is refused does not use the link up.
    pub async fn set_up(
        &self,
        token: &str,
        name: &str,
        password: Password,
    ) -> Result<OperatorId, SetUpError> {
        check(name, &password)?;
        let hash = random::fingerprint(token);
        if operators::any(&self.inner.db).await?
            || !setup_links::take(&self.inner.db, &hash, self.now()).await?
        {
            return Err(SetUpError::Link);
        }
        let themself = Actor::Operator { name: fold(name), from: None };
        self.insert_operator(name, password, &themself).await
    }

    /// Whether a one-time link still works.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn setup_link_works(&self, token: &str) -> Result<bool, StoreError> {
        setup_links::is_open(&self.inner.db, &random::fingerprint(token), self.now()).await
    }

    /// Adds an operator to the organisation.
    ///
    /// # Errors
    /// See [`SetUpError`].
    pub async fn add_operator(&self, name: &str, password: Password) -> Result<OperatorId, SetUpError> {
        check(name, &password)?;
        self.insert_operator(name, password, &self.administrator().await?.actor()).await
    }

    async fn insert_operator(
        &self,
        name: &str,
        password: Password,
        by: &Actor,
    ) -> Result<OperatorId, SetUpError> {
        let name = fold(name);
        if operators::by_name(&self.inner.db, &name).await?.is_some() {
            return Err(SetUpError::NameTaken);
        }
        let organisation = self.organisation().await?;
        let id = OperatorId(store::new_id(&self.inner.clock));
        let hash = password::hash(password).await?;
        let row = operators::Row {
            id,
            organisation,
            name,
            password_hash: hash,
            role: operators::Role::Owner,
            language: None,
            created_at: self.now(),
        };
        let entry = journal::setting(self, organisation, by, "operator_added", Some(row.name.clone()));
        let txn = store::begin(&self.inner.db).await?;
        operators::insert(&txn, &row).await?;
        store::journal::append(&txn, &entry).await?;
        txn.commit().await.map_err(StoreError::from)?;
        Ok(id)
    }

    /// Gives an operator a new password.
    ///
    /// # Errors
    /// See [`SetUpError`].
    pub async fn reset_operator(&self, name: &str, password: Password) -> Result<(), SetUpError> {
        check(name, &password)?;
        let row = operators::by_name(&self.inner.db, &fold(name)).await?.ok_or(SetUpError::Unknown)?;
        let hash = password::hash(password).await?;
        let by = self.administrator().await?.actor();
        let entry = journal::setting(self, row.organisation, &by, "operator_reset", Some(row.name));
        let txn = store::begin(&self.inner.db).await?;
        operators::set_password(&txn, row.id, &hash).await?;
        store::journal::append(&txn, &entry).await?;
        Ok(txn.commit().await.map_err(StoreError::from)?)
    }

    /// The handle of an operator; `None` when there is no such operator any more.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn operator(&self, id: OperatorId) -> Result<Option<Operator>, StoreError> {
        let Some(row) = operators::find(&self.inner.db, id).await? else { return Ok(None) };
        Ok(Some(Operator::new(self.clone(), row)))
    }

    /// The handle that commands of the machine's owner act with.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn administrator(&self) -> Result<Operator, StoreError> {
        Ok(Operator::administrator(self.clone(), self.organisation().await?))
    }

    /// The names of all operators.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn operators(&self) -> Result<Vec<String>, StoreError> {
        let rows = operators::all(&self.inner.db, self.organisation().await?).await?;
        Ok(rows.into_iter().map(|row| row.name).collect())
    }

    pub(crate) async fn organisation(&self) -> Result<OrganisationId, StoreError> {
        let first = organisations::all(&self.inner.db).await?.into_iter().next();
        first
            .map(|row| row.id)
            .ok_or_else(|| StoreError::Lost { table: "organisations", row: "first".to_owned() })
    }

    /// A new store gets its organisation, with keys of its own.
    pub(crate) async fn ensure_organisation(&self) -> Result<(), StoreError> {
        if !organisations::all(&self.inner.db).await?.is_empty() {
            return Ok(());
        }
        let id = OrganisationId(store::new_id(&self.inner.clock));
        let row = organisations::Row { id, name: "Evergrant".to_owned(), created_at: self.now() };
        organisations::insert(&self.inner.db, &row).await
    }
}

fn check(name: &str, password: &Password) -> Result<(), SetUpError> {
    if !(1..=100).contains(&name.trim().chars().count()) {
        return Err(SetUpError::Name);
    }
    if !(SHORTEST_PASSWORD..=LONGEST_PASSWORD).contains(&password.expose().chars().count()) {
        return Err(SetUpError::Password);
    }
    Ok(())
}

fn fold(name: &str) -> String {
    name.trim().to_lowercase()
}
