//! Libraries that keep tokens in the program that uses them: the same callers, over one token store.
//!
//! Each library is used as its documentation has it, by the programs in `bench/peers/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use axum::http::StatusCode;
use exact_sandbox::{Client, Options, Sandbox};
use futures::future::{try_join, try_join_all};
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::{sleep, timeout};
use url::Url;

use super::ask::Line;
use super::{AHEAD, CALLERS, INTERVAL, LIFE, provider};
use crate::clock::{Stopwatch, epoch};
use crate::report::Report;

const CHAINS: usize = 50;
/// The same where a provider ends the chain whose spent refresh token comes again.
const STRICT_CHAINS: usize = 10;
/// The callers of a chain are spread evenly over as many processes, each with all chains.
const PROCESSES: usize = 4;
/// How often each token comes to its end.
const ENDS: u32 = 2;
const POLLS: u32 = ENDS * (LIFE.as_secs() / INTERVAL.as_secs()) as u32 + 2;
/// A chain of which nobody got a token for so long at the end is one whose last token ended in vain.
const IN_VAIN: Duration = INTERVAL.saturating_mul(2);
/// In real time, for one library.
const LONGEST: Duration = Duration::from_secs(400);

const CLIENT: &str = "client-for-measuring";
const SECRET: &str = "client-secret-for-measuring";

const STORE: (&str, &str) = ("fleet_store.py", include_str!("../../peers/fleet_store.py"));
const AIRBYTE_CDK: (&str, &str) = ("with_airbyte_cdk.py", include_str!("../../peers/with_airbyte_cdk.py"));
const AUTHLIB: (&str, &str) = ("with_authlib.py", include_str!("../../peers/with_authlib.py"));
const SIMPLE_OAUTH2: (&str, &str) =
    ("with_simple_oauth2.cjs", include_str!("../../peers/with_simple_oauth2.cjs"));

/// A library, and the program that uses it.
struct Peer {
    name: &'static str,
    file: &'static str,
    language: Language,
}

#[derive(Clone, Copy)]
enum Language {
    Python,
    Node,
}

const PEERS: [Peer; 3] = [
    Peer { name: "airbyte_cdk", file: AIRBYTE_CDK.0, language: Language::Python },
    Peer { name: "simple_oauth2", file: SIMPLE_OAUTH2.0, language: Language::Node },
    Peer { name: "authlib", file: AUTHLIB.0, language: Language::Python },
];

/// What one process tells.
#[derive(Deserialize)]
struct Told {
    tokens: Vec<Vec<String>>,
    last: Vec<u64>,
    served: usize,
    refused: usize,
    gave_up: usize,
    errors: std::collections::BTreeMap<String, usize>,
}

/// What a provider makes of a refresh token that was spent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reuse {
    /// It is refused; that is all that is known of Exact Online.
    Refused,
    /// It ends the chain (RFC 9700 §4.14.2).
    EndsChain,
}

impl Reuse {
    const fn chains(self) -> usize {
        match self {
            Self::Refused => CHAINS,
            Self::EndsChain => STRICT_CHAINS,
        }
    }
}

/// What was seen of one library.
struct Seen {
    calls: u64,
    expiries: usize,
    dead: usize,
    served: usize,
    refused: usize,
    gave_up: usize,
    errors: String,
}

/// Measures those that are installed.
pub async fn measure(report: &mut Report) -> Result<()> {
    let programs = tempfile::tempdir().context("could not make a folder")?;
    for (name, text) in [STORE, AIRBYTE_CDK, AUTHLIB, SIMPLE_OAUTH2] {
        fs::write(programs.path().join(name), text)?;
    }
    let mut running = Vec::new();
    for peer in PEERS {
        match peer.language.runtime() {
            Some(runtime) => running.push((peer, runtime)),
            None => report.note(&format!("{}: {}", peer.name, peer.language.lacking())),
        }
    }
    if running.is_empty() {
        return Ok(());
    }
    eprintln!("bench: the libraries, for {} s …", (LIFE + INTERVAL * (POLLS + 1)).as_secs());
    let seen = running.iter().map(|(peer, runtime)| async {
        let under = |reuse| measure_one(peer, runtime, programs.path(), reuse);
        try_join(under(Reuse::Refused), under(Reuse::EndsChain)).await
    });
    let seen = try_join_all(seen).await?;
    explain(report);
    for ((peer, _), (seen, strict)) in running.iter().zip(seen) {
        tell(peer.name, &seen, &strict, report);
    }
    Ok(())
}

