use chain::ChainId;
use tokio::sync::broadcast;

/// Tells whoever looks that a chain changed.
pub struct Watch {
    changes: broadcast::Sender<ChainId>,
}

/// Changes kept for a slow listener; one that falls behind reads everything anew.
const BACKLOG: usize = 1_024;

impl Default for Watch {
    fn default() -> Self {
        Self { changes: broadcast::channel(BACKLOG).0 }
    }
}

impl Watch {
    /// A chain, or what is shown beside it, changed.
    pub(crate) fn announce(&self, chain: ChainId) {
        // Nobody listening is no error.
        let _ = self.changes.send(chain);
    }

    /// Hears of every change from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<ChainId> {
        self.changes.subscribe()
    }
}
