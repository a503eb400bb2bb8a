//! Carries the news of changed chains to the other processes on the same store, and theirs to us.
//!
//! Only a hurry: whoever looks, looks again after some seconds anyway, and what counts is in the store.
//! So news may be lost, as where a pooled connection cannot listen, and nothing but time is.

use std::time::Duration;

use chain::ChainId;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use sqlx::postgres::{PgListener, PgNotification};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::engine::Engine;
use crate::store::StoreError;

const CHANNEL: &str = "evergrant_changes";
/// Chains in one notice; PostgreSQL takes less than 8,000 bytes, and an id is 32.
const CHAINS: usize = 200;
/// A listener that was refused tries again after this.
const PAUSE: Duration = Duration::from_secs(30);

impl Engine {
    /// Tells the other processes of every chain that this one changes, as long as this one lives.
    pub(crate) async fn tell_replicas(&self) {
        let mut changes = self.inner.watch.subscribe_own();
        while let Some(chains) = gathered(&mut changes).await {
            for chains in chains.chunks(CHAINS) {
                if let Err(error) = self.notify(chains).await {
                    tracing::debug!(error = crate::report(&error), "the other processes were not told");
                }
            }
        }
    }

    /// Hears of every chain that another process changes, as long as this one lives.
    pub(crate) async fn hear_replicas(&self) {
        loop {
            if let Err(error) = self.listen().await {
                let error = crate::report(&error);
                tracing::warn!(error, "changes of other processes are seen some seconds later");
            }
            self.inner.clock.sleep_until(self.now() + PAUSE).await;
        }
    }

    async fn notify(&self, chains: &[ChainId]) -> Result<(), StoreError> {
        let ids: Vec<String> = chains.iter().map(ToString::to_string).collect();
        let notice = format!("{} {}", self.inner.owner, ids.join(","));
        let values = [CHANNEL.into(), notice.into()];
        let sql = "SELECT pg_notify($1, $2)";
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        self.inner.db.execute_raw(statement).await?;
        Ok(())
    }

    async fn listen(&self) -> Result<(), sqlx::Error> {
        let pool = self.inner.db.connections().get_postgres_connection_pool();
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        self.inner.watch.set_listening();
        loop {
            // A connection that was lost is made anew; what was said meanwhile is seen in time.
            if let Some(notice) = listener.try_recv().await? {
                self.hear(&notice);
            }
        }
    }

    fn hear(&self, notice: &PgNotification) {
        let Some((owner, ids)) = notice.payload().split_once(' ') else { return };
        if owner == self.inner.owner {
            return;
        }
        // Anybody with the store's password could notify anything; what is no id says nothing.
        for chain in ids.split(',').filter_map(|id| id.parse().ok()) {
            self.inner.watch.announce_foreign(chain);
        }
    }
}

/// Waits for a change and takes along what else changed by then; `None` when there will be no more.
async fn gathered(changes: &mut Receiver<ChainId>) -> Option<Vec<ChainId>> {
    let mut chains = loop {
        match changes.recv().await {
            Ok(chain) => break vec![chain],
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return None,
        }
    };
    while let Ok(chain) = changes.try_recv() {
        chains.push(chain);
    }
    chains.sort_unstable();
    chains.dedup();
    Some(chains)
}
