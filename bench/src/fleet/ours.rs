//! The real binary, and its callers over HTTP.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use axum::http::StatusCode;
use engine::ConsumerForm;
use engine::clock::Clock;
use exact_sandbox::{Sandbox, User};
use futures::future::join_all;
use serde::Deserialize;
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::ask::Line;
use super::{AHEAD, CALLERS, INTERVAL, LIFE, MINIMUM_INTERVAL, TOKEN_DELAY, provider};
use crate::clock::Stopwatch;
use crate::connected::{self, Folder};
use crate::evergrant::{Binary, Evergrant};
use crate::report::{Report, median, quantile};

const CONTAINERS: usize = 1_000;
/// How often each token comes to its end while it is measured.
const ENDS: u32 = 3;
/// How often each caller asks: until the last end is over.
const POLLS: u32 = ENDS * (LIFE.as_secs() / INTERVAL.as_secs()) as u32 + 1;
/// For how many seconds a caller waits for a renewal.
const WAIT: u64 = 30;
/// In real time, for everything that is asked.
const LONGEST: Duration = Duration::from_secs(400);
/// Answers that are named.
const SHOWN: usize = 5;

/// What the callers of one container got.
#[derive(Default)]
struct Seen {
    tokens: BTreeSet<String>,
    millis: Vec<f64>,
    /// By status and code.
    refused: BTreeMap<String, usize>,
    false_503: usize,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

#[derive(Deserialize)]
struct Refusal {
    code: String,
}

#[derive(Deserialize)]
struct Databases {
    databases: Vec<Database>,
}

#[derive(Deserialize)]
struct Database {
    needs_repair: bool,
}

/// Measures.
pub async fn measure(binary: &Binary, report: &mut Report) -> Result<()> {
    eprintln!("bench: connecting {CONTAINERS} containers …");
    let sandbox = Sandbox::start(provider()).await.context("could not start the sandbox")?;
    let folder = Folder::make().await?;
    let key = prepare(&folder, &sandbox).await?;
    let running = Evergrant::start(binary, &folder).await?;
    let line = Arc::new(Line::new(&running.address, Some(&key))?);

    eprintln!("bench: asking for {} s …", (LIFE + INTERVAL * POLLS).as_secs());
    let firsts = timeout(LONGEST, first_tokens(&line)).await.context("the first tokens did not come")??;
    let before = sandbox.counts();
    let seen = timeout(LONGEST, poll(&line, firsts)).await.context("the callers were not answered")??;
    let after = sandbox.counts();

    let (status, body) = line.read("/api/v1/databases").await?;
    ensure!(status == StatusCode::OK, "the databases answer {status}");
    let databases: Databases = serde_json::from_slice(&body)?;
    let dead = databases.databases.iter().filter(|database| database.needs_repair).count();
    let calls = after.token_calls - before.token_calls;
    tell(&seen, calls, dead, line.connections(), report);
    running.stop().await
}

/// Connects the containers, and gives out a key that reaches them all.
async fn prepare(folder: &Folder, sandbox: &Sandbox) -> Result<String> {
    let engine = folder.open(Clock::system()).await?;
    let users = (0..CONTAINERS).map(|number| User::new(format!("user-{number}@example.nl"), "unused"));
    let timing = json!({
        "access_lifetime": LIFE.as_secs(),
        "minimum_interval": MINIMUM_INTERVAL.as_secs(),
        "refresh_ahead": AHEAD.as_secs(),
        "quiet_hours": false,
    });
    connected::fill_with(&engine, sandbox, users.collect(), Some(&timing.to_string())).await?;
    let form = ConsumerForm { name: "fleet".to_owned(), databases: None, days: None };
    let (_, key) = engine.administrator().await?.add_consumer(form).await?;
    connected::close(engine).await?;
    Ok(key.expose().to_owned())
}

/// When the callers of a container ask first: spread over the life of a token, as chains are in life.
fn place(container: usize) -> Duration {
    LIFE.mul_f64(container as f64 / CONTAINERS as f64)
}

/// One caller of each container asks once.
async fn first_tokens(line: &Arc<Line>) -> Result<Vec<Seen>> {
    let watch = Stopwatch::start();
    let mut asking = JoinSet::new();
    for container in 0..CONTAINERS {
        let line = Arc::clone(line);
        asking.spawn(async move {
            sleep(place(container).saturating_sub(watch.passed())).await;
            let (status, body) = line.read(&path(container)).await?;
            ensure!(status == StatusCode::OK, "a first token was answered with {status}");
            let Token { access_token } = serde_json::from_slice(&body)?;
            Ok((container, Seen { tokens: BTreeSet::from([access_token]), ..Seen::default() }))
        });
    }
    let mut all = asking.join_all().await.into_iter().collect::<Result<Vec<_>>>()?;
    all.sort_by_key(|(container, _)| *container);
    Ok(all.into_iter().map(|(_, seen)| seen).collect())
}

/// All callers ask again and again, those of one container at the same moments.
async fn poll(line: &Arc<Line>, firsts: Vec<Seen>) -> Result<Vec<Seen>> {
    let watch = Stopwatch::start();
    let mut asking = JoinSet::new();
    for (container, mut seen) in firsts.into_iter().enumerate() {
        let line = Arc::clone(line);
        asking.spawn(async move {
            let first = Duration::from_nanos(
                (place(container).as_nanos() % INTERVAL.as_nanos()).try_into().unwrap_or_default(),
            );
            let path = path(container);
            for turn in 0..POLLS {
                sleep((first + INTERVAL * turn).saturating_sub(watch.passed())).await;
                for answered in join_all((0..CALLERS).map(|_| ask(&line, &path))).await {
                    seen.note(answered?)?;
                }
            }
            Ok(seen)
        });
    }
    asking.join_all().await.into_iter().collect()
}

struct Answered {
    status: StatusCode,
    body: axum::body::Bytes,
    millis: f64,
}

async fn ask(line: &Line, path: &str) -> Result<Answered> {
    let watch = Stopwatch::start();
    let (status, body) = line.read(path).await?;
    Ok(Answered { status, body, millis: watch.millis() })
}

impl Seen {
    fn note(&mut self, answered: Answered) -> Result<()> {
        let Answered { status, body, millis } = answered;
        if status == StatusCode::OK {
            let Token { access_token } = serde_json::from_slice(&body)?;
            self.tokens.insert(access_token);
            self.millis.push(millis);
            return Ok(());
        }
        self.false_503 += usize::from(status == StatusCode::SERVICE_UNAVAILABLE);
        let code = serde_json::from_slice(&body).map_or_else(|_| String::new(), |Refusal { code }| code);
        *self.refused.entry(format!("{} {code}", status.as_u16())).or_default() += 1;
        Ok(())
    }
}

fn path(container: usize) -> String {
    let (number, ahead) = (container + 1, AHEAD.as_secs());
    format!(
        "/api/v1/databases/company-{number:04}/containers/exact/token?minimum_seconds={ahead}&wait={WAIT}"
    )
}

fn tell(seen: &[Seen], calls: u64, dead: usize, connections: usize, report: &mut Report) {
    let ended: usize = seen.iter().map(|one| one.tokens.len().saturating_sub(1)).sum();
    let times: Vec<f64> = seen.iter().flat_map(|one| one.millis.iter().copied()).collect();
    let false_503: usize = seen.iter().map(|one| one.false_503).sum();
    let mut refused = BTreeMap::<&str, usize>::new();
    for (answer, many) in seen.iter().flat_map(|one| &one.refused) {
        *refused.entry(answer).or_default() += many;
    }
    report.note(&format!(
        "{CONTAINERS} containers × {CALLERS} callers: each asks every {} s with minimum_seconds={} and wait={WAIT}, those",
        INTERVAL.as_secs(),
        AHEAD.as_secs()
    ));
    report.note(
        "of one container at the same moment, the containers spread evenly; their first tokens end in one",
    );
    report.note("burst, as after an outage, and each later one when it was renewed. The release binary on SQLite over");
    report.note(&format!(
        "HTTP with a consumer key; {connections} kept connections carried it. Tokens live {} s, a refresh is accepted after",
        LIFE.as_secs()
    ));
    report.note(&format!(
        "{} s, and a token call takes {} ms. An expiry is a token that callers held and that had to be replaced;",
        MINIMUM_INTERVAL.as_secs(),
        TOKEN_DELAY.as_millis()
    ));
    report.note(&format!(
        "{ended} of them in {ENDS} minutes, with {calls} token calls. The provider was healthy: every 503 is false.",
    ));
    for (answer, many) in refused.into_iter().take(SHOWN) {
        report.note(&format!("callers who got no token: {many} × {answer}"));
    }
    report.figure_with_limit("calls_per_expiry", calls as f64 / ended.max(1) as f64, "", "exactly 1.00");
    report.figure_with_limit("false_503", false_503 as f64, "", "exactly 0");
    report.figure_with_limit("chains_dead", dead as f64, "", "exactly 0");
    report.figure("expiries", ended as f64, "");
    report.figure("served", times.len() as f64, "");
    report.figure("caller_p50", median(&times), "ms");
    report.figure("caller_p99", quantile(&times, 0.99), "ms");
}
