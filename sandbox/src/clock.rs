//! The sandbox's own clock, which can be moved forward.

use std::time::{Duration, SystemTime};

/// Where the sandbox reads its time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// The machine's clock; moving it adds an offset.
    #[default]
    System,
    /// Stands still at these milliseconds since the Unix epoch until it is moved.
    Manual(i64),
}

/// A clock and how far it was moved.
#[derive(Debug)]
pub(crate) struct Hands {
    clock: Clock,
    moved: i64,
}

impl Hands {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, moved: 0 }
    }

    /// Milliseconds since the Unix epoch.
    pub(crate) fn now(&self) -> i64 {
        let base = match self.clock {
            Clock::System => SystemTime::UNIX_EPOCH.elapsed().map_or(0, millis),
            Clock::Manual(at) => at,
        };
        base.saturating_add(self.moved)
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.moved = self.moved.saturating_add(millis(by));
    }
}

/// A duration in whole milliseconds.
pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
