//! What pages show of what needs a person.

use chain::{ContainerId, Fault, Time, Wake};

use super::{JournalEntry, RecoveryMark, UpstreamUser};

/// One chain that needs a person.
#[derive(Clone, Debug)]
pub struct RepairItem {
    /// The containers that wait for it; at least one.
    pub places: Vec<PlaceView>,
    /// The upstream user who has to sign in, once known.
    pub upstream_user: Option<UpstreamUser>,
    /// What is wrong.
    pub fault: Fault,
    /// Since when.
    pub since: Time,
    /// What Evergrant tried, newest first, at most 5.
    pub tried: Vec<JournalEntry>,
    /// What it will try next, and when.
    pub next_step: Option<(Wake, Time)>,
    /// How its auto-recovery stands.
    pub recovery: RecoveryMark,
}

/// Where a container is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceView {
    /// The database.
    pub database_slug: String,
    /// Its name.
    pub database_name: String,
    /// The container.
    pub container: ContainerId,
    /// Its alias.
    pub alias: String,
}