impl Language {
    /// What runs its programs: Python with the libraries, or the folder of Node's modules.
    #[expect(clippy::disallowed_methods, reason = "cargo xtask bench names what it installed")]
    fn runtime(self) -> Option<PathBuf> {
        let variable = match self {
            Self::Python => "FLEET_PYTHON",
            Self::Node => "FLEET_NODE_MODULES",
        };
        std::env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from)
    }

    const fn lacking(self) -> &'static str {
        match self {
            Self::Python => {
                "no figures; `cargo xtask bench fleet` installs it where python3 with venv and pip is there"
            }
            Self::Node => "no figures; `cargo xtask bench fleet` installs it where npm is there",
        }
    }

    fn command(self, runtime: &Path) -> Command {
        match self {
            Self::Python => Command::new(runtime),
            Self::Node => {
                let mut command = Command::new("node");
                command.env("NODE_PATH", runtime);
                command
            }
        }
    }
}

async fn measure_one(peer: &Peer, runtime: &Path, programs: &Path, reuse: Reuse) -> Result<Seen> {
    let what = || format!("{} failed", peer.name);
    timeout(LONGEST, run(peer, runtime, programs, reuse)).await.with_context(what)?.with_context(what)
}

async fn run(peer: &Peer, runtime: &Path, programs: &Path, reuse: Reuse) -> Result<Seen> {
    let chains = reuse.chains();
    let options = Options { reuse_ends_chain: reuse == Reuse::EndsChain, ..provider() };
    let sandbox = Sandbox::start(options).await.context("could not start the sandbox")?;
    sandbox.add_client(Client::new(CLIENT, SECRET, "http://127.0.0.1:3000/callback"));
    let store = tempfile::tempdir().context("could not make a folder")?;
    // The first token ends when the callers begin; the others end spread over the life of a token.
    let begin = epoch() + LIFE;
    let task = json!({
        "token_endpoint": format!("{}/api/oauth2/token", sandbox.url()),
        "client_id": CLIENT,
        "client_secret": SECRET,
        "store": store.path(),
        "chains": chains,
        "callers": CALLERS / PROCESSES,
        "begin": begin.as_millis() as u64,
        "interval": INTERVAL.as_millis() as u64,
        "stagger": (LIFE / chains as u32).as_millis() as u64,
        "polls": POLLS,
        "ahead": AHEAD.as_secs(),
    });
    let file = store.path().join("task.json");
    fs::write(&file, task.to_string())?;
    let processes = (0..PROCESSES).map(|_| async {
        let mut command = peer.language.command(runtime);
        command.arg(programs.join(peer.file)).arg(&file).current_dir(programs).kill_on_drop(true);
        command.stdin(Stdio::null()).stderr(Stdio::piped()).stdout(Stdio::piped());
        let ended = command.spawn().context("it did not start")?.wait_with_output().await?;
        let complaint = String::from_utf8_lossy(&ended.stderr);
        let last = complaint.lines().last().unwrap_or_default();
        ensure!(ended.status.success(), "it ended with {}: {last}", ended.status);
        serde_json::from_slice::<Told>(&ended.stdout).context("what it tells is not understood")
    });
    // They wait for the beginning; by then every token is there.
    let (firsts, told) = try_join(issue(&sandbox, &store, chains), try_join_all(processes)).await?;
    let end = epoch();
    let calls = sandbox.counts().token_calls;
    let dead = dead(&sandbox, &store, chains).await?;
    let expiries = (0..chains).map(|chain| expiries(&told, chain, &firsts[chain], end)).sum();
    let sum = |of: fn(&Told) -> usize| told.iter().map(of).sum();
    let mut errors = std::collections::BTreeMap::<&str, usize>::new();
    for (name, many) in told.iter().flat_map(|one| &one.errors) {
        *errors.entry(name).or_default() += many;
    }
    let errors = errors.into_iter().map(|(name, many)| format!("{many} × {name}")).collect::<Vec<_>>();
    Ok(Seen {
        calls,
        expiries,
        dead,
        served: sum(|one| one.served),
        refused: sum(|one| one.refused),
        gave_up: sum(|one| one.gave_up),
        errors: errors.join(", "),
    })
}

