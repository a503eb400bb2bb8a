//! What pages show of auto-recovery; never a sign-in itself.

use std::time::Duration;

use chain::{RecoveryFailure, Time};
use policy::{Bounds, Policy};

use crate::store::recovery_runs::TraceLine;
pub use crate::store::recovery_runs::{Kind as RunKind, Outcome as RunOutcome};

/// How many days an organisation lets recovery credentials live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// At least.
    pub least: u32,
    /// Unless chosen otherwise.
    pub usual: u32,
    /// At most.
    pub most: u32,
}

impl Retention {
    /// The most days that any organisation may choose.
    pub const LIMIT: u32 = 90;

    /// A policy in days: what is no whole number of them is rounded so that it stays allowed.
    pub fn of(policy: &Policy) -> Self {
        let Bounds { least, most } = policy.bounds();
        let least = days_whole(least + DAY - Duration::from_millis(1)).max(1);
        let most = days_whole(most).max(least);
        Self { least, usual: days_whole(policy.lifetime()).clamp(least, most), most }
    }
}

/// So many whole days.
pub(crate) fn days_whole(life: Duration) -> u32 {
    u32::try_from(life.as_millis() / DAY.as_millis()).unwrap_or(u32::MAX)
}

const DAY: Duration = Duration::from_secs(86_400);

/// How the auto-recovery of a container stands, in what changes while somebody looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecoveryMark {
    /// When the stored credentials are deleted; `None` where none are stored.
    pub expires_at: Option<Time>,
    /// Why no run is made until they are replaced.
    pub blocked: Option<RecoveryFailure>,
    /// Whether the organisation wants auto-recovery.
    pub enabled: bool,
    /// The run under way: what it is for, and its step, from 1 to 5.
    pub running: Option<(RunKind, u8)>,
}

impl RecoveryMark {
    /// Nothing is stored and nothing runs.
    pub const NONE: Self = Self { expires_at: None, blocked: None, enabled: true, running: None };
}

/// The auto-recovery of one container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryView {
    /// Whether the container has a chain: only what was authorized once can be recovered.
    pub connected: bool,
    /// Whether the organisation wants auto-recovery.
    pub enabled: bool,
    /// How long credentials may live.
    pub retention: Retention,
    /// The stored credentials, unless they expired.
    pub stored: Option<StoredCredentials>,
    /// The run under way.
    pub running: Option<RunningView>,
    /// Runs that ended, the newest first.
    pub runs: Vec<RunView>,
}

/// What is known of stored credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCredentials {
    /// When they were stored.
    pub stored_at: Time,
    /// Who stored them, by name.
    pub stored_by: String,
    /// When they are deleted.
    pub expires_at: Time,
    /// Days left, the begun one counted.
    pub days_left: i64,
    /// Whether one-time codes can be made with them.
    pub one_time: bool,
    /// How many runs used them.
    pub uses: u32,
    /// When a run used them last.
    pub last_used_at: Option<Time>,
    /// When and in which time a run last mended the chain.
    pub last_recovery: Option<(Time, Duration)>,
    /// Whether the provider accepted the password once.
    pub proved: bool,
    /// Why no run is made until they are replaced.
    pub blocked: Option<RecoveryFailure>,
    /// When the next run is due, if one is.
    pub next_run: Option<Time>,
}

/// A run under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunningView {
    /// The step, from 1 on.
    pub step: u8,
    /// How many steps there are.
    pub of: u8,
    /// Since when the run goes.
    pub since: Time,
}

impl RunningView {
    /// How many steps a run has.
    pub const STEPS: u8 = 5;
}

/// A run that ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunView {
    /// When it began.
    pub started_at: Time,
    /// When it ended.
    pub ended_at: Time,
    /// What it was for.
    pub kind: RunKind,
    /// How it ended.
    pub outcome: RunOutcome,
    /// How far it came, from 1 to 5.
    pub step: u8,
    /// What it did.
    pub trace: Vec<TraceView>,
}

/// How a test of credentials went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestedView {
    /// How it ended.
    pub outcome: RunOutcome,
    /// What it did.
    pub trace: Vec<TraceView>,
    /// How long it took.
    pub took: Duration,
}

/// One line of a run's trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceView {
    /// What was done, as a word.
    pub step: String,
    /// At which host.
    pub host: String,
    /// What came of it, as a word.
    pub outcome: String,
    /// How long it took.
    pub took: Duration,
}

impl From<TraceLine> for TraceView {
    fn from(line: TraceLine) -> Self {
        let took = Duration::from_millis(line.took_ms);
        Self { step: line.step, host: line.host, outcome: line.outcome, took }
    }
}
