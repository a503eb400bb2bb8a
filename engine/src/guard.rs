//! Data Guard: what is secret is sealed before it is stored, and bound to where it lies.
//!
//! Master keys wrap data keys, one for each organisation and purpose; data keys seal values.
//! Everything sealed names its key.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use chain::{OrganisationId, Time};
use sea_orm::ConnectionTrait;
use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

use crate::clock::Clock;
use crate::store::{self, StoreError, keys};

mod credential;
mod keyring;
pub mod one_time;
pub mod password;
mod rotate;
pub mod seal;
pub mod secret;
mod session;
mod wrap;

pub use crate::store::keys::Purpose;
pub use credential::{CredentialPlace, SealedSignIn, SignIn};
pub use keyring::{Keyring, KeyringError};
pub use seal::{DataKey, OpenError, Place, SealError};
pub use session::{open_session, seal_session};

/// Why something was not sealed or opened.
#[derive(Debug, Error)]
pub enum GuardError {
    /// The store refused.
    #[error("could not read or write a key")]
    Store(#[from] StoreError),
    /// The value could not be sealed.
    #[error("could not seal a value")]
    Seal(#[from] SealError),
    /// The value could not be opened.
    #[error("could not open a sealed value")]
    Open(#[from] OpenError),
    /// The value names a key that the store does not have: it was destroyed.
    #[error("the key that sealed a value is gone")]
    NoKey,
    /// A data key was wrapped by a master key that is not on the ring.
    #[error("the master key {key_id} is not there")]
    MissingMaster {
        /// The master key's id.
        key_id: String,
    },
    /// The ring has another master key under the id of the one that wrapped a data key.
    #[error("the master key {key_id} is not the one that sealed the store")]
    WrongMaster {
        /// The master key's id.
        key_id: String,
    },
    /// A sealed value that should be text is none.
    #[error("a sealed value is no text")]
    NotText,
}

/// Seals and opens; clones share the keys.
#[derive(Clone)]
pub struct Guard(Arc<Inner>);

struct Inner {
    ring: RwLock<Keyring>,
    clock: Clock,
    keys: Mutex<Keys>,
}

#[derive(Default)]
struct Keys {
    by_id: HashMap<u128, (OrganisationId, Arc<DataKey>)>,
    in_use: HashMap<(OrganisationId, Purpose), Known>,
}

/// A key that was in use when the store was asked.
#[derive(Clone)]
struct Known {
    key: Arc<DataKey>,
    asked: Time,
}

/// How long a process goes on with a key before it asks whether it is still the one in use.
pub const FRESH: Duration = Duration::from_secs(60);
/// How long that question may take: an answer of a provider may be waiting for its seal.
const PATIENCE: Duration = Duration::from_secs(2);

impl Guard {
    /// A guard with these master keys.
    pub fn new(ring: Keyring, clock: Clock) -> Self {
        Self(Arc::new(Inner { ring: RwLock::new(ring), clock, keys: Mutex::default() }))
    }

    /// Checks that every data key in the store can be unwrapped.
    ///
    /// # Errors
    /// [`GuardError::MissingMaster`] or [`GuardError::WrongMaster`], which name the master key.
    pub async fn check(&self, db: &impl ConnectionTrait) -> Result<(), GuardError> {
        for row in keys::all(db).await? {
            self.unwrap(&row)?;
        }
        Ok(())
    }

    /// Makes the keys of a new organisation; those that are there stay.
    ///
    /// # Errors
    /// See [`GuardError`].
    pub async fn create_keys(
        &self,
        db: &impl ConnectionTrait,
        organisation: OrganisationId,
    ) -> Result<(), GuardError> {
        for purpose in Purpose::ALL {
            self.key_in_use(db, organisation, purpose).await?;
        }
        Ok(())
    }

    /// Destroys the keys of an organisation: nothing that they sealed can be opened again.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn destroy_keys(
        &self,
        db: &impl ConnectionTrait,
        organisation: OrganisationId,
    ) -> Result<(), GuardError> {
        keys::delete_all(db, organisation).await?;
        let mut keys = self.0.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.by_id.retain(|_, (owner, _)| *owner != organisation);
        keys.in_use.retain(|(owner, _), _| *owner != organisation);
        Ok(())
    }

    /// Seals a value for one place with the organisation's key of this purpose, which is made when
    /// it is needed first.
    ///
    /// # Errors
    /// See [`GuardError`].
    pub async fn seal(
        &self,
        db: &impl ConnectionTrait,
        organisation: OrganisationId,
        purpose: Purpose,
        place: &Place,
        plain: &[u8],
    ) -> Result<Vec<u8>, GuardError> {
        let key = self.key_in_use(db, organisation, purpose).await?;
        Ok(seal::seal(&key, place, plain)?)
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// See [`GuardError`].
    pub async fn open(
        &self,
        db: &impl ConnectionTrait,
        organisation: OrganisationId,
        place: &Place,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, GuardError> {
        let key = self.key_of(db, organisation, seal::key_id(sealed)?).await?;
        Ok(seal::open(&key, place, sealed)?)
    }

    /// Opens text that was sealed for this place; the caller takes it into custody at once.
    ///
    /// # Errors
    /// See [`GuardError`].
    pub async fn open_text(
        &self,
        db: &impl ConnectionTrait,
        organisation: OrganisationId,
        place: &Place,
        sealed: &[u8],
    ) -> Result<String, GuardError> {
        let plain = self.open(db, organisation, place, sealed).await?;
        secret::text(plain).map_err(|_| GuardError::NotText)
    }

    async fn key_of(
        &self,
        db: &impl ConnectionTrait,
        organisation: OrganisationId,
        id: u128,
    ) -> Result<Arc<DataKey>, GuardError> {
        let cached = self.cached(|keys| keys.by_id.get(&id).cloned());
        let (owner, key) = match cached {
            Some(known) => known,
            None => {
                let row = keys::find(db, id).await?.ok_or(GuardError::NoKey)?;
                let key = Arc::new(self.unwrap(&row)?);
                self.remember(&row, &key);
                (row.organisation, key)
            }
        };
        if owner == organisation { Ok(key) } else { Err(GuardError::NoKey) }
    }

    /// The key that seals at present. The store is asked again now and then, since another process
    /// may have retired it; while the store does not answer, the known one goes on: what has to be
    /// sealed then is an answer that exists nowhere else.
    async fn key_in_use(
        &self,
        db: &impl ConnectionTrait,
        organisation: OrganisationId,
        purpose: Purpose,
    ) -> Result<Arc<DataKey>, GuardError> {
        let now = self.0.clock.now();
        let known = self.cached(|keys| keys.in_use.get(&(organisation, purpose)).cloned());
        let Some(Known { key, asked }) = known else {
            return self.ask_key_in_use(db, organisation, purpose).await;
        };
        if asked <= now && now.since(asked) < FRESH {
            return Ok(key);
        }
        match tokio::time::timeout(PATIENCE, self.ask_key_in_use(db, organisation, purpose)).await {
            Ok(Err(GuardError::Store(_))) | Err(_) => Ok(key),
            Ok(answer) => answer,
        }
    }

    async fn ask_key_in_use(
        &self,
        db: &impl ConnectionTrait,
        organisation: OrganisationId,
        purpose: Purpose,
    ) -> Result<Arc<DataKey>, GuardError> {
        let row = match keys::in_use(db, organisation, purpose).await? {
            Some(row) => row,
            None => {
                let made = self.make(organisation, purpose)?;
                // Whoever is faster wins; both read what is there then.
                keys::insert_first(db, &made).await?;
                keys::in_use(db, organisation, purpose).await?.ok_or(GuardError::NoKey)?
            }
        };
        let key = match self.cached(|keys| keys.by_id.get(&row.id).cloned()) {
            Some((_, key)) => key,
            None => Arc::new(self.unwrap(&row)?),
        };
        self.remember(&row, &key);
        Ok(key)
    }

    fn make(&self, organisation: OrganisationId, purpose: Purpose) -> Result<keys::Row, GuardError> {
        let id = store::new_id(&self.0.clock);
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|_| SealError)?;
        let data = DataKey::new(id, key);
        key.zeroize();
        let (master_key_id, wrapped) = self.wrap(organisation, purpose, &data)?;
        Ok(keys::Row {
            id,
            organisation,
            purpose,
            master_key_id,
            wrapped,
            created_at: self.0.clock.now(),
            retired_at: None,
            unnamed_since: None,
        })
    }

    fn cached<T>(&self, look: impl FnOnce(&Keys) -> Option<T>) -> Option<T> {
        look(&self.0.keys.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn remember(&self, row: &keys::Row, key: &Arc<DataKey>) {
        let mut keys = self.0.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.by_id.insert(row.id, (row.organisation, Arc::clone(key)));
        if row.retired_at.is_none() {
            let known = Known { key: Arc::clone(key), asked: self.0.clock.now() };
            keys.in_use.insert((row.organisation, row.purpose), known);
        }
    }
}
