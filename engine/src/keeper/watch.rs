use std::sync::atomic::{AtomicU64, Ordering};

use chain::ChainId;
use tokio::sync::broadcast;

/// Tells whoever looks that a chain changed.
pub struct Watch {
    changes: broadcast::Sender<ChainId>,
    turns: [AtomicU64; PLACES],
}

/// How often chains had changed at one moment.
pub(crate) struct Turns([u64; PLACES]);

/// Changes kept for a slow listener; one that falls behind reads everything anew.
const BACKLOG: usize = 1_024;
/// Chains are counted in so many groups: a change of one chain says the same of its whole group.
const PLACES: usize = 64;

impl Default for Watch {
    fn default() -> Self {
        Self { changes: broadcast::channel(BACKLOG).0, turns: std::array::from_fn(|_| AtomicU64::new(0)) }
    }
}

impl Watch {
    /// A chain, or what is shown beside it, changed, and that is committed.
    pub(crate) fn announce(&self, chain: ChainId) {
        self.turns[place(chain)].fetch_add(1, Ordering::SeqCst);
        // Nobody listening is no error.
        let _ = self.changes.send(chain);
    }

    /// Hears of every change from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<ChainId> {
        self.changes.subscribe()
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
