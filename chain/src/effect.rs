use crate::{Fault, Time};

/// What is to be done once the new state is committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Make the attempt ready, then ask with [`Event::Sending`](crate::Event::Sending).
    Prepare {
        /// Which attempt.
        attempt: u32,
    },
    /// Send the refresh token of this generation now, once.
    Send {
        /// Which attempt.
        attempt: u32,
        /// The generation to send.
        generation: u32,
        /// When to give up waiting for the answer.
        deadline: Time,
    },
    /// Call the provider's cheap probe with the access token of this generation.
    Activate {
        /// The generation.
        generation: u32,
    },
    /// Keep the received link beside the present one, sealed: it came too late to be the newest.
    KeepBeside,
    /// Walk the grant with the stored credentials.
    Recover {
        /// Which run.
        attempt: u32,
    },
    /// Tell people.
    Alert(Alert),
}

/// What people are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alert {
    /// The chain needs a person.
    NeedsRepair(Fault),
    /// A person, or a late answer, mended it.
    Repaired,
    /// Auto-recovery mended it.
    RecoveredByItself,
    /// A recovery run ended without a link, or may not be tried again.
    RecoveryBlocked,
}
