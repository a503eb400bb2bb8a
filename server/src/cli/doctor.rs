//! Checks what Evergrant needs, one line a check.
#![expect(clippy::print_stdout, reason = "a command answers on its standard output")]

use engine::Engine;
use engine::clock::Clock;
use engine::store::{self, StoreError};

use super::{Failure, engine_options};
use crate::config::{Flags, Settings};
use crate::site::Site;

/// A clock before this is wrong: 1 November 2026, when this was written.
const EARLIEST: i64 = 1_793_491_200_000;
/// A clock after this is wrong: it is a lifetime away.
const LATEST: i64 = 4_102_444_800_000;

/// What came of one check.
struct Check {
    what: &'static str,
    finding: Option<String>,
    said: String,
}

impl Check {
    fn good(what: &'static str, said: impl Into<String>) -> Self {
        Self { what, finding: None, said: said.into() }
    }

    fn bad(what: &'static str, finding: impl Into<String>) -> Self {
        Self { what, finding: Some(finding.into()), said: String::new() }
    }
}

pub(super) async fn run(flags: &Flags) -> Result<(), Failure> {
    let mut checks = Vec::new();
    match super::settings(flags) {
        Ok(settings) => {
            checks.push(Check::good("settings", format!("listens on {}", settings.listen)));
            checks.push(filter(&settings));
            checks.extend(store_checks(&settings).await);
        }
        Err(failure) => checks.push(Check::bad("settings", failure.line())),
    }
    checks.push(clock());
    checks.push(site());
    for check in &checks {
        let (mark, said) = match &check.finding {
            Some(finding) => ("FAIL", finding.as_str()),
            None => ("ok", check.said.as_str()),
        };
        println!("{mark:<5} {:<11} {}", check.what, said.replace('\n', " "));
    }
    match checks.iter().filter(|check| check.finding.is_some()).count() {
        0 => Ok(()),
        1 => Err(Failure::Findings("1 problem".to_owned())),
        many => Err(Failure::Findings(format!("{many} problems"))),
    }
}

fn filter(settings: &Settings) -> Check {
    match crate::telemetry::check(&settings.log) {
        Ok(()) => Check::good("log", settings.log.clone()),
        Err(error) => Check::bad("log", error.to_string()),
    }
}

/// Looks without making anything: a store that is not there yet stays so.
async fn store_checks(settings: &Settings) -> Vec<Check> {
    if settings.lacks_store() {
        let finding =
            format!("there is no store at {} yet: `evergrant serve` makes it", settings.database_url);
        return vec![Check::bad("store", finding)];
    }
    let db = match store::open(&settings.database_url).await {
        Ok(db) => db,
        Err(error) => return vec![Check::bad("store", engine::report(&error))],
    };
    let state = match store::check(&db).await {
        Ok(()) => Check::good("migrations", format!("up to {}", migrations::newest())),
        Err(error) => Check::bad("migrations", engine::report(&error)),
    };
    let sound = state.finding.is_none();
    let mut checks = vec![Check::good("store", "can be reached"), state];
    if let Err(error) = db.close().await {
        checks.push(Check::bad("store", engine::report(&StoreError::from(error))));
    } else if sound {
        checks.extend(engine_checks(settings).await);
    }
    checks
}

async fn engine_checks(settings: &Settings) -> Vec<Check> {
    let file = settings.data_dir.join("master.key");
    if settings.master_key.is_none() && settings.master_key_file.is_none() && !file.exists() {
        return vec![Check::bad("keys", format!("there is no master key file {}", file.display()))];
    }
    let engine = match Engine::open(engine_options(settings, settings.public_url(settings.listen))).await {
        Ok(engine) => engine,
        Err(error) => return vec![Check::bad("keys", engine::report(&error))],
    };
    let operators = match engine.operators().await {
        Ok(names) if names.is_empty() => Check::bad(
            "operators",
            "there is none: `evergrant operator add NAME`, or the link that serve prints",
        ),
        Ok(names) => Check::good("operators", names.len().to_string()),
        Err(error) => Check::bad("operators", engine::report(&error)),
    };
    let journal = journal(&engine).await;
    engine.shutdown().await;
    vec![Check::good("keys", "every key that the store names is there"), operators, journal]
}

/// Whether a line of the journal was changed, removed or put in since it was written.
async fn journal(engine: &Engine) -> Check {
    let sound = match engine.verify_journal().await {
        Ok(sound) => sound,
        Err(error) => return Check::bad("journal", engine::report(&error)),
    };
    let lines: u64 = sound.iter().map(|journal| journal.lines).sum();
    let waiting: u64 = sound.iter().map(|journal| journal.waiting).sum();
    let heads = sound.iter().filter_map(|journal| journal.head.as_ref());
    let heads: String = heads.map(|(number, hash, _)| format!("; the last one is {number}:{hash}")).collect();
    Check::good("journal", format!("{lines} lines fit, {waiting} have no place yet{heads}"))
}

fn clock() -> Check {
    let now = Clock::system().now().millis();
    if (EARLIEST..LATEST).contains(&now) {
        Check::good("clock", "plausible")
    } else {
        Check::bad("clock", "it is wrong by months: tokens cannot be timed with it")
    }
}

fn site() -> Check {
    match Site::embedded().names() {
        Some(_) => Check::good("site", "embedded"),
        None => Check::bad("site", "this binary was built without its site files: pages come without styles"),
    }
}
