//! `cargo xtask bench`: builds the release and lets the program `bench` measure it.

use crate::bootstrap::{self, peers};
use crate::place::Place;
use crate::{process, report, site};
use anyhow::Result;

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
    let mut bench = process::command(programs.join("bench"));
    bench
        .current_dir(&place.root)
        .args(arguments)
        .env("EVERGRANT_BIN", programs.join("evergrant"))
        .env("SANDBOX_BIN", programs.join("exact-sandbox"));
    let named = arguments.iter().find(|argument| !argument.starts_with('-'));
    if named.is_none_or(|name| name == "fleet") {
        let peers = peers::ensure(place);
        bench.envs(peers.python.map(|python| ("FLEET_PYTHON", python)));
        bench.envs(peers.node_modules.map(|modules| ("FLEET_NODE_MODULES", modules)));
    }
    process::run(&mut bench)
}
