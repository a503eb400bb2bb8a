use std::time::Duration;

use crate::{ChainId, Fault, RecoveryFailure, Time};

/// One authorization, kept alive: where it stands, and what was used up today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Its name; also the seed of its jitter.
    pub id: ChainId,
    /// Where it stands.
    pub state: State,
    /// The number of the newest attempt, token call or recovery run.
    pub attempts: u32,
    /// Token calls of the day.
    pub calls: Calls,
    /// What is known of the recovery credentials.
    pub credentials: Credentials,
}

/// Where a chain stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Never authorized.
    Unlinked,
    /// The newest link is at rest and can be sent.
    Live(Held),
    /// An attempt is leased to one owner.
    Spending {
        /// The link that is spent.
        held: Held,
        /// Which attempt.
        attempt: u32,
        /// When it was leased.
        since: Time,
        /// When the lease ends.
        deadline: Time,
        /// How far it got.
        phase: Phase,
        /// Failures before it.
        effort: Effort,
    },
    /// The link was sent and nobody knows whether it was spent.
    InDoubt {
        /// The link in doubt.
        held: Held,
        /// The attempt without an answer.
        attempt: u32,
        /// Since when, and how often it was sent again.
        doubt: Doubt,
        /// When it may be sent again, or is given up.
        next: Time,
    },
    /// The link is intact and waits.
    Waiting {
        /// The link.
        held: Held,
        /// Until when.
        until: Time,
        /// Why.
        cause: Fault,
        /// Failures so far.
        effort: Effort,
    },
    /// Auto-recovery walks the grant.
    Recovering {
        /// The last link, if there was one.
        held: Option<Held>,
        /// What broke the chain.
        fault: Fault,
        /// Since when the run goes.
        since: Time,
        /// Which run.
        attempt: u32,
    },
    /// A person must sign in.
    Broken {
        /// The last link, if there was one.
        held: Option<Held>,
        /// What broke the chain.
        fault: Fault,
        /// Since when.
        since: Time,
    },
}

/// What is known of the newest link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Counts the links of a chain; never falls.
    pub generation: u32,
    /// When the code grant was walked that this chain goes back to.
    pub granted_at: Time,
    /// When the link arrived.
    pub received_at: Time,
    /// When its access token ends, counted from sending the request.
    pub access_until: Time,
    /// When its refresh token ends if it is not used.
    pub refresh_until: Time,
    /// Whether its access token was used at the provider yet.
    pub activation: Activation,
}

/// Whether the access token was used at the provider yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// It was, successfully.
    Done,
    /// Not yet.
    Pending {
        /// Calls so far.
        tries: u32,
        /// When to call next.
        next: Time,
    },
}

/// How far an attempt got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Leased; certainly no byte has left.
    Intended,
    /// A byte may have left.
    Sent,
}

/// Failures behind an attempt or a wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effort {
    /// Transient failures in a row.
    pub tries: u32,
    /// Set while it is unknown whether the link was spent by an earlier attempt.
    pub doubt: Option<Doubt>,
}

/// A link that was sent without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// When the first answer failed to come.
    pub since: Time,
    /// How often it was sent again since.
    pub resends: u32,
}

/// Token calls of one UTC day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// The day, counted from the Unix epoch.
    pub day: i64,
    /// Calls sent on it.
    pub used: u32,
}

/// What is known of the recovery credentials of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// None are stored.
    Absent,
    /// Stored, and not known to be wrong.
    Stored {
        /// Runs of the day.
        runs: Calls,
        /// No run before this moment.
        not_before: Option<Time>,
        /// The newest attempt when they were stored: what earlier runs say is about older ones.
        since: u32,
    },
    /// Stored, and not to be used again until replaced.
    Blocked(RecoveryFailure),
}

impl Chain {
    /// A chain that was never authorized.
    pub const fn unlinked(id: ChainId) -> Self {
        Self {
            id,
            state: State::Unlinked,
            attempts: 0,
            calls: Calls { day: 0, used: 0 },
            credentials: Credentials::Absent,
        }
    }

    /// Whether a person is needed.
    pub const fn needs_repair(&self) -> bool {
        matches!(self.state, State::Broken { .. })
    }

    /// What is known of the newest link, in whatever state.
    pub const fn held(&self) -> Option<&Held> {
        match &self.state {
            State::Unlinked => None,
            State::Live(held)
            | State::Spending { held, .. }
            | State::InDoubt { held, .. }
            | State::Waiting { held, .. } => Some(held),
            State::Recovering { held, .. } | State::Broken { held, .. } => held.as_ref(),
        }
    }

    /// How long the access token can still be lent; `None` when it cannot.
    pub fn lends(&self, now: Time) -> Option<Duration> {
        // A clock that was set back makes no token live longer.
        self.held()
            .map(|held| held.access_until.since(now.max(held.received_at)))
            .filter(|left| !left.is_zero())
    }

    /// What is wrong at present, if anything.
    pub const fn fault(&self) -> Option<Fault> {
        match &self.state {
            State::Unlinked | State::Live(_) | State::Spending { .. } => None,
            State::InDoubt { .. } => Some(Fault::AnswerLost),
            State::Waiting { cause, .. } => Some(*cause),
            State::Recovering { fault, .. } | State::Broken { fault, .. } => Some(*fault),
        }
    }
}

impl Held {
    /// The generation after the present one; 1 for the first.
    pub fn next_generation(held: Option<&Self>) -> u32 {
        held.map_or(1, |held| held.generation.saturating_add(1))
    }
}

impl Calls {
    /// Calls sent on the day of `now`.
    pub fn on(&self, now: Time) -> u32 {
        if self.covers(now) { self.used } else { 0 }
    }

    /// One more on the day of `now`.
    #[must_use]
    pub fn plus_one(&self, now: Time) -> Self {
        let day = if self.covers(now) { self.day } else { now.day() };
        Self { day, used: self.on(now).saturating_add(1) }
    }

    /// One less on the day of `now`.
    #[must_use]
    pub fn minus_one(&self, now: Time) -> Self {
        if self.covers(now) { Self { used: self.used.saturating_sub(1), ..*self } } else { *self }
    }

    /// A clock that is set back over midnight and forth again begins no day anew.
    const fn covers(&self, now: Time) -> bool {
        self.day == now.day() || self.day == now.day() + 1
    }
}
