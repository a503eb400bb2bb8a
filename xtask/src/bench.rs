//! `cargo xtask bench`: builds the release and lets the program `bench` measure it.

use crate::bootstrap::{self, peers};
use crate::place::Place;
use crate::postgres::{Commits, Postgres};
use crate::{process, report, site};
use anyhow::Result;

/// The benchmarks that measure on PostgreSQL too.
const ON_POSTGRES: [&str; 2] = ["growth", "issue"];
/// The benchmarks that let peers do the same.
const WITH_PEERS: [&str; 1] = ["fleet"];

/// Runs the benchmarks; the arguments are those of the program `bench`.
pub fn run(place: &Place, arguments: &[String]) -> Result<()> {
    let tools = bootstrap::for_the_site(place)?;
    site::build(place, &tools)?;
    report::step("programs", "cargo build (release)", || {
        let mut cargo = place.cargo();
        cargo
            .args(["build", "--release", "--package", "server", "--package", "exact-sandbox"])
            .args(["--package", "bench"]);
        process::run(&mut cargo)
    })?;
    let programs = place.target.join("release");
    // Stopped when it goes, whatever the benchmarks came to.
    let postgres =
        if asks_for(arguments, &ON_POSTGRES) { Some(Postgres::start(Commits::Durable)?) } else { None };
    let mut bench = process::command(programs.join("bench"));
    bench
        .current_dir(&place.root)
        .args(arguments)
        .env("EVERGRANT_BIN", programs.join("evergrant"))
        .env("SANDBOX_BIN", programs.join("exact-sandbox"));
    if asks_for(arguments, &WITH_PEERS) {
        let peers = peers::ensure(place);
        bench.envs(peers.python.map(|python| ("FLEET_PYTHON", python)));
        bench.envs(peers.node_modules.map(|modules| ("FLEET_NODE_MODULES", modules)));
    }
    if let Some(postgres) = &postgres {
        bench.env("EVERGRANT_BENCH_POSTGRES_URL", postgres.url());
    }
    process::run(&mut bench)
}

/// Whether one of these benchmarks runs; without a name all of them do.
fn asks_for(arguments: &[String], names: &[&str]) -> bool {
    if arguments.iter().any(|argument| matches!(argument.as_str(), "-h" | "--help")) {
        return false;
    }
    let named = arguments.iter().find(|argument| !argument.starts_with('-'));
    named.is_none_or(|name| names.contains(&name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::{ON_POSTGRES, asks_for};

    #[test]
    fn postgresql_is_started_for_those_who_measure_on_it() {
        let asks = |arguments: &[&str]| {
            let arguments: Vec<_> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
            asks_for(&arguments, &ON_POSTGRES)
        };
        assert!(asks(&[]) && asks(&["--json"]) && asks(&["issue"]) && asks(&["--json", "growth"]));
        assert!(!asks(&["lend"]) && !asks(&["--json", "gate"]) && !asks(&["--help"]));
    }
}
