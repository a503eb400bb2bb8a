//! `cargo xtask test`: every check and every test, then one line with the sum.

mod tally;

use crate::bootstrap::{self, SiteTools};
use crate::place::Place;
use crate::postgres::{Commits, Postgres};
use crate::{process, report, site, tidy};
use anyhow::{Context, Result, bail};
use std::fs;
use std::process::Command;
use tally::Tally;

/// What the native commands work on: the wasm room is built with its own compiler.
const NATIVE: [&str; 3] = ["--workspace", "--exclude", "frontend"];

/// Runs everything; with `quick` only what needs neither PostgreSQL nor a browser.
pub fn run(place: &Place, quick: bool) -> Result<()> {
    let start = report::now();
    let mut tally = Tally::default();
    tally.step("components", bootstrap::components::ensure);
    tally.step("format", || {
        process::run(place.cargo().args(["fmt", "--all", "--", "--check", "--files-with-diff"]))
    });
    tally.step("tidy", || tidy::check(place));
    tally.step("deny", || deny(place));
    if quick {
        native(place, None, &mut tally);
    } else {
        full(place, &mut tally);
    }
    if process::interrupted() {
        bail!("interrupted");
    }
    tally.finish(start.elapsed())
}

fn full(place: &Place, tally: &mut Tally) {
    let tools = tally.step("bootstrap", || {
        let tools = bootstrap::for_the_site(place)?;
        bootstrap::for_the_tests(place)?;
        Ok(tools)
    });
    let built = tools.and_then(|tools| {
        tally.step("types", || types(place));
        tally.step("clippy wasm", || clippy_wasm(place, &tools));
        tally.step("site", || site::build(place, &tools))
    });
    let postgres = tally.step("postgresql", || Postgres::start(Commits::Unsynced));
    native(place, postgres.as_ref(), tally);
    drop(postgres);
    if built.is_some() {
        browser(place, tally);
    } else {
        tally.skip("browser tests", "there is no site");
    }
}

/// Lints, builds and tests all that runs on this machine.
fn native(place: &Place, postgres: Option<&Postgres>, tally: &mut Tally) {
    tally.step("clippy", || {
        let mut cargo = place.cargo();
        cargo.arg("clippy").args(NATIVE).args(["--all-targets", "--", "-D", "warnings"]);
        process::run(&mut cargo)
    });
    let built = tally.step("build", || {
        // Programs and tests in one go, so that both use the dependencies with the same features.
        process::run(place.cargo().arg("build").args(NATIVE).arg("--all-targets"))
    });
    if built.is_none() {
        tally.skip("cargo tests", "the build failed");
        return;
    }
    tally.tests("cargo tests", || {
        let mut cargo = place.cargo();
        cargo.arg("test").args(NATIVE).arg("--no-fail-fast");
        if let Some(postgres) = postgres {
            cargo.env("EVERGRANT_TEST_POSTGRES_URL", postgres.url());
        }
        let (succeeded, output) = process::run_and_read(&mut cargo)?;
        let counts = tally::of_cargo(&output);
        if !succeeded && counts.failed == 0 {
            bail!("cargo test failed outside the tests");
        }
        Ok(counts)
    });
}

fn clippy_wasm(place: &Place, tools: &SiteTools) -> Result<()> {
    if !tools.wasm.has_clippy() {
        report::present("clippy wasm", "this compiler has no clippy");
        return Ok(());
    }
    let mut cargo = tools.wasm.cargo(place);
    cargo.args(["clippy", "--package", "frontend", "--lib", "--profile", "wasm-release"]).args([
        "--target",
        bootstrap::wasm_target::TARGET,
        "--",
        "-D",
        "warnings",
    ]);
    process::run(&mut cargo)
}

/// cargo-deny where it is installed; tidy checks licences and bans in any case.
fn deny(place: &Place) -> Result<()> {
    let mut version = place.cargo();
    version.args(["deny", "--version"]);
    if process::attempt(&mut version, std::time::Duration::from_secs(20)).is_none() {
        report::present("deny", "cargo-deny is not installed; tidy checked licences and bans");
        return Ok(());
    }
    process::run(place.cargo().args(["deny", "--all-features", "check", "licenses", "bans", "sources"]))
}

/// The types of the browser tests, which Playwright itself does not check.
fn types(place: &Place) -> Result<()> {
    let mut tsc = process::command("node");
    tsc.current_dir(place.root.join("end2end")).args(["node_modules/typescript/bin/tsc", "--noEmit"]);
    process::run(&mut tsc)
}

fn browser(place: &Place, tally: &mut Tally) {
    let Some(browser) = tally.step("browser", bootstrap::browser::ensure) else {
        return;
    };
    tally.tests("browser tests", || {
        let report = place.target.join("playwright.json");
        let folder = place.root.join("end2end");
        let mut playwright: Command = process::command("node");
        playwright
            .current_dir(&folder)
            .args(["node_modules/@playwright/test/cli.js", "test", "--reporter=list,json"])
            .env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report)
            .env("EVERGRANT_BIN", place.target.join("debug/evergrant"))
            .env("SANDBOX_BIN", place.target.join("debug/exact-sandbox"))
            .env("CHROMIUM", &browser)
            .env("CI", "true");
        if report.exists() {
            fs::remove_file(&report)?;
        }
        let (succeeded, _) = process::run_and_read(&mut playwright)?;
        let text = fs::read_to_string(&report).context("Playwright left no report")?;
        let counts = tally::of_playwright(&text)?;
        if !succeeded && counts.failed == 0 {
            bail!("Playwright failed outside the tests");
        }
        Ok(counts)
    });
}
