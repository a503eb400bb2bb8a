//! Wakes every chain whose time has come.

use std::time::Duration;

use chain::{ChainId, Event};
use futures::StreamExt;

use crate::engine::Engine;
use crate::keeper::News;
use crate::store::{StoreError, chains};

/// Chains taken in one round.
const BATCH: u64 = 200;
/// Chains told at the same time.
const AT_ONCE: usize = 8;
/// A chain taken by a replica that dies is taken again after this.
const RETAKE: Duration = Duration::from_secs(5);
/// The shortest sleep: a commit by somebody else is over after it.
const SHORTEST_SLEEP: Duration = Duration::from_millis(20);
/// The longest sleep: what other replicas wrote is seen after it.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);

impl Engine {
    pub(super) async fn wake_loop(&self) {
        loop {
            let next = match self.wake_due().await {
                Ok(next) => next,
                Err(error) => {
                    tracing::error!(task = "wake", error = crate::report(&error), "failed");
                    None
                }
            };
            let latest = self.now() + LONGEST_SLEEP;
            // What is due already and was not taken is being written by somebody else right now.
            let soonest = self.now() + SHORTEST_SLEEP;
            let until = next.map_or(latest, |next| next.clamp(soonest, latest));
            tokio::select! {
                () = self.inner.clock.sleep_until(until) => {}
                () = self.inner.due.notified() => {}
            }
        }
    }

    /// Tells every chain whose time has come that time passed; says when the next one is due.
    ///
    /// That can be a moment in the past: a chain that somebody else was writing at this moment.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn wake_due(&self) -> Result<Option<chain::Time>, StoreError> {
        loop {
            let now = self.now();
            let due = chains::take_due(&self.inner.db, now, BATCH, now + RETAKE).await?;
            if due.is_empty() {
                return chains::next_due(&self.inner.db).await;
            }
            // Answers may lie there that their process had no time to read.
            self.read_left_answers(Duration::ZERO).await?;
            futures::stream::iter(due).for_each_concurrent(AT_ONCE, |chain| self.wake(chain)).await;
        }
    }

    async fn wake(&self, chain: ChainId) {
        if let Err(error) = self.tell(chain, News::system(Event::Tick)).await {
            tracing::error!(%chain, error = crate::report(&error), "a chain could not be woken");
        }
    }
}
