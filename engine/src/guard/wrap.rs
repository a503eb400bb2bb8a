//! Data keys under master keys.

use std::sync::{PoisonError, RwLockReadGuard};

use chain::OrganisationId;
use sea_orm::ConnectionTrait;
use zeroize::Zeroize;

use super::seal::{self, DataKey, OpenError};
use super::{Guard, GuardError, Keyring, Purpose};
use crate::store::keys;

impl Guard {
    /// The ids of the master keys, the current one first.
    pub fn master_key_ids(&self) -> Vec<String> {
        self.ring().ids().map(str::to_owned).collect()
    }

    /// Wraps every data key that another master key wraps with the current one; says how many.
    ///
    /// Every key is wrapped anew by a statement of its own, so a process that ends in between
    /// leaves keys under both master keys, and both are on the ring.
    ///
    /// # Errors
    /// See [`GuardError`].
    pub async fn rewrap(&self, db: &impl ConnectionTrait) -> Result<u64, GuardError> {
        self.read_ring_again();
        let mut rewrapped = 0;
        for row in keys::all(db).await? {
            if self.ring().current().is_some_and(|(current, _)| current == row.master_key_id) {
                continue;
            }
            let key = self.unwrap(&row)?;
            let (master, wrapped) = self.wrap(row.organisation, row.purpose, &key)?;
            rewrapped += u64::from(keys::rewrap(db, &row, &master, wrapped).await?);
        }
        Ok(rewrapped)
    }

    /// The id of the current master key, and the data key wrapped by it.
    pub(super) fn wrap(
        &self,
        organisation: OrganisationId,
        purpose: Purpose,
        key: &DataKey,
    ) -> Result<(String, Vec<u8>), GuardError> {
        let ring = self.ring();
        let (master_id, master) = ring.current().ok_or(GuardError::NoKey)?;
        let data = key_data(organisation, purpose, key.id(), master_id);
        let wrapped = seal::encrypt(master.expose(), key.id(), &data, key.expose())?;
        Ok((master_id.to_owned(), wrapped))
    }

    /// The data key of a row. A master key that was put into the file since it was read is found:
    /// another process may wrap with it already.
    pub(super) fn unwrap(&self, row: &keys::Row) -> Result<DataKey, GuardError> {
        match self.unwrap_with_ring(row) {
            Err(GuardError::MissingMaster { .. }) if self.read_ring_again() => self.unwrap_with_ring(row),
            unwrapped => unwrapped,
        }
    }

    fn unwrap_with_ring(&self, row: &keys::Row) -> Result<DataKey, GuardError> {
        let key_id = || row.master_key_id.clone();
        let ring = self.ring();
        let master = ring.find(&row.master_key_id);
        let master = master.ok_or_else(|| GuardError::MissingMaster { key_id: key_id() })?;
        let data = key_data(row.organisation, row.purpose, row.id, &row.master_key_id);
        let wrong = |_| GuardError::WrongMaster { key_id: key_id() };
        let plain = seal::decrypt(master.expose(), &data, &row.wrapped).map_err(wrong)?;
        let mut key = <[u8; 32]>::try_from(plain.as_slice()).map_err(|_| OpenError::Malformed)?;
        let unwrapped = DataKey::new(row.id, key);
        key.zeroize();
        Ok(unwrapped)
    }

    /// Reads the file of master keys again, if they came from one; a file that is no ring at the
    /// moment changes nothing.
    fn read_ring_again(&self) -> bool {
        let Some(file) = self.ring().file().map(std::path::Path::to_owned) else { return false };
        let Ok(ring) = Keyring::load(&file) else { return false };
        *self.0.ring.write().unwrap_or_else(PoisonError::into_inner) = ring;
        true
    }

    fn ring(&self) -> RwLockReadGuard<'_, Keyring> {
        self.0.ring.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a wrapped key is bound to.
fn key_data(organisation: OrganisationId, purpose: Purpose, id: u128, master: &str) -> Vec<u8> {
    let organisation = organisation.0.to_be_bytes();
    let purpose = purpose.as_str().as_bytes();
    seal::associated(&[b"data key", &organisation, purpose, &id.to_be_bytes(), master.as_bytes()])
}
