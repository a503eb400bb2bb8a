//! Three days on one store.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use engine::clock::{Clock, Hand};
use engine::issued::Client;
use engine::store::sizes;
use engine::view::Size;
use engine::{ConsumerForm, Engine};
use futures::stream::{FuturesUnordered, TryStreamExt};
use sea_orm::{ConnectionTrait, Statement};

use crate::clock::Stopwatch;
use crate::connected::{self, Folder};

/// Pairs of an access and a refresh token each second.
const PAIRS: usize = 5;
/// How far the clock is moved at once.
const STEP: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);
const DAYS: u32 = 3;
/// Steps between two looks at how much there is.
const LOOK: u32 = 30;
/// Tokens that may live at a time: what is issued in the life of each kind, 30 minutes and 24 hours.
pub const EXPECTED: u64 = PAIRS as u64 * (1_800 + 86_400);
/// Families that may live at a time: each goes with its refresh token.
const FAMILIES: u64 = PAIRS as u64 * 86_400;

/// An engine with a program that asks for tokens.
pub struct Issuer {
    pub engine: Engine,
    pub client: Client,
    pub hand: Hand,
}

/// What was seen in three days.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// Tokens that were issued.
    pub issued: u64,
    /// The most rows of tokens from the second day on, over those that may live; families the same.
    pub live_ratio: f64,
    /// The largest size of each day.
    pub sizes: Vec<Size>,
    /// Tokens in the store in the end.
    pub rows: u64,
}

impl Issuer {
    /// Opens an engine on an empty store.
    pub async fn open(folder: &Folder) -> Result<Self> {
        let (clock, hand) = Clock::manual(Clock::system().now());
        let engine = folder.open(clock).await?;
        engine.allow_consumers(u32::MAX);
        let operator = engine.administrator().await?;
        operator.create_database("Company").await?;
        let form = ConsumerForm { name: "Program".to_owned(), databases: None, days: Some(366) };
        let (consumer, key) = operator.add_consumer(form).await?;
        let client = engine.client(&consumer.id.to_string(), key.expose(), None).await?;
        Ok(Self { engine, client, hand })
    }

    /// Issues for three days, with the purge at work or without.
    pub async fn run(&self, purging: bool) -> Result<Run> {
        let (watch, mut run) = (Stopwatch::start(), Run::default());
        let steps = u32::try_from(DAY.as_secs() / STEP.as_secs())?;
        let going = Arc::new(AtomicBool::new(purging));
        let purge = tokio::spawn(purge(self.engine.clone(), Arc::clone(&going)));
        for _ in 0..DAYS {
            let mut largest = Size::default();
            for step in 0..steps {
                run.issued += 2 * self.issue(PAIRS * usize::try_from(STEP.as_secs())?).await?;
                self.hand.advance(STEP);
                if step % LOOK == LOOK - 1 {
                    let size = sizes::now(self.engine.store()).await?;
                    if size.bytes > largest.bytes {
                        largest = size;
                    }
                    run.rows = self.count("issued_tokens").await?;
                    let families = self.count("token_families").await?;
                    if !run.sizes.is_empty() {
                        let tokens = run.rows as f64 / EXPECTED as f64;
                        run.live_ratio = run.live_ratio.max(tokens).max(families as f64 / FAMILIES as f64);
                    }
                }
            }
            run.sizes.push(largest);
            eprintln!(
                "bench: {} after day {}, {:.0} s: {} tokens, {} MB",
                self.name(),
                run.sizes.len(),
                watch.passed().as_secs_f64(),
                run.rows,
                largest.bytes / 1_000_000
            );
        }
        going.store(false, Ordering::Relaxed);
        purge.await.context("the purge stopped")??;
        Ok(run)
    }

    /// Lets so many callers ask at once.
    pub async fn issue(&self, callers: usize) -> Result<u64> {
        let asked: FuturesUnordered<_> = (0..callers).map(|_| self.client.issue(None)).collect();
        let issued: Vec<_> = asked.try_collect().await.context("a token was not issued")?;
        ensure!(issued.len() == callers, "each caller has a pair");
        Ok(u64::try_from(callers)?)
    }

    /// Lets go of the store.
    pub async fn close(self) -> Result<()> {
        drop(self.client);
        connected::close(self.engine).await
    }

    fn name(&self) -> String {
        format!("{:?}", self.engine.store().get_database_backend()).to_lowercase()
    }

    async fn count(&self, table: &str) -> Result<u64> {
        let db = self.engine.store();
        let sql = format!("SELECT COUNT(*) AS amount FROM {table}");
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
        let amount: i64 = row.context("a count is a row")?.try_get("", "amount")?;
        Ok(u64::try_from(amount)?)
    }
}

/// The purge at work: round after round, as the engine's task does, without its rests, since these days pass
/// so much faster.
async fn purge(engine: Engine, going: Arc<AtomicBool>) -> Result<()> {
    while going.load(Ordering::Relaxed) {
        if !engine.purge().await?.more {
            // Nothing is left of the minutes that passed; the next ones take about so long.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    Ok(())
}
