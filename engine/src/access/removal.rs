//! Taking away what is not needed any more.

use chain::{ChainId, ContainerId, Event};

use super::Operator;
use super::form::FormError;
use crate::keeper::News;
use crate::store::{self, StoreError, Transaction, containers, credentials, databases, grants};

impl Operator {
    /// Deletes a data container. A chain that nothing points at any more loses its stored sign-in at
    /// once; its links go with it at the next tidying.
    ///
    /// # Errors
    /// See [`FormError`].
    pub async fn delete_container(&self, container: ContainerId) -> Result<(), FormError> {
        // What is gone is told, even when the caller hangs up in between.
        let operator = self.clone();
        let removed = self.engine.begin(async move { operator.remove_container(container).await });
        removed.await.unwrap_or(Err(FormError::NotFound))
    }

    /// Deletes a database with all its containers; says how many those were.
    ///
    /// # Errors
    /// See [`FormError`].
    pub async fn delete_database(&self, slug: &str) -> Result<usize, FormError> {
        let (operator, slug) = (self.clone(), slug.to_owned());
        let removed = self.engine.begin(async move { operator.remove_database(&slug).await });
        removed.await.unwrap_or(Err(FormError::NotFound))
    }

    async fn remove_container(&self, container: ContainerId) -> Result<(), FormError> {
        let row = self.container_row(container).await?.ok_or(FormError::NotFound)?;
        let db = &self.engine.inner.db;
        let database = databases::find(db, row.database).await?.ok_or(FormError::NotFound)?;
        let txn = store::begin(db).await?;
        let left = self.remove(&txn, &row, &database).await?;
        txn.commit().await.map_err(StoreError::from)?;
        self.after(&[row], &left).await;
        Ok(())
    }

    async fn remove_database(&self, slug: &str) -> Result<usize, FormError> {
        let db = &self.engine.inner.db;
        let database = databases::by_slug(db, self.organisation, slug).await?.ok_or(FormError::NotFound)?;
        let txn = store::begin(db).await?;
        let rows: Vec<containers::Row> =
            containers::of_database(&txn, database.id).await?.into_iter().map(|it| it.container).collect();
        let mut left = Vec::new();
        for row in &rows {
            left.extend(self.remove(&txn, row, &database).await?);
        }
        databases::delete(&txn, database.id).await?;
        let line = self.database_line(&database, "database_deleted", database.name.clone());
        store::journal::append(&txn, &line).await?;
        txn.commit().await.map_err(StoreError::from)?;
        self.after(&rows, &left).await;
        Ok(rows.len())
    }

    /// Removes one container; says which chains lost their stored sign-in by that.
    async fn remove(
        &self,
        txn: &Transaction,
        row: &containers::Row,
        database: &databases::Row,
    ) -> Result<Vec<ChainId>, StoreError> {
        let mut left = Vec::new();
        for chain in [row.chain, row.pending_chain].into_iter().flatten() {
            let others = containers::of_chain(txn, chain).await?;
            match others.iter().find(|other| other.id != row.id) {
                // A run that is under way for the chain goes on for the others.
                Some(heir) => grants::hand_over(txn, row.id, heir.id, chain).await?,
                None if credentials::delete_of_chain(txn, chain).await? => left.push(chain),
                None => {}
            }
        }
        containers::delete(txn, row.id).await?;
        let detail = format!("{} of {}", row.alias, database.name);
        store::journal::append(txn, &self.line_about(row, "container_deleted", Some(detail))).await?;
        Ok(left)
    }

    async fn after(&self, rows: &[containers::Row], left: &[ChainId]) {
        self.engine.inner.kept.end();
        for chain in left {
            self.engine.tell_or_log(*chain, News::by(&self.actor(), Event::CredentialsRemoved)).await;
        }
        for chain in rows.iter().filter_map(|row| row.chain) {
            self.engine.inner.watch.announce(chain);
        }
    }
}
