//! Runs every task in its period, from the start of the process to its end.

use std::time::Duration;

use chain::Time;

use crate::engine::Engine;
use crate::store::StoreError;

/// What a task did last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskStatus {
    /// The task's name.
    pub name: &'static str,
    /// When it ended last.
    pub at: Time,
    /// How many things it moved, or that it failed.
    pub moved: Option<usize>,
}

/// Left answers are looked for this often.
const ANSWERS_PERIOD: Duration = Duration::from_secs(10);
/// A grant that was exchanged this long ago and is not attached has nobody working on it.
const GRACE: Duration = Duration::from_secs(300);
/// Failed sign-ins that are told together are looked for this often.
const FAILURES_PERIOD: Duration = Duration::from_secs(20);
/// What was counted is written down this often.
const FIGURES_PERIOD: Duration = Duration::from_secs(5);
/// What was written to the journal gets its place in the chain this often.
const JOURNAL_PERIOD: Duration = Duration::from_secs(2);
/// How many chains stand where is written down this often.
const CHAINS_PERIOD: Duration = Duration::from_secs(60);
/// What ends soon or was left is looked for this often.
const TIDY_PERIOD: Duration = Duration::from_secs(60);

impl Engine {
    /// Takes up what the last process left, then starts every task.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn start(&self) -> Result<(), StoreError> {
        self.take_up().await?;
        let engine = self.clone();
        self.background(async move { engine.wake_loop().await });
        if !crate::store::tending::is_single_process(&self.inner.db) {
            let engine = self.clone();
            self.background(async move { engine.tell_replicas().await });
            let engine = self.clone();
            self.background(async move { engine.hear_replicas().await });
        }
        let engine = self.clone();
        self.background(async move {
            engine
                .every("answers", ANSWERS_PERIOD, async |engine| {
                    engine.read_left_answers(ANSWERS_PERIOD).await
                })
                .await;
        });
        let engine = self.clone();
        self.background(async move {
            engine
                .every("grants", TIDY_PERIOD, async |engine| engine.attach_left(engine.now() - GRACE).await)
                .await;
        });
        let engine = self.clone();
        self.background(async move {
            engine.every("figures", FIGURES_PERIOD, async |engine| engine.add_up().await).await;
        });
        let engine = self.clone();
        self.background(async move {
            engine
                .every("failed sign-ins", FAILURES_PERIOD, async |engine| {
                    engine.write_failures(Some(engine.now())).await
                })
                .await;
        });
        let engine = self.clone();
        self.background(async move {
            engine.every("chains", CHAINS_PERIOD, async |engine| engine.sample_chains().await).await;
        });
        let engine = self.clone();
        self.background(async move {
            engine.every("journal", JOURNAL_PERIOD, async |engine| engine.chain_journal().await).await;
        });
        let engine = self.clone();
        self.background(async move { engine.purge_loop().await });
        let engine = self.clone();
        self.background(async move { engine.reach_loop().await });
        let engine = self.clone();
        self.background(async move { engine.reseal_loop().await });
        let engine = self.clone();
        self.background(async move { engine.alert_loop().await });
        let engine = self.clone();
        self.background(async move {
            engine.every("tend", TIDY_PERIOD, async |engine| engine.tend().await).await;
        });
        Ok(())
    }

    /// What the last process left: credentials whose time came since, answers that nobody read, and
    /// attempts that nobody works on.
    ///
    /// On SQLite no other process can hold a lease, so every lease is over; on PostgreSQL another
    /// replica may be at work, and its lease has to end first.
    pub async fn take_up(&self) -> Result<(), StoreError> {
        self.expire_credentials(u64::from(u32::MAX)).await?;
        self.tend_credentials().await?;
        self.read_left_answers(Duration::ZERO).await?;
        let alone = crate::store::tending::is_single_process(&self.inner.db);
        // Another replica may be walking a grant back at this moment.
        self.attach_left(if alone { self.now() } else { self.now() - GRACE }).await?;
        if alone {
            crate::store::recovery_runs::close_left(&self.inner.db, self.now()).await?;
            for row in crate::store::chains::leased(&self.inner.db).await? {
                let chain = row.chain.id;
                let news = crate::keeper::News::system(chain::Event::Restart);
                if let Err(error) = self.tell(chain, news).await {
                    tracing::error!(%chain, error = crate::report(&error), "a left attempt could not be taken up");
                }
            }
        }
        Ok(())
    }

    fn background(&self, work: impl Future<Output = ()> + Send + 'static) {
        let stop = self.inner.stop.clone();
        self.inner.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = work => {}
            }
        });
    }

    async fn every<W, E>(&self, name: &'static str, period: Duration, work: W)
    where
        W: AsyncFn(&Engine) -> Result<usize, E>,
        E: std::error::Error + 'static,
    {
        loop {
            self.inner.clock.sleep_until(self.now() + period).await;
            match work(self).await {
                Ok(0) => {}
                Ok(moved) => tracing::debug!(task = name, moved, "done"),
                Err(error) => tracing::error!(task = name, error = crate::report(&error), "failed"),
            }
        }
    }
}
