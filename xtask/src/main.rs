//! `cargo xtask`: gets what a fresh machine lacks, builds, serves, tests and measures.
#![expect(clippy::print_stdout, reason = "a command line tool speaks on its standard output")]

mod bench;
mod bootstrap;
mod place;
mod postgres;
mod process;
mod release;
mod report;
mod serve;
mod site;
mod test;
mod tidy;

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
    /// Start Evergrant with demo data and the stand-in for Exact Online
    Serve {
        /// The optimised build
        #[arg(long)]
        release: bool,
    },
    /// Run every check and every test
    Test {
        /// Only what needs neither PostgreSQL nor a browser
        #[arg(long)]
        quick: bool,
    },
    /// Build the release; print its path, its size and what a first visit loads
    Build,
    /// Measure; the arguments are those of the program `bench`
    #[command(disable_help_flag = true)]
    Bench {
        /// The name of one benchmark, and `--json`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Check arrows, sizes, purity, words, texts and licences
    Tidy,
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
        Task::Serve { release } => serve::run(&place, release),
        Task::Test { quick } => test::run(&place, quick),
        Task::Build => release::run(&place),
        Task::Bench { arguments } => bench::run(&place, &arguments),
        Task::Tidy => tidy::check(&place),
        Task::Bootstrap => bootstrap::everything(&place),
        Task::Site => {
            let tools = bootstrap::for_the_site(&place)?;
            site::build(&place, &tools).map(|_| ())
        }
    }
}
