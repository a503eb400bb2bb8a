use std::time::Duration;

use crate::{Backoff, Time};

/// The timing profile of a provider, together with what was chosen for one chain.
///
/// Plain data: every number comes from the provider's profile, an app registration's own timing,
/// or a container's wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How long an access token lives when the answer does not say.
    pub access_lifetime: Duration,
    /// The shortest time between receiving a token and sending its refresh token.
    pub minimum_interval: Duration,
    /// A token is renewed on demand when less than this is left of it.
    pub refresh_ahead: Duration,
    /// How long a refresh token lives unused.
    pub idle_life: Duration,
    /// How long a chain lives from its grant on, used or not; `None` where there is no such end.
    pub absolute_life: Option<Duration>,
    /// The hard total deadline of one token call.
    pub request_deadline: Duration,
    /// How much longer than the deadline a lease holds: clock skew between replicas.
    pub lease_margin: Duration,
    /// Whether a refresh token whose answer never came may be sent again.
    pub resend: Resend,
    /// Waits between failed activation calls.
    pub activation: Backoff,
    /// Token calls that the provider accepts per UTC day for one chain.
    pub token_calls_a_day: u32,
    /// The present or next time in which nothing planned is sent.
    pub quiet: Option<Window>,
    /// An unused refresh token is renewed when it is this old, less up to a tenth of jitter.
    pub keep_alive: Duration,
    /// Keep the access token fresh all the time instead of renewing on demand.
    pub warm: bool,
    /// Waits after transient failures.
    pub retry: Backoff,
    /// How long to leave a refused app registration alone.
    pub client_retry: Duration,
    /// Bounds of auto-recovery.
    pub recovery: RecoveryRules,
}

/// How often, and for how long after the first doubt, a sent refresh token may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resend {
    /// Counted from the moment the answer failed to come.
    pub window: Duration,
    /// 0 forbids any resend.
    pub tries: u32,
}

/// Bounds of auto-recovery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecoveryRules {
    /// Runs per UTC day and chain.
    pub tries_a_day: u32,
    /// The wait between two runs.
    pub cool_down: Duration,
    /// The wait for a person who is signing in at this moment.
    pub postponed: Duration,
    /// The longest a run may take.
    pub deadline: Duration,
}

/// A stretch of time: `from` belongs to it, `until` does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its first moment.
    pub from: Time,
    /// The first moment after it.
    pub until: Time,
}

impl Window {
    /// Whether the moment lies in the window.
    pub fn contains(&self, at: Time) -> bool {
        self.from <= at && at < self.until
    }
}

impl Rules {
    /// How long a lease on an attempt holds: the hard deadline and the skew on top.
    pub fn lease(&self) -> Duration {
        self.request_deadline + self.lease_margin
    }
}
