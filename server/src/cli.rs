//! The command line.

mod consumer;
mod doctor;
mod failure;
mod keys;
mod lint;
mod migrate;
mod moment;
mod operator;
mod purge;
mod serve;

pub use failure::Failure;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use engine::clock::Clock;
use engine::{Engine, EngineOptions};
use url::Url;

use crate::apply;
use crate::config::{self, Flags, Settings};

/// Keeps OAuth authorizations alive.
///
/// Settings come from evergrant.toml, from EVERGRANT_* in the environment, and from the flags
/// below; the last one that names a setting wins.
#[derive(Debug, Parser)]
#[command(name = "evergrant", version, propagate_version = true)]
pub struct Arguments {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the dashboard and keep every chain alive
    Serve(serve::Wishes),
    /// Bring the store to this version, and stop
    Migrate,
    /// Add an operator, or give one a new password
    #[command(subcommand)]
    Operator(operator::Verb),
    /// Give programs keys to ask for tokens with, or revoke them
    #[command(subcommand)]
    Consumer(consumer::Verb),
    /// Make app registrations, databases and containers as a TOML file lists them
    Apply {
        /// The file
        file: PathBuf,
        /// Only show what would be done
        #[arg(long)]
        dry_run: bool,
    },
    /// Show the keys that seal secrets, or give new ones
    #[command(subcommand)]
    Keys(keys::Verb),
    /// Remove what ended at once instead of by and by
    Purge {
        /// Only show what would go
        #[arg(long)]
        dry_run: bool,
    },
    /// Check settings, store, keys, clock and journal
    Doctor,
    /// Check policy files for lifetimes that are missing or unsafe
    Lint(lint::Wishes),
}

/// Runs what the command line asks for; `lint` says with its exit code what it came to.
///
/// # Errors
/// Whatever went wrong, to be printed on one line.
pub async fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    if let Command::Lint(wishes) = &arguments.command {
        return lint::run(wishes);
    }
    obey(arguments).await.map(|()| ExitCode::SUCCESS)
}

async fn obey(arguments: Arguments) -> Result<(), Failure> {
    if matches!(arguments.command, Command::Doctor) {
        return doctor::run(&arguments.flags).await;
    }
    let settings = settings(&arguments.flags)?;
    crate::telemetry::start(&settings.log)?;
    match arguments.command {
        Command::Serve(wishes) => serve::run(settings, wishes).await,
        Command::Migrate => migrate::run(&settings).await,
        Command::Operator(verb) => operator::run(&settings, verb).await,
        Command::Consumer(verb) => consumer::run(&settings, verb).await,
        Command::Keys(verb) => keys::run(&settings, verb).await,
        Command::Purge { dry_run } => purge::run(&settings, dry_run).await,
        Command::Apply { file, dry_run } => {
            let plan = apply::read(&file)?;
            let engine = open(&settings).await?;
            let done = apply::run(&engine, plan, dry_run).await;
            engine.shutdown().await;
            Ok(done?)
        }
        Command::Doctor | Command::Lint(_) => Ok(()),
    }
}

fn settings(flags: &Flags) -> Result<Settings, Failure> {
    let given = config::gather(flags, &config::environment())?;
    Ok(Settings::read(&given)?)
}

/// Brings the store to this version and opens the engine, for a command that does not serve.
async fn open(settings: &Settings) -> Result<Engine, Failure> {
    migrate::ensure(settings).await?;
    let engine = Engine::open(engine_options(settings, settings.public_url(settings.listen))).await?;
    engine.live_by(settings.lifetimes.clone());
    Ok(engine)
}

fn engine_options(settings: &Settings, public_url: Url) -> EngineOptions {
    EngineOptions {
        database_url: settings.database_url.clone(),
        data_dir: settings.data_dir.clone(),
        master_key_file: settings.master_key_file.clone(),
        master_key: settings.master_key.clone(),
        public_url,
        allow_return_to: settings.return_to.iter().map(|url| url.origin().ascii_serialization()).collect(),
        outgoing: settings.outgoing.clone(),
        clock: Clock::system(),
        on_boundary: None,
    }
}
