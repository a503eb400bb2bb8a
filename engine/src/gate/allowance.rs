//! The arithmetic of an allowance: what is left of it in a span of time, and until when to wait.

use std::time::Duration;

use chain::Time;

use crate::gate::told::Told;
use crate::provider::Limit;

/// A span of time that begins anew at each of its multiples since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Span {
    /// 60 seconds.
    Minute,
    /// 60 minutes.
    Hour,
    /// A UTC day.
    Day,
}

impl Span {
    /// The word it is stored as.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    /// How long it is.
    pub const fn length(self) -> Duration {
        Duration::from_secs(match self {
            Self::Minute => 60,
            Self::Hour => 3_600,
            Self::Day => 86_400,
        })
    }

    /// When the one around this moment began.
    pub fn start(self, now: Time) -> Time {
        let length = i64::try_from(self.length().as_millis()).unwrap_or(i64::MAX);
        Time::from_millis(now.millis() - now.millis().rem_euclid(length))
    }

    /// When the next one begins.
    pub fn end(self, now: Time) -> Time {
        self.start(now) + self.length()
    }

    /// The most calls that are taken from the store in one go: what a process that is killed leaves unused.
    const fn portion(self) -> u32 {
        match self {
            Self::Minute => 10,
            Self::Hour => 1,
            Self::Day => 20,
        }
    }
}

/// What this process may still spend of an allowance that it shares with others.
#[derive(Clone, Debug)]
pub struct Purse {
    span: Span,
    starts_at: Time,
    /// Taken from the store for this process, and spent of it.
    taken: u32,
    spent: u32,
    /// Taken by all processes, as far as this one heard.
    by_all: u32,
    /// Nothing was left in the store under this limit.
    empty_at: Option<u32>,
    told: Option<Told>,
}

/// What came of the wish to spend one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draw {
    /// It may go.
    Ready,
    /// This many are to be taken from the store first.
    Portion(u32),
    /// Nothing is left until then.
    Until(Time),
}

impl Purse {
    /// An empty purse.
    pub const fn new(span: Span) -> Self {
        let starts_at = Time::from_millis(i64::MIN);
        Self { span, starts_at, taken: 0, spent: 0, by_all: 0, empty_at: None, told: None }
    }

    /// Whether one more call may go at this moment; nothing is spent yet.
    pub fn look(&mut self, limit: Limit, now: Time) -> Draw {
        self.turn_over(now);
        if let Some(told) = self.told.filter(|told| told.remaining == 0) {
            return Draw::Until(told.reset);
        }
        if self.taken > self.spent {
            return Draw::Ready;
        }
        let most = self.most(limit);
        if self.empty_at.is_some_and(|empty_at| most <= empty_at) || self.by_all >= most {
            return Draw::Until(self.span.end(now));
        }
        let left = most - self.by_all;
        Draw::Portion((left / 6).clamp(1, self.span.portion()))
    }

    /// Spends the call that [`Purse::look`] found ready.
    pub fn spend(&mut self) {
        self.spent = self.spent.saturating_add(1);
        if let Some(told) = &mut self.told {
            told.remaining = told.remaining.saturating_sub(1);
        }
    }

    /// Puts what was taken from the store for the span that began then into the purse.
    pub fn fill(&mut self, got: Portion) {
        if got.starts_at != self.starts_at {
            return;
        }
        self.taken = self.taken.saturating_add(got.calls);
        self.by_all = self.by_all.max(got.by_all);
        if got.calls == 0 {
            self.empty_at = Some(got.limit);
        }
    }

    /// Takes out what is not spent of the present span, so that it can go back to the store.
    pub fn empty(&mut self, now: Time) -> u32 {
        self.turn_over(now);
        let left = self.taken.saturating_sub(self.spent);
        self.taken = self.spent;
        self.by_all = self.by_all.saturating_sub(left);
        left
    }

    /// Hears what the provider says is left.
    ///
    /// An answer can be late: of two that speak of the same span the lower one counts.
    pub fn hear(&mut self, told: Told, now: Time) {
        let furthest = now + self.span.length() + self.span.length();
        if told.reset <= now || told.reset > furthest {
            return;
        }
        let same =
            |known: &Told| known.reset.since(told.reset).max(told.reset.since(known.reset)) < SAME_RESET;
        let remaining = match self.told.filter(same) {
            Some(known) => known.remaining.min(told.remaining),
            None => told.remaining,
        };
        self.told = Some(Told { remaining, ..told });
    }

    /// What the store is asked under: the limit as the provider says it, or as an operator chose it.
    pub fn most(&self, limit: Limit) -> u32 {
        match self.told.and_then(|told| told.limit) {
            Some(told) if limit.chosen => told.min(limit.most),
            Some(told) => told,
            None => limit.most,
        }
    }

    /// When the present span began.
    pub const fn starts_at(&self) -> Time {
        self.starts_at
    }

    /// The span.
    pub const fn span(&self) -> Span {
        self.span
    }

    fn turn_over(&mut self, now: Time) {
        let starts_at = self.span.start(now);
        if starts_at != self.starts_at {
            (self.taken, self.spent, self.by_all, self.empty_at) = (0, 0, 0, None);
            self.starts_at = starts_at;
        }
        self.told = self.told.filter(|told| told.reset > now);
    }
}

/// Resets that differ by less are one.
const SAME_RESET: Duration = Duration::from_secs(2);

/// What the store gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Portion {
    /// For the span that began then.
    pub starts_at: Time,
    /// This many calls, 0 if nothing is left.
    pub calls: u32,
    /// Taken by all processes, these included.
    pub by_all: u32,
    /// Under this limit.
    pub limit: u32,
}
