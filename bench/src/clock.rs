//! The stopwatch.

use std::time::{Duration, Instant, SystemTime};

/// Runs from when it was started.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts one.
    #[expect(clippy::disallowed_methods, reason = "measuring reads the real clock")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since it was started.
    pub fn passed(self) -> Duration {
        self.0.elapsed()
    }

    /// The same in milliseconds.
    pub fn millis(self) -> f64 {
        self.passed().as_secs_f64() * 1e3
    }
}

/// The time since the Unix epoch, for programs that are told when to begin.
pub fn epoch() -> Duration {
    SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default()
}
