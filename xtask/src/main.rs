//! `cargo xtask`: gets what a fresh machine lacks, builds, serves, tests and measures.
#![expect(
    clippy::print_stdout,
    reason = "a command line tool speaks on its standard output"
)]

mod bootstrap;
mod place;
mod process;
mod report;
mod site;

use anyhow::Result;
use clap::{Parser, Subcommand};
use place::Place;
use std::process::ExitCode;

/// Builds, serves, tests and measures Evergrant; gets what the machine lacks first.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Get everything that building and testing need, and nothing else
    Bootstrap,
    /// Build the site files: wasm, script, styles, compressed copies
    Site,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::failure(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    process::listen_for_interrupts()?;
    let place = Place::find()?;
    match task {
        Task::Bootstrap => bootstrap::everything(&place),
        Task::Site => {
            let tools = bootstrap::for_the_site(&place)?;
            site::build(&place, &tools).map(|_| ())
        }
    }
}
