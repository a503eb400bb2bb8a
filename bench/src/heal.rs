//! `heal`: how soon a chain lends again after the provider refused its link, by auto-recovery.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use engine::clock::Clock;
use engine::store::{containers, recovery_runs};
use engine::{Engine, Operator};
use exact_sandbox::{Generation, Options, Sandbox};
use futures::StreamExt;
use tokio::sync::broadcast::error::RecvError;

use crate::connected::{self, CLIENT, Folder};
use crate::recoverable::{self, Recoverable};
use crate::report::{Report, quantile};

const BREAKS: usize = 200;
/// Programs that ask at the same time, each for a token of a broken chain.
const AT_ONCE: usize = 4;
/// The life of the first access tokens; all of them have ended when the chains break.
const FIRST_LIFE: Duration = Duration::from_secs(15);
const LATER_LIFE: Duration = Duration::from_secs(600);
/// What programs want of a token.
const MINIMUM: Duration = Duration::from_secs(60);
/// How long a program waits for it: a one-time period, the walk's deadline, and more.
const WAIT: Duration = Duration::from_secs(150);
/// Of the first link of each chain there is no older one; the rebuilt chain goes on from there.
const REBUILT: u32 = 2;
/// The provider's refusals stand here in the journal.
const REFUSED: &str = "refused";
const TIMING: &str = r#"{"minimum_interval":0,"quiet_hours":false}"#;
/// A period of one-time codes, in milliseconds (RFC 6238).
const PERIOD: i64 = 30_000;
/// The step of a run that sends the one-time code.
const CODE_STEP: u32 = 3;

/// When runs came to the one-time code, by their chains; in milliseconds since the Unix epoch.
type Arrivals = Arc<Mutex<BTreeMap<String, i64>>>;

/// A break that healed, in seconds.
struct Healed {
    generation: Generation,
    /// From the refusal to the token, without the wait for a usable one-time period.
    took: f64,
    waited: f64,
}

/// Measures.
pub async fn measure(report: &mut Report) -> Result<()> {
    let options =
        Options { minimum_interval: Duration::ZERO, access_lifetime: FIRST_LIFE, ..Options::default() };
    let sandbox = Sandbox::start(options).await.context("could not start the sandbox")?;
    let folder = Folder::make().await?;
    let engine = folder.open(Clock::system()).await?;
    let made = recoverable::make(&engine, &sandbox, BREAKS, 0, TIMING).await?;
    engine.start().await?;
    tokio::time::sleep(FIRST_LIFE).await;
    sandbox.change(|options| options.access_lifetime = LATER_LIFE);

    let arrivals = Arrivals::default();
    let watching = tokio::spawn(watch(engine.clone(), Arc::clone(&arrivals)));
    let operator = engine.administrator().await?;
    let breaks = made.iter().map(|one| break_one(&engine, &operator, &sandbox, &arrivals, one));
    let ended: Vec<Result<Healed>> = futures::stream::iter(breaks).buffer_unordered(AT_ONCE).collect().await;
    watching.abort();
    let counts = sandbox.counts();
    connected::close(engine).await?;

    let mut healed = Vec::with_capacity(BREAKS);
    for end in ended {
        match end {
            Ok(end) => healed.push(end),
            Err(error) => report.note(&format!("a chain did not heal: {error:#}")),
        }
    }
    tell(&healed, report);
    report.note(&format!(
        "the sandbox saw {} sign-ins, {} requests to their pages, {} one-time codes, {} wrong ones, {} twice",
        counts.sign_ins, counts.sign_in_requests, counts.codes_sent, counts.wrong_codes, counts.codes_reused
    ));
    Ok(())
}

