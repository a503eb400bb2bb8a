use std::time::Duration;

use crate::{Fault, RecoveryFailure, Time};

/// What happened to a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Time passed.
    Tick,
    /// A consumer asks for an access token that holds at least this long.
    Asked {
        /// The time it should still hold.
        minimum: Duration,
    },
    /// An operator wants the access token renewed now, or a wait ended now.
    RefreshNow,
    /// A person walked the authorization code grant: a new chain begins, the older one is dead.
    Linked(Received),
    /// A refresh token obtained elsewhere was handed over; it comes without an access token.
    Adopted,
    /// The attempt is about to leave this machine; asked for right before the first byte.
    Sending {
        /// Which attempt.
        attempt: u32,
    },
    /// The provider answered with a new link.
    Refreshed {
        /// The generation of the link that was sent.
        generation: u32,
        /// What came.
        received: Received,
    },
    /// The provider answered with a refusal.
    Refused {
        /// Which attempt.
        attempt: u32,
        /// The classified answer.
        fault: Fault,
    },
    /// No byte of the attempt left this machine.
    NeverSent {
        /// Which attempt.
        attempt: u32,
    },
    /// The attempt was sent, and no answer came before the deadline.
    NoAnswer {
        /// Which attempt.
        attempt: u32,
    },
    /// The activation call with the access token of this generation succeeded.
    Activated {
        /// The generation.
        generation: u32,
    },
    /// The activation call failed.
    ActivationFailed {
        /// The generation.
        generation: u32,
    },
    /// Auto-recovery walked the grant; a new chain begins.
    Recovered {
        /// Which run.
        attempt: u32,
        /// What came.
        received: Received,
    },
    /// Auto-recovery ended without a link.
    RecoveryFailed {
        /// Which run.
        attempt: u32,
        /// Why.
        failure: RecoveryFailure,
    },
    /// Recovery credentials were stored or replaced.
    CredentialsStored,
    /// Recovery credentials were deleted by a person.
    CredentialsRemoved,
    /// Recovery credentials reached the end of their retention.
    CredentialsExpired,
    /// The process that worked on the chain is gone.
    Restart,
}

/// The times around a token answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// When the request was sent: the access token's life is counted from here.
    pub sent_at: Time,
    /// When the answer arrived: the minimum interval is counted from here.
    pub received_at: Time,
    /// The access token's life as the answer states it.
    pub access_lifetime: Option<Duration>,
}
