//! What is written while the server runs: to standard error, one line an event.
//!
//! Addresses are logged as the route that matched, never as they were asked for: codes, states
//! and set-up tokens stand in them.

use std::io::{self, IsTerminal};

use thiserror::Error;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

/// A log setting that cannot be understood.
#[derive(Debug, Error)]
#[error("EVERGRANT_LOG: `{filter}` is not a filter such as info,engine=debug")]
pub struct BadFilter {
    filter: String,
    #[source]
    source: ParseError,
}

/// Starts logging.
///
/// # Errors
/// When the filter cannot be understood.
pub fn start(filter: &str) -> Result<(), BadFilter> {
    let parsed = parse(filter)?;
    // A second start in one process, as in tests, keeps the first.
    let _already = tracing_subscriber::fmt()
        .with_env_filter(parsed)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .try_init();
    Ok(())
}

/// Checks a filter without starting anything.
///
/// # Errors
/// When it cannot be understood.
pub fn check(filter: &str) -> Result<(), BadFilter> {
    parse(filter).map(|_| ())
}

fn parse(filter: &str) -> Result<EnvFilter, BadFilter> {
    EnvFilter::builder().parse(filter).map_err(|source| BadFilter { filter: filter.to_owned(), source })
}