async fn break_one(
    engine: &Engine,
    operator: &Operator,
    sandbox: &Sandbox,
    arrivals: &Arrivals,
    one: &Recoverable,
) -> Result<Healed> {
    let container = one.container.id;
    let row = containers::find(engine.store(), container).await?.context("the container is gone")?;
    let chain = row.chain.context("the container has no chain")?.to_string();
    ensure!(sandbox.break_chain(CLIENT, &one.user), "there was no chain to break");
    let lent = engine.lend(container, MINIMUM, WAIT).await.with_context(|| format!("{} waited", one.user))?;
    let lent_at = engine.now().millis();
    ensure!(lent.generation == REBUILT, "link {} was lent", lent.generation);

    let journal = operator.journal(container).await?;
    let refusal = journal.iter().find(|line| line.action == REFUSED).context("nothing was refused")?;
    let periods = sandbox.sign_ins(&one.user).codes_by_period;
    let sent_in = periods.keys().next_back().copied().context("no one-time code was sent")?;
    let usable_from = i64::try_from(sent_in)? * PERIOD;
    let arrived = arrivals.lock().unwrap_or_else(PoisonError::into_inner).get(&chain).copied();
    // A run that was seen nowhere near its code did not wait there.
    let waited = arrived.map_or(0, |arrived| (usable_from - arrived).max(0));
    let took = lent_at - refusal.at.millis() - waited;
    Ok(Healed { generation: one.generation, took: seconds(took), waited: seconds(waited) })
}

/// Notes when each run comes to its one-time code; the time is read after the step was, so that
/// rather too little is taken for waiting than too much.
async fn watch(engine: Engine, arrivals: Arrivals) {
    let mut changes = engine.changes();
    loop {
        let chain = match changes.recv().await {
            Ok(chain) => chain,
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return,
        };
        let run = recovery_runs::open(engine.store(), chain, engine.now()).await;
        if run.is_ok_and(|run| run.is_some_and(|run| run.step == CODE_STEP)) {
            let now = engine.now().millis();
            let mut arrivals = arrivals.lock().unwrap_or_else(PoisonError::into_inner);
            arrivals.entry(chain.to_string()).or_insert(now);
        }
    }
}

fn tell(healed: &[Healed], report: &mut Report) {
    let times: Vec<f64> = healed.iter().map(|one| one.took).collect();
    let with_waits: Vec<f64> = healed.iter().map(|one| one.took + one.waited).collect();
    let waits: Vec<f64> = healed.iter().map(|one| one.waited).filter(|wait| *wait > 0.0).collect();
    let of = |generation: Generation| -> Vec<f64> {
        healed.iter().filter(|one| one.generation == generation).map(|one| one.took).collect()
    };
    report.note(&format!(
        "{BREAKS} users with a password and one-time codes of their own, a container each, {AT_ONCE} breaks at once;"
    ));
    report.note(
        "half of them at the classic sign-in pages, half at One Exact Identity. One process, SQLite, real",
    );
    report.note("clocks and HTTP, no delays in the sandbox. From the journal's line of the refusal to the token lent.");
    report.note(
        "Taken off, for each break: the wait for a usable one-time period, which is the time from the run's",
    );
    report.note("step 3 (seen by a listener to the engine's changes) to the start of the period whose code the sandbox");
    report.note(
        "was sent, where that is later; a run that comes in the last 6 s of a period waits for the next.",
    );
    report.figure_with_limit("healed", healed.len() as f64, "", &format!("of {BREAKS}"));
    report.figure("least", quantile(&times, 0.0), "s");
    report.figure_with_limit("p50", quantile(&times, 0.5), "s", "at most 5");
    report.figure("p90", quantile(&times, 0.9), "s");
    report.figure_with_limit("p99", quantile(&times, 0.99), "s", "at most 5");
    report.figure("most", quantile(&times, 1.0), "s");
    report.figure("p50_classic", quantile(&of(Generation::Classic), 0.5), "s");
    report.figure("p50_identity", quantile(&of(Generation::Identity), 0.5), "s");
    report.figure("waited_for_a_code", waits.len() as f64, "");
    report.figure("longest_wait_for_a_code", quantile(&waits, 1.0), "s");
    report.figure("p99_with_waits", quantile(&with_waits, 0.99), "s");
}

fn seconds(millis: i64) -> f64 {
    millis as f64 / 1e3
}
