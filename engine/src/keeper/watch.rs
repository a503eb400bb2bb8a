use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use chain::ChainId;
use tokio::sync::{Notify, broadcast};

/// Tells whoever looks that a chain changed.
pub struct Watch {
    changes: broadcast::Sender<ChainId>,
    own: broadcast::Sender<ChainId>,
    /// Those who wait for a change of one chain: all others leave them alone.
    waiters: Mutex<HashMap<ChainId, Weak<Notify>>>,
    listening: tokio::sync::watch::Sender<bool>,
    turns: [AtomicU64; PLACES],
}

/// How often chains had changed at one moment.
pub(crate) struct Turns([u64; PLACES]);

/// Changes kept for a slow listener; one that falls behind reads everything anew.
const BACKLOG: usize = 1_024;
/// Chains are counted in so many groups: a change of one chain says the same of its whole group.
const PLACES: usize = 64;
/// Chains that somebody waited for, kept before those that nobody waits for any more are cleared away.
const MANY_WAITED_FOR: usize = 1_024;

impl Default for Watch {
    fn default() -> Self {
        Self {
            changes: broadcast::channel(BACKLOG).0,
            own: broadcast::channel(BACKLOG).0,
            waiters: Mutex::default(),
            listening: tokio::sync::watch::Sender::new(false),
            turns: std::array::from_fn(|_| AtomicU64::new(0)),
        }
    }
}

impl Watch {
    /// A chain, or what is shown beside it, changed, and that is committed.
    pub(crate) fn announce(&self, chain: ChainId) {
        self.announce_foreign(chain);
        // Nobody listening is no error.
        let _ = self.own.send(chain);
    }

    /// The same of a change that another process committed.
    pub(crate) fn announce_foreign(&self, chain: ChainId) {
        self.turns[place(chain)].fetch_add(1, Ordering::SeqCst);
        let _ = self.changes.send(chain);
        let waiters = self.waiters.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bell) = waiters.get(&chain).and_then(Weak::upgrade) {
            bell.notify_waiters();
        }
    }

    /// Rings at every change of this chain: for whoever listened before it.
    pub(crate) fn bell(&self, chain: ChainId) -> Arc<Notify> {
        let mut waiters = self.waiters.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bell) = waiters.get(&chain).and_then(Weak::upgrade) {
            return bell;
        }
        if waiters.len() > MANY_WAITED_FOR {
            waiters.retain(|_, bell| bell.strong_count() > 0);
        }
        let bell = Arc::<Notify>::default();
        waiters.insert(chain, Arc::downgrade(&bell));
        bell
    }

    /// Changes of other processes are heard from now on.
    pub(crate) fn set_listening(&self) {
        self.listening.send_replace(true);
    }

    /// Waits until changes of other processes are heard.
    pub async fn listening(&self) {
        // The sender is our own, so the wait ends only by its value.
        let _ = self.listening.subscribe().wait_for(|listening| *listening).await;
    }

    /// Hears of every change from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<ChainId> {
        self.changes.subscribe()
    }

    /// Hears of every change that this process makes from now on.
    pub(crate) fn subscribe_own(&self) -> broadcast::Receiver<ChainId> {
        self.own.subscribe()
    }

    /// How often chains changed by now.
    pub(crate) fn turns(&self) -> Turns {
        Turns(std::array::from_fn(|place| self.turns[place].load(Ordering::SeqCst)))
    }

    /// How often this chain changed by now; the number of its group, which never falls.
    pub(crate) fn turn(&self, chain: ChainId) -> u64 {
        self.turns[place(chain)].load(Ordering::SeqCst)
    }
}

impl Turns {
    /// How often this chain had changed.
    pub(crate) const fn of(&self, chain: ChainId) -> u64 {
        self.0[place(chain)]
    }
}

/// Ids end in random bits.
const fn place(chain: ChainId) -> usize {
    (chain.0 % PLACES as u128) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    #[tokio::test]
    async fn a_bell_rings_at_changes_of_its_own_chain_for_all_who_listened_before() {
        let watch = Watch::default();
        let heard = [1, 1, 2].map(|chain| watch.bell(ChainId(chain)).notified_owned());
        watch.announce(ChainId(1));
        let rung = heard.map(|heard| heard.now_or_never().is_some());
        assert_eq!(rung, [true, true, false]);
        let late = watch.bell(ChainId(1)).notified_owned();
        assert!(late.now_or_never().is_none(), "what changed before is not heard");
    }

    #[test]
    fn chains_that_nobody_waits_for_are_cleared_away() {
        let watch = Watch::default();
        let kept = watch.bell(ChainId(0));
        for chain in 1..5_000 {
            drop(watch.bell(ChainId(chain)));
        }
        let waiters = watch.waiters.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(waiters.len() <= MANY_WAITED_FOR + 1 && waiters.contains_key(&ChainId(0)));
        drop((waiters, kept));
    }
}
