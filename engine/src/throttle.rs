//! Slows down guessing: a name that failed too often has to wait.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use chain::{Backoff, Time};

/// Failures after which waiting begins.
const FREE_TRIES: u32 = 5;
/// Names remembered at most; the oldest are forgotten first.
const MOST_NAMES: usize = 10_000;

/// Failed sign-ins by name.
#[derive(Default)]
pub(crate) struct Throttle {
    names: Mutex<HashMap<String, Failures>>,
}

struct Failures {
    count: u32,
    last: Time,
}

impl Throttle {
    const WAIT: Backoff = Backoff { first: Duration::from_secs(5), most: Duration::from_secs(900) };

    /// How long the name still has to wait.
    pub(crate) fn wait(&self, name: &str, now: Time) -> Option<Duration> {
        let names = self.names.lock().ok()?;
        let failures = names.get(name).filter(|failures| failures.count >= FREE_TRIES)?;
        let free_at = failures.last + Self::WAIT.after(failures.count - FREE_TRIES + 1);
        Some(free_at.since(now)).filter(|wait| !wait.is_zero())
    }

    /// One more failure.
    pub(crate) fn failed(&self, name: &str, now: Time) {
        let Ok(mut names) = self.names.lock() else { return };
        if names.len() >= MOST_NAMES
            && let Some(oldest) =
                names.iter().min_by_key(|(_, failures)| failures.last).map(|(name, _)| name.clone())
        {
            names.remove(&oldest);
        }
        let failures = names.entry(name.to_owned()).or_insert(Failures { count: 0, last: now });
        failures.count = failures.count.saturating_add(1);
        failures.last = now;
    }

    /// The name signed in.
    pub(crate) fn succeeded(&self, name: &str) {
        if let Ok(mut names) = self.names.lock() {
            names.remove(name);
        }
    }
}
