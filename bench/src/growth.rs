//! `growth`: tokens issued at ten a second for three days, by the engine's own code, on both stores: the clock
//! is advanced, the rows are real. Meanwhile the purge works; beside it the same without a purge.

mod run;
mod slowdown;

use anyhow::{Context, Result};
use engine::view::Size;

use self::run::{EXPECTED, Issuer, Run};
use crate::connected::Folder;
use crate::postgres::Autovacuum;
use crate::report::Report;

/// Measures.
pub async fn measure(report: &mut Report) -> Result<()> {
    report.note(
        "Ten tokens a second: five access tokens of 30 minutes, each with a refresh token of 24 hours and",
    );
    report.note(
        "a family of their own, as a program does that asks anew each time. A simulated minute is issued",
    );
    report.note(
        "at once, by 300 callers; the clock is moved, and the purge works through all of it. Three days.",
    );
    // A minute of these days passes in a tenth of a second, so PostgreSQL has to look as often.
    let hurried = Autovacuum::hurried().await;
    if !hurried {
        report.note("This server does not let its autovacuum look every second, so its files get larger.");
    }
    let measured = on_both(report).await;
    Autovacuum::usual().await;
    measured
}

async fn on_both(report: &mut Report) -> Result<()> {
    let (sqlite, postgres) = (Folder::make().await?, Folder::make_at_postgres().await?);
    let (small, large) = (Issuer::open(&sqlite).await.context("on SQLite")?, Issuer::open(&postgres).await?);
    eprintln!("bench: three days with the purge …");
    let (one, other) = tokio::try_join!(small.run(true), large.run(true))?;
    eprintln!("bench: issuing while the purge has much to do …");
    let slowdowns = [slowdown::measure(&small).await?, slowdown::measure(&large).await?];
    small.close().await?;
    large.close().await?;

    let (sqlite, postgres) = (Folder::make().await?, Folder::make_at_postgres().await?);
    let (small, large) = (Issuer::open(&sqlite).await?, Issuer::open(&postgres).await?);
    eprintln!("bench: three days without it …");
    let (one_off, other_off) = tokio::try_join!(small.run(false), large.run(false))?;
    small.close().await?;
    large.close().await?;

    for (store, on, off, slowdown) in
        [("sqlite", one, one_off, slowdowns[0]), ("postgres", other, other_off, slowdowns[1])]
    {
        tell(store, &on, &off, slowdown, report);
    }
    Ok(())
}

fn tell(store: &str, on: &Run, off: &Run, slowdown: f64, report: &mut Report) {
    let name = |figure: &str| format!("{figure}_{store}");
    report.note(&format!(
        "{store}: {} tokens issued, {EXPECTED} may live at a time; without the purge there are {} in the end.",
        on.issued, off.rows
    ));
    report.figure_with_limit(&name("live_ratio"), on.live_ratio, "", "at most 1.1");
    report.figure_with_limit(&name("size_growth"), grown(on), "", "flat: 1");
    report.figure_with_limit(&name("issue_slowdown"), slowdown, "", "at most 0.1");
    for (day, size) in (1..).zip(&on.sizes) {
        report.figure(&name(&format!("size_day_{day}")), megabytes(*size), "MB");
    }
    for (day, size) in (1..).zip(&off.sizes) {
        report.figure(&name(&format!("unpurged_size_day_{day}")), megabytes(*size), "MB");
    }
    report.figure(&name("unpurged_size_growth"), grown(off), "");
    report.figure(&name("unpurged_live_ratio"), off.live_ratio, "");
}

/// The largest size of the third day over the largest of the second.
fn grown(run: &Run) -> f64 {
    let of = |day: usize| run.sizes.get(day).copied().map_or(0.0, megabytes);
    of(2) / of(1).max(f64::MIN_POSITIVE)
}

fn megabytes(size: Size) -> f64 {
    size.bytes as f64 / 1e6
}
