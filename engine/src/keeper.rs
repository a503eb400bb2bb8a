//! Keeps chains: the only path on which a chain moves.
//!
//! News comes in, the pure core says what the chain becomes, the new state is committed with a
//! compare-and-set, and only then the effects are performed.

mod attempt;
mod identity;
mod keep;
mod links;
mod perform;
mod spool;
mod tell;
mod watch;

pub(crate) use keep::ANSWER_LIFE;
pub use spool::Spool;
pub(crate) use tell::SYSTEM;
pub use tell::{NewLink, News, TellError};
pub use watch::Watch;

/// A boundary between two steps of the durable spend protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boundary {
    /// The attempt is leased; nothing was sent.
    Intended,
    /// It is written down that bytes may leave; none has.
    Marked,
    /// The answer is in memory and nowhere else.
    Received,
    /// The raw answer is kept, sealed; nobody read it.
    Kept,
    /// The new link is committed; it was not activated.
    Committed,
    /// The new link was activated and the owner is known; that is not written down.
    Activated,
}

impl Boundary {
    /// Every boundary, in the order of the protocol.
    pub const ALL: [Self; 6] =
        [Self::Intended, Self::Marked, Self::Received, Self::Kept, Self::Committed, Self::Activated];
}
