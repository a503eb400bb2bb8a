//! From memory to the store: each process adds what it counted to the sums of the hour.

use chain::OrganisationId;

use super::hour_of;
use crate::engine::Engine;
use crate::store::hours::{self, CHAINS, Cell, Sum};
use crate::store::{self, StoreError, chains, organisations};
use crate::view::StateName;

impl Engine {
    /// Adds to the store what was counted since the last time; says how many sums grew.
    ///
    /// # Errors
    /// When the store refuses; what was counted is then added the next time.
    pub async fn add_up(&self) -> Result<usize, StoreError> {
        // Whoever asked may go while the sums are on their way, and they must not go with him.
        let engine = self.clone();
        let added = self.inner.tasks.spawn(async move { engine.write_sums().await });
        added.await.unwrap_or(Ok(0))
    }

    pub(crate) async fn write_sums(&self) -> Result<usize, StoreError> {
        let sums = self.inner.figures.take();
        if sums.is_empty() {
            return Ok(0);
        }
        let written = self.write_all(sums.iter()).await;
        if written.is_err() {
            for (cell, sum) in &sums {
                self.inner.figures.add(cell.clone(), *sum);
            }
        }
        written.map(|()| sums.len())
    }

    /// In one transaction, and in the order of their keys, so that replicas do not wait for each other
    /// in a circle.
    async fn write_all(&self, sums: impl Iterator<Item = (&Cell, &Sum)>) -> Result<(), StoreError> {
        let txn = store::begin(&self.inner.db).await?;
        for (cell, sum) in sums {
            hours::add(&txn, cell, *sum).await?;
        }
        Ok(txn.commit().await?)
    }

    /// How many chains of each organisation stand where, at this moment.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn chains_by_state(&self) -> Result<Vec<(OrganisationId, StateName, u64)>, StoreError> {
        chains::by_state(&self.inner.db).await
    }

    /// Writes down for this hour how many chains stand where; every replica writes the same.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn sample_chains(&self) -> Result<usize, StoreError> {
        let db = &self.inner.db;
        let hour = hour_of(self.now());
        let counted = chains::by_state(db).await?;
        for organisation in organisations::all(db).await? {
            for state in StateName::ALL {
                let of = counted.iter().filter(|(id, name, _)| *id == organisation.id && *name == state);
                let amount = of.map(|(_, _, many)| many).sum();
                let code = state.as_str().into();
                let cell = Cell { organisation: organisation.id, hour, figure: CHAINS.into(), code };
                hours::set(db, &cell, amount).await?;
            }
        }
        Ok(0)
    }
}
