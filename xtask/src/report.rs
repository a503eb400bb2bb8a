//! What the person at the terminal reads: one line a step, with its duration.

use anyhow::Result;
use std::time::{Duration, Instant};

/// The moment now, for measuring how long a step takes.
#[expect(clippy::disallowed_methods, reason = "the one place of xtask that reads the clock")]
pub fn now() -> Instant {
    Instant::now()
}

/// Says that a step is skipped because its result is there.
pub fn present(step: &str, what: &str) {
    println!("  {step}: {what}");
}

/// Announces a step, runs it, and says how long it took.
pub fn step<T>(step: &str, what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("> {step}: {what}");
    let start = now();
    let result = work();
    let verdict = if result.is_ok() { "done" } else { "failed" };
    println!("  {step}: {verdict} in {}", seconds(start.elapsed()));
    result
}

/// A duration as a person reads it.
pub fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{} min {:02} s", duration.as_secs() / 60, duration.as_secs() % 60)
    }
}

/// Prints an error and its causes as one line.
pub fn failure(error: &anyhow::Error) {
    eprintln!("xtask: {error:#}");
}
