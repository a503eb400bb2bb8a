//! Measures Evergrant: figures with units, as text or one JSON object a line.
//!
//! Nothing here judges: a limit stands beside its figure, and whoever reads decides.
//! `cargo xtask bench` builds what is measured and runs this program.
#![expect(clippy::print_stdout, reason = "figures are what a command line tool prints")]

mod browser;
mod clock;
mod connected;
mod evergrant;
mod first_visit;
mod fleet;
mod footprint;
mod gate;
mod growth;
mod heal;
mod issue;
mod lend;
mod list;
mod load;
mod postgres;
mod recoverable;
mod report;
mod single_flight;
mod storm;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, ValueEnum};

use crate::connected::Connected;
use crate::evergrant::Binary;
use crate::report::Report;

/// Measures Evergrant.
#[derive(Debug, Parser)]
#[command(name = "bench", bin_name = "cargo xtask bench")]
struct Arguments {
    /// What to measure; everything unless named
    name: Option<Name>,
    /// One JSON object a line: bench, figure, value, unit
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Name {
    /// Token calls when 1,000 callers ask at once for a token that must be refreshed
    SingleFlight,
    /// Idle memory, and the time to start, with 1,000 connected containers
    Footprint,
    /// What a first visit to the list of databases loads
    FirstVisit,
    /// Server time of the list of databases, against a bare handler that runs the same query
    List,
    /// How soon a chain that the provider refused lends again, by auto-recovery
    Heal,
    /// Lending a token that is still good, against a bare handler that answers with the same JSON
    Lend,
    /// Issuing tokens and asking about them, against a bare handler and a bare insert or select
    Issue,
    /// A thousand broken chains among random faults, left to auto-recovery
    Storm,
    /// Token calls and false alarms while a thousand chains need a refresh each minute, and what libraries
    /// make of the same callers
    Fleet,
    /// Three days of tokens at ten a second, with the purge and without
    Growth,
    /// What the gate to the data adds to a request, and its memory while 1 GB streams through
    Gate,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let names = arguments.name.map_or_else(|| Name::value_variants().to_vec(), |name| vec![name]);
    let mut connected = Connected::default();
    let mut ended = ExitCode::SUCCESS;
    for name in names {
        let mut report = Report::new(word(name), arguments.json);
        if let Err(error) = measure(name, &mut connected, &mut report).await {
            eprintln!("bench: {}: {error:#}", word(name));
            ended = ExitCode::FAILURE;
        }
    }
    ended
}

async fn measure(name: Name, connected: &mut Connected, report: &mut Report) -> Result<()> {
    match name {
        Name::SingleFlight => single_flight::measure(report).await,
        Name::Footprint => footprint::measure(&Binary::named()?, connected.store().await?, report).await,
        Name::FirstVisit => first_visit::measure(&Binary::named()?, connected.store().await?, report).await,
        Name::List => list::measure(connected.store().await?, report).await,
        Name::Heal => heal::measure(report).await,
        Name::Lend => lend::measure(report).await,
        Name::Issue => issue::measure(report).await,
        Name::Storm => storm::measure(report).await,
        Name::Fleet => fleet::measure(&Binary::named()?, report).await,
        Name::Growth => growth::measure(report).await,
        Name::Gate => gate::measure(&Binary::named()?, report).await,
    }
}

fn word(name: Name) -> &'static str {
    match name {
        Name::SingleFlight => "single-flight",
        Name::Footprint => "footprint",
        Name::FirstVisit => "first-visit",
        Name::List => "list",
        Name::Heal => "heal",
        Name::Lend => "lend",
        Name::Issue => "issue",
        Name::Storm => "storm",
        Name::Fleet => "fleet",
        Name::Growth => "growth",
        Name::Gate => "gate",
    }
}
