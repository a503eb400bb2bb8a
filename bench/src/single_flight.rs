//! `single-flight`: many callers at once ask for a token that must be refreshed.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use engine::clock::Clock;
use engine::view::{DatabaseFilter, Standing};
use exact_sandbox::{Options, Sandbox};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::clock::Stopwatch;
use crate::connected::{self, Folder};
use crate::report::{Report, median, quantile};

const CALLERS: usize = 1_000;
/// What callers want of a token: more than is left of it, so that it must be refreshed.
const MINIMUM: Duration = Duration::from_secs(60);
/// On the engine's clock, which stands still meanwhile.
const WAIT: Duration = Duration::from_secs(30);
/// Past the end of the token and the provider's minimum interval.
const LATER: Duration = Duration::from_secs(601);
/// In real time, for all callers together.
const LONGEST: Duration = Duration::from_secs(120);

/// Measures.
pub async fn measure(report: &mut Report) -> Result<()> {
    let now = Clock::system().now();
    let (clock, hand) = Clock::manual(now);
    let options = Options { clock: exact_sandbox::Clock::Manual(now.millis()), ..Options::default() };
    let sandbox = Sandbox::start(options).await.context("could not start the sandbox")?;
    let folder = Folder::make().await?;
    let engine = folder.open(clock).await?;
    let containers = connected::fill(&engine, &sandbox, 1).await?;
    let container = containers.into_iter().next().context("one container was made")?.id;
    engine.start().await?;
    sandbox.advance(LATER);
    hand.advance(LATER);

    let before = sandbox.counts();
    let barrier = Arc::new(Barrier::new(CALLERS));
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let (engine, barrier) = (engine.clone(), Arc::clone(&barrier));
        callers.spawn(async move {
            barrier.wait().await;
            let watch = Stopwatch::start();
            let lent = engine.lend(container, MINIMUM, WAIT).await;
            lent.map(|lent| (lent.access_token.expose().to_owned(), watch.millis()))
        });
    }
    let watch = Stopwatch::start();
    let answers = tokio::time::timeout(LONGEST, callers.join_all()).await;
    let answers = answers.context("the callers were not answered in time")?;
    let all = watch.millis();
    let after = sandbox.counts();

    let refused = answers.iter().find_map(|answer| answer.as_ref().err());
    if let Some(error) = refused {
        report.note(&format!("a caller got no token: {}", engine::report(error)));
    }
    let served: Vec<(String, f64)> = answers.into_iter().flatten().collect();
    ensure!(!served.is_empty(), "no caller got a token");
    let times: Vec<f64> = served.iter().map(|(_, millis)| *millis).collect();
    let mut tokens: Vec<&str> = served.iter().map(|(token, _)| token.as_str()).collect();
    tokens.sort_unstable();
    tokens.dedup();

    report.note(&format!("{CALLERS} callers at once, one process, SQLite, a token that has ended"));
    let calls = after.token_calls - before.token_calls;
    report.figure_with_limit("token_calls", calls as f64, "", "exactly 1");
    report.figure_with_limit("served", served.len() as f64, "", "of 1000");
    report.figure("distinct_tokens", tokens.len() as f64, "");
    report.figure("all_served", all, "ms");
    report.figure("caller_p50", median(&times), "ms");
    report.figure("caller_p99", quantile(&times, 0.99), "ms");

    let operator = engine.administrator().await?;
    let live = DatabaseFilter { standing: Some(Standing::Live), ..DatabaseFilter::default() };
    ensure!(operator.databases(&live).await?.matching == 1, "the chain is not live afterwards");
    drop(operator);
    connected::close(engine).await
}
