//! Authorizations that end soon, and that nothing renews before.

use std::time::Duration;

use chain::{Chain, Held, Rules, State, Time, Wake};

use super::{Event, Notice};
use crate::engine::Engine;
use crate::store::{self, Purge, StoreError, alerts, chains};

/// People are told so long ahead, or when a quarter of a shorter life is left.
const AHEAD: Duration = Duration::from_secs(3 * 86_400);
/// Chains looked at in one round.
const BATCH: u64 = 1_000;

impl Engine {
    /// Tells of each authorization that ends soon, once; says of how many.
    ///
    /// # Errors
    /// When the store refuses.
    pub(crate) async fn tend_links(&self) -> Result<usize, StoreError> {
        let (db, now) = (&self.inner.db, self.now());
        let mut told = 0;
        for row in chains::ending(db, now + AHEAD, Purge { now, limit: BATCH }).await? {
            let rules = self.rules(&row, now).await?;
            let wake = row.wake.map(|(_, why)| why);
            let Some(held) = ends_soon(&row.chain, wake, now, &rules) else { continue };
            let occasion = format!("{}:{}", row.chain.id, held.refresh_until.millis());
            if alerts::is_known(db, row.organisation, Event::LinkEnds, &occasion).await? {
                continue;
            }
            let until = Some(held.refresh_until);
            let notice = Notice { until, ..Notice::new(Event::LinkEnds, occasion) };
            let txn = store::begin(db).await?;
            self.raise(&txn, (row.organisation, row.chain.id), &[notice]).await?;
            txn.commit().await?;
            self.ring();
            told += 1;
        }
        Ok(told)
    }
}

/// The link, if it ends soon and no refresh to come gives it a longer life.
fn ends_soon<'a>(chain: &'a Chain, wake: Option<Wake>, now: Time, rules: &Rules) -> Option<&'a Held> {
    let (held, waits) = match &chain.state {
        State::Live(held) => (held, false),
        State::Waiting { held, .. } => (held, true),
        State::Unlinked
        | State::Spending { .. }
        | State::InDoubt { .. }
        | State::Recovering { .. }
        | State::Broken { .. } => return None,
    };
    // However often it is refreshed, it ends with its grant.
    let absolute = rules.absolute_life.filter(|life| held.granted_at + *life <= held.refresh_until);
    let life = absolute.unwrap_or(rules.idle_life);
    let ahead = AHEAD.min(life / 4);
    let lost = absolute.is_some() || waits || wake == Some(Wake::Expire);
    (lost && now < held.refresh_until && held.refresh_until <= now + ahead).then_some(held)
}
