//! When something was last written down as used: lending must not write all the time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chain::Time;

/// What is written of the last use is not more exact than this.
const STEP: Duration = Duration::from_secs(60);
/// Things remembered; whoever forgets writes once more than needed.
const MOST: usize = 50_000;

/// What this process wrote down, by id.
#[derive(Default)]
pub(crate) struct Uses(Mutex<HashMap<u128, Time>>);

impl Uses {
    /// Whether the use of something is to be written down now; whoever is told so does it.
    ///
    /// `written` is what the store said when it was read.
    pub(crate) fn is_due(&self, id: u128, written: Option<Time>, now: Time) -> bool {
        let fresh = |at: &Time| now.since(*at) < STEP;
        if written.as_ref().is_some_and(fresh) {
            return false;
        }
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if uses.get(&id).is_some_and(fresh) {
            return false;
        }
        if uses.len() >= MOST {
            uses.clear();
        }
        uses.insert(id, now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_written_down_once_a_minute() {
        let uses = Uses::default();
        let now = Time::from_millis(1_000_000);
        assert!(uses.is_due(1, None, now));
        assert!(!uses.is_due(1, None, now + Duration::from_secs(59)));
        assert!(uses.is_due(1, None, now + STEP));
        assert!(uses.is_due(2, None, now));
        assert!(!uses.is_due(3, Some(now), now + Duration::from_secs(59)), "another process wrote it");
    }
}
