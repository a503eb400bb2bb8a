//! What a provider says in the head of an answer about what is left.

use std::time::Duration;

use chain::Time;
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// What is left of a span, as the provider counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// How many calls a span has.
    pub limit: Option<u32>,
    /// How many are left of the present one.
    pub remaining: u32,
    /// When the next one begins.
    pub reset: Time,
}

impl Told {
    /// What is said of the minute.
    pub fn of_minute(headers: &HeaderMap) -> Option<Self> {
        Self::read(headers, "x-ratelimit-minutely-")
    }

    /// What is said of the day; absent when the minute is used up.
    pub fn of_day(headers: &HeaderMap) -> Option<Self> {
        Self::read(headers, "x-ratelimit-")
    }

    /// Resets are milliseconds since the Unix epoch.
    fn read(headers: &HeaderMap, begin: &str) -> Option<Self> {
        let number = |name: &str| -> Option<i64> {
            headers.get(format!("{begin}{name}"))?.to_str().ok()?.trim().parse().ok()
        };
        let remaining = u32::try_from(number("remaining")?.max(0)).ok()?;
        let limit = number("limit").and_then(|limit| u32::try_from(limit).ok()).filter(|limit| *limit > 0);
        Some(Self { limit, remaining, reset: Time::from_millis(number("reset")?) })
    }
}

/// The seconds in `Retry-After`; a date there is not understood.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: u64 = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.clamp(1, 86_400)))
}
