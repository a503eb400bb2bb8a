//! What is shown of policies, of the purge and of the store's size.

use chain::Time;
use policy::{Effective, Kind, Policy, PolicyError, Warning};

pub use crate::expiry::Went;
pub use crate::store::lives::{Living, Reached};
pub use crate::store::purge::{Criterion, What};
pub use crate::store::receipts::Row as Receipt;
pub use crate::store::sizes::Size;

/// All policies of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoliciesView {
    /// Kind by kind, in the order in which they are shown.
    pub kinds: Vec<PolicyView>,
    /// Which policies contradict each other: a default was changed since they were said.
    pub contradiction: Option<PolicyError>,
}

/// What holds for one kind, and what lives of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyView {
    /// What it is about.
    pub kind: Kind,
    /// What holds, and whether somebody said it.
    pub effective: Effective,
    /// What is unwise about it.
    pub warnings: Vec<Warning>,
    /// What lives.
    pub living: Living,
    /// When it was last changed, and by whom.
    pub changed: Option<(Time, String)>,
    /// Whether it is still on its way to what was there before.
    pub reaching: bool,
}

/// What would come of a policy, before it is saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyPreview {
    /// What holds now.
    pub before: Effective,
    /// What would hold.
    pub after: Policy,
    /// What is unwise about it.
    pub warnings: Vec<Warning>,
    /// What lives.
    pub living: Living,
    /// Whom it would reach.
    pub reached: Reached,
}
