//! New data keys for old, and what the old ones sealed under the new ones.

use std::sync::PoisonError;

use chain::OrganisationId;

use super::credential::{self, CredentialPlace};
use super::seal::{self, OpenError, Place};
use super::{Guard, GuardError, Purpose};
use crate::store::sealed::{Cell, Column};
use crate::store::{self, Store, StoreError, keys};

/// The purposes whose keys are rotated. The key that tells accounts apart is not among them: it
/// seals nothing, and a new one would forget which one-time codes were used.
const ROTATED: [Purpose; 2] = [Purpose::Tokens, Purpose::Recovery];

impl Guard {
    /// Makes a new key for each purpose that seals, in one transaction; the older ones are retired:
    /// they go on opening, and seal nothing any more.
    ///
    /// # Errors
    /// See [`GuardError`]; the keys are then as they were.
    pub async fn rotate(&self, db: &Store, organisation: OrganisationId) -> Result<(), GuardError> {
        let txn = store::begin(db).await?;
        for purpose in ROTATED {
            if let Some(row) = keys::in_use(&txn, organisation, purpose).await? {
                keys::retire(&txn, row.id, self.0.clock.now()).await?;
            }
            keys::insert_first(&txn, &self.make(organisation, purpose)?).await?;
        }
        txn.commit().await.map_err(StoreError::from)?;
        self.ask_again();
        Ok(())
    }

    /// Asks the store which keys are in use before anything more is sealed.
    pub(crate) fn ask_again(&self) {
        self.0.keys.lock().unwrap_or_else(PoisonError::into_inner).in_use.clear();
    }

    /// Drops a key that was destroyed.
    pub(crate) fn forget(&self, id: u128) {
        self.0.keys.lock().unwrap_or_else(PoisonError::into_inner).by_id.remove(&id);
    }

    /// What a cell holds, sealed with the key in use.
    pub(crate) async fn reseal(
        &self,
        db: &Store,
        column: Column,
        cell: &Cell,
    ) -> Result<Vec<u8>, GuardError> {
        let from = self.key_of(db, cell.organisation, seal::key_id(&cell.value)?).await?;
        let to = self.key_in_use(db, cell.organisation, column.purpose()).await?;
        match (column, cell.chain) {
            (Column::CredentialKey, Some(chain)) => {
                let place = CredentialPlace { organisation: cell.organisation, chain, row: cell.id };
                credential::rewrap(&from, &to, place, &cell.value)
            }
            (Column::CredentialKey, None) => Err(OpenError::Malformed.into()),
            (
                Column::RefreshToken
                | Column::AccessToken
                | Column::Answer
                | Column::ClientSecret
                | Column::Verifier
                | Column::JournalHead
                | Column::JournalBase
                | Column::WebhookSecret,
                _,
            ) => {
                let place = Place::new(cell.organisation, column.table(), cell.id, column.name());
                let plain = seal::open(&from, &place, &cell.value)?;
                Ok(seal::seal(&to, &place, &plain)?)
            }
        }
    }
}