/// Starts the chains one after another over the life of a token, and writes them into the store; returns
/// the access tokens.
async fn issue(sandbox: &Sandbox, store: &TempDir, chains: usize) -> Result<Vec<String>> {
    let watch = Stopwatch::start();
    let mut tokens = Vec::with_capacity(chains);
    for chain in 0..chains {
        sleep((LIFE * chain as u32 / chains as u32).saturating_sub(watch.passed())).await;
        let issued = sandbox.issue(CLIENT, &format!("user-{chain}@example.nl"));
        let token = json!({
            "access_token": issued.access_token,
            "refresh_token": issued.refresh_token,
            "token_type": "bearer",
            "expires_at": (epoch() + LIFE).as_secs(),
        });
        fs::write(place(store, chain), token.to_string())?;
        tokens.push(issued.access_token);
    }
    Ok(tokens)
}

fn place(store: &TempDir, chain: usize) -> PathBuf {
    store.path().join(format!("chain-{chain}.json"))
}

/// How many of a chain's tokens came to their end while callers wanted one: those that another followed,
/// and the last one where nobody got any more.
fn expiries(told: &[Told], chain: usize, first: &str, end: Duration) -> usize {
    let tokens = told.iter().filter_map(|one| one.tokens.get(chain)).flatten().map(String::as_str);
    let all: std::collections::BTreeSet<&str> = tokens.chain([first]).collect();
    let last = told.iter().filter_map(|one| one.last.get(chain)).max().copied().unwrap_or_default();
    let in_vain = Duration::from_millis(last) + IN_VAIN < end;
    all.len() - 1 + usize::from(in_vain)
}

/// Presents each chain's stored refresh token, and counts those that are refused.
async fn dead(sandbox: &Sandbox, store: &TempDir, chains: usize) -> Result<usize> {
    let line = Line::new(&Url::parse(&sandbox.url())?, None)?;
    let mut dead = 0;
    for chain in 0..chains {
        let token: Value = serde_json::from_slice(&fs::read(place(store, chain))?)?;
        let refresh = token["refresh_token"].as_str().context("a stored token has no refresh token")?;
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", CLIENT),
            ("client_secret", SECRET),
            ("refresh_token", refresh),
        ];
        let before = sandbox.counts().too_early;
        let (status, _) = line.post("/api/oauth2/token", &form).await?;
        // Whoever is told to wait has the newest link.
        let good = status == StatusCode::OK || sandbox.counts().too_early > before;
        dead += usize::from(!good);
    }
    Ok(dead)
}

fn explain(report: &mut Report) {
    report.note(&format!(
        "Libraries: {CHAINS} chains each, more than which Python cannot carry here, {CALLERS} callers a chain in {PROCESSES} processes"
    ));
    report.note(&format!(
        "of {} each, asking every {} s at the same moments for {ENDS} minutes, against a provider with the same rules.",
        CALLERS / PROCESSES,
        INTERVAL.as_secs()
    ));
    report.note("The token store is a file a chain that is replaced whole; every turn reads it anew. airbyte-cdk: the");
    report.note("callers of a process are streams that share one configuration, under the library's own lock, and its");
    report.note("control messages are stored at once; simple-oauth2 and Authlib have no lock. A caller that is refused");
    report.note("reads the store again at its next turn, and gives up when it is refused twice in a row.");
    report.note(&format!(
        "strict: {STRICT_CHAINS} chains more at a provider that ends the chain whose spent token comes again"
    ));
    report.note("(RFC 9700 §4.14.2); that Exact Online does is not known.");
}

fn tell(name: &str, seen: &Seen, strict: &Seen, report: &mut Report) {
    let Seen { calls, expiries, dead, served, refused, gave_up, errors } = seen;
    report.note(&format!(
        "{name}: {expiries} expiries, {calls} token calls; callers served {served} times, refused {refused} times ({errors}), {gave_up} gave up"
    ));
    let ratio = *calls as f64 / (*expiries).max(1) as f64;
    report.figure(&format!("peer_{name}_calls_per_expiry"), ratio, "");
    let of = format!("of {CHAINS}");
    report.figure_with_limit(&format!("peer_{name}_chains_dead"), *dead as f64, "", &of);
    report.figure(&format!("peer_{name}_refused"), *refused as f64, "");
    let of = format!("of {STRICT_CHAINS}");
    report.figure_with_limit(&format!("peer_{name}_strict_chains_dead"), strict.dead as f64, "", &of);
}
