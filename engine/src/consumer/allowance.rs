//! How many requests one key may make: a program that runs wild leaves room for the others.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chain::{ConsumerId, Time};

/// Requests a minute that one key may make unless the settings say otherwise: far beyond any
/// program that is in order.
pub const USUAL_ALLOWANCE: u32 = 1_200_000;

const MINUTE: i64 = 60_000;

/// The requests of the present minute, by key, in this process.
pub(crate) struct Allowances {
    most: AtomicU32,
    spent: Mutex<(i64, HashMap<ConsumerId, u32>)>,
}

impl Default for Allowances {
    fn default() -> Self {
        Self { most: AtomicU32::new(USUAL_ALLOWANCE), spent: Mutex::default() }
    }
}

impl Allowances {
    /// Every key may make so many requests a minute from now on.
    pub(crate) fn allow(&self, most: u32) {
        self.most.store(most, Ordering::Relaxed);
    }

    /// Counts a request; how long to wait where it is one too many.
    pub(crate) fn spend(&self, consumer: ConsumerId, now: Time) -> Option<Duration> {
        let minute = now.millis().div_euclid(MINUTE);
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let (counted, by_key) = &mut *spent;
        if *counted != minute {
            *counted = minute;
            by_key.clear();
        }
        let requests = by_key.entry(consumer).or_default();
        if *requests < self.most.load(Ordering::Relaxed) {
            *requests += 1;
            return None;
        }
        let next = Time::from_millis((minute + 1).saturating_mul(MINUTE));
        Some(next.since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_spent_its_minute_waits_for_the_next_and_others_do_not() {
        let allowances = Allowances::default();
        allowances.allow(2);
        let now = Time::from_millis(600_000);
        let (one, other) = (ConsumerId(1), ConsumerId(2));
        assert_eq!(allowances.spend(one, now), None);
        assert_eq!(allowances.spend(one, now), None);
        let late = now + Duration::from_secs(45);
        assert_eq!(allowances.spend(one, late), Some(Duration::from_secs(15)));
        assert_eq!(allowances.spend(other, late), None);
        assert_eq!(allowances.spend(one, now + Duration::from_secs(60)), None);
    }
}
