//! `footprint`: how fast the binary starts on a full store, and what it takes when idle.

use std::time::Duration;

use anyhow::Result;

use crate::browser::Browser;
use crate::connected::{MANY, Store};
use crate::evergrant::{Binary, Evergrant};
use crate::first_visit;
use crate::report::{Report, median};

/// Starts that are timed.
const STARTS: usize = 9;
/// How long nothing is asked of it before its memory is read.
const IDLE: Duration = Duration::from_secs(10);

/// Measures.
pub async fn measure(binary: &Binary, store: &Store, report: &mut Report) -> Result<()> {
    let mut starts = Vec::with_capacity(STARTS);
    let mut fresh = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        let running = Evergrant::start(binary, store.folder()).await?;
        starts.push(running.start_to_ready);
        fresh.push(running.resident()?);
        running.stop().await?;
    }
    let running = Evergrant::start(binary, store.folder()).await?;
    let mut browser = Browser::connect(&running.address).await?;
    browser.sign_in().await?;
    first_visit::load(&mut browser).await?;
    drop(browser);
    tokio::time::sleep(IDLE).await;
    let idle = running.resident()?;
    let most = running.most_resident()?;
    running.stop().await?;

    report.note(&format!("{MANY} connected containers on SQLite, the release binary with its own settings"));
    report.note(&format!(
        "start_to_ready: from the start of the process to the first 200 of /readyz; the median of {STARTS} starts"
    ));
    report.note(&format!(
        "idle_rss: VmRSS after a start, a sign-in, a visit to /databases with all its files, and {} s of nothing",
        IDLE.as_secs()
    ));
    report.figure_with_limit("start_to_ready", median(&starts), "ms", "at most 500");
    report.figure("start_to_ready_least", starts.iter().copied().fold(f64::INFINITY, f64::min), "ms");
    report.figure("start_to_ready_most", starts.iter().copied().fold(0.0, f64::max), "ms");
    report.figure_with_limit("idle_rss", idle, "MB", "at most 60");
    report.figure("ready_rss", median(&fresh), "MB");
    report.figure("most_rss", most, "MB");
    Ok(())
}
