//! Failed sign-ins, as the journal tells of them: a flood of them leaves two lines a name and minute.
//!
//! What was typed as a name is kept only where it is an operator's: it may be a password that went
//! into the wrong field. All other names count as one.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chain::Time;

use crate::actor::Actor;
use crate::engine::Engine;
use crate::journal;
use crate::store::{self, StoreError, operators};

/// The first failure is told at once; those of the minute that follows are told together.
const TOGETHER: Duration = Duration::from_secs(60);

/// Failures that no line tells of yet, by the operator's name; `None` is every other name.
#[derive(Default)]
pub(crate) struct Failures(Mutex<HashMap<Option<String>, Untold>>);

struct Untold {
    since: Time,
    many: u32,
    /// Where the last one came from.
    from: Option<IpAddr>,
    /// They came from more than one address.
    elsewhere: bool,
}

/// What a line says.
struct Told {
    name: Option<String>,
    many: u32,
    from: Option<IpAddr>,
    elsewhere: bool,
}

impl Failures {
    /// One more; says whether it is the first of its minute, which is told at once.
    fn add(&self, name: Option<String>, from: Option<IpAddr>, now: Time) -> bool {
        let mut untold = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match untold.entry(name) {
            Slot::Vacant(slot) => {
                slot.insert(Untold { since: now, many: 0, from, elsewhere: false });
                true
            }
            Slot::Occupied(mut slot) => {
                let known = slot.get_mut();
                known.many = known.many.saturating_add(1);
                known.elsewhere |= known.many > 1 && known.from != from;
                known.from = from;
                false
            }
        }
    }

    /// Takes out those whose minute is over, or all of them.
    fn take(&self, over_by: Option<Time>) -> Vec<Told> {
        let mut untold = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let over = |known: &Untold| over_by.is_none_or(|now| known.since + TOGETHER <= now);
        untold
            .extract_if(|_, known| over(known))
            .map(|(name, Untold { many, from, elsewhere, .. })| Told { name, many, from, elsewhere })
            .collect()
    }
}

impl Engine {
    /// Writes down that a sign-in failed; whoever failed is answered as ever when that fails, too.
    pub(super) async fn note_failure(&self, known: Option<&operators::Row>, from: Option<IpAddr>) {
        let now = self.now();
        self.log_failure(self.write_failures(Some(now)).await.map(|_| ()));
        let name = known.map(|row| row.name.clone());
        if self.inner.failures.add(name.clone(), from, now) {
            let first = Told { name, many: 1, from, elsewhere: false };
            self.log_failure(self.write_failure(first).await);
        }
    }

    /// Writes down the failed sign-ins that are told together, once their minute is over; all of them
    /// without a moment to compare with. Says how many lines that made.
    pub(crate) async fn write_failures(&self, over_by: Option<Time>) -> Result<usize, StoreError> {
        let mut lines = 0;
        for told in self.inner.failures.take(over_by).into_iter().filter(|told| told.many > 0) {
            self.write_failure(told).await?;
            lines += 1;
        }
        Ok(lines)
    }

    async fn write_failure(&self, told: Told) -> Result<(), StoreError> {
        let who = told.name.unwrap_or_else(|| "an unknown name".to_owned());
        let detail = match (told.many, told.elsewhere) {
            (1, _) => who,
            (many, false) => format!("{who}, {many} times within a minute"),
            (many, true) => format!("{who}, {many} times within a minute, from several addresses"),
        };
        let stranger = Actor::Stranger { from: told.from };
        let organisation = self.organisation().await?;
        let entry = journal::setting(self, organisation, &stranger, "sign_in_failed", Some(detail));
        store::journal::append(&self.inner.db, &entry).await
    }

    fn log_failure(&self, written: Result<(), StoreError>) {
        if let Err(error) = written {
            tracing::error!(error = crate::report(&error), "a failed sign-in was not written down");
        }
    }
}
