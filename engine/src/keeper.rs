//! Keeps chains: the only path on which a chain moves.
//!
//! News comes in, the pure core says what the chain becomes, the new state is committed with a
//! compare-and-set, and only then the effects are performed.

mod attempt;
mod crossing;
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
pub(crate) use watch::Turns;
pub use watch::Watch;

/// A boundary between two steps of the durable spend protocol, of a recovery run, or of an alert.
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
    /// It is written down that a run's password may leave; it has not.
    PasswordMarked,
    /// A period is reserved for a run's one-time code, which was not sent.
    CodeReserved,
    /// A run has the authorization code in memory and nowhere else.
    CodeInHand,
    /// A run's link is kept in a chain of its own; nobody knows whose it is.
    Exchanged,
    /// A run's link is the newest of the chain that broke; the run does not know it.
    Joined,
    /// An alert was sent; what came of it is not written down.
    AlertSent,
}

impl Boundary {
    /// The boundaries of a recovery run, in its order.
    pub const OF_RUNS: [Self; 5] =
        [Self::PasswordMarked, Self::CodeReserved, Self::CodeInHand, Self::Exchanged, Self::Joined];
    /// The boundaries of the spend protocol, in its order.
    pub const ALL: [Self; 6] =
        [Self::Intended, Self::Marked, Self::Received, Self::Kept, Self::Committed, Self::Activated];
}
