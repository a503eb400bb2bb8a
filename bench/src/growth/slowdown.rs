//! By how much issuing slows while the purge works at its own pace.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use engine::Engine;
use engine::expiry::{Pace, REST};
use futures::future::try_join_all;

use super::run::Issuer;
use crate::clock::Stopwatch;
use crate::report::median;

/// Callers that ask at the same time, each again as soon as it is answered.
const CALLERS: usize = 16;
/// How long they ask before it is the other way's turn.
const TURN: Duration = Duration::from_secs(3);
/// Turns of each way.
const TURNS: usize = 7;
/// How much is over at the beginning, so that the purge never comes to an end.
const OVER: Duration = Duration::from_secs(8 * 3_600);

/// The part of its rate that issuing loses while the purge works; 0 where it loses none.
pub async fn measure(issuer: &Issuer) -> Result<f64> {
    issuer.hand.advance(OVER);
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    turn(issuer).await?;
    for _ in 0..TURNS {
        alone.push(turn(issuer).await?);
        let going = Arc::new(AtomicBool::new(true));
        let purge = tokio::spawn(purge(issuer.engine.clone(), Arc::clone(&going)));
        let rate = turn(issuer).await;
        going.store(false, Ordering::Relaxed);
        let gone = purge.await.context("the purge stopped")??;
        ensure!(gone > 0, "the purge had nothing to do");
        beside.push(rate?);
    }
    Ok((1.0 - median(&beside) / median(&alone)).max(0.0))
}

/// How many pairs a second were issued in one turn.
async fn turn(issuer: &Issuer) -> Result<f64> {
    let watch = Stopwatch::start();
    let callers = (0..CALLERS).map(|_| async {
        let mut issued = 0_u32;
        while watch.passed() < TURN {
            issuer.client.issue(None).await?;
            issued += 1;
        }
        Ok::<_, anyhow::Error>(issued)
    });
    let issued: u32 = try_join_all(callers).await?.into_iter().sum();
    Ok(f64::from(issued) / watch.passed().as_secs_f64())
}

/// Round after round at the pace of the engine's own task; says how many rows went.
async fn purge(engine: Engine, going: Arc<AtomicBool>) -> Result<u64> {
    let (pace, mut gone) = (InRealTime::new(going), 0);
    while pace.going() {
        gone += engine.purge_at(&pace).await?.went.iter().map(|went| went.amount).sum::<u64>();
    }
    Ok(gone)
}

/// The pace of the engine's own task by the real clock, since the engine's clock stands still here.
struct InRealTime {
    going: Arc<AtomicBool>,
    /// Since the last rest.
    watch: Mutex<Stopwatch>,
}

impl InRealTime {
    fn new(going: Arc<AtomicBool>) -> Self {
        Self { going, watch: Mutex::new(Stopwatch::start()) }
    }

    fn going(&self) -> bool {
        self.going.load(Ordering::Relaxed)
    }

    fn watch(&self) -> MutexGuard<'_, Stopwatch> {
        self.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pace for InRealTime {
    async fn rest(&self, _: Duration) {
        let mut rest = self.watch().passed().saturating_mul(REST);
        // In pieces, so that a turn that is over is not waited for.
        while !rest.is_zero() && self.going() {
            let piece = rest.min(Duration::from_millis(50));
            tokio::time::sleep(piece).await;
            rest -= piece;
        }
        *self.watch() = Stopwatch::start();
    }
}
