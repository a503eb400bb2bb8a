//! What is shown of consumers; never a key.

use chain::{ConsumerId, Time};
use policy::Policy;

use super::Retention;

/// A program with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerView {
    /// Its id.
    pub id: ConsumerId,
    /// Its name.
    pub name: String,
    /// How its key begins, to tell keys apart.
    pub shown: String,
    /// The databases that its key reaches, by name; `None` for all of them.
    pub databases: Option<Vec<ReachableDatabase>>,
    /// Whether its key works.
    pub standing: ConsumerStanding,
    /// When it was added.
    pub created_at: Time,
    /// Who added it.
    pub created_by: String,
    /// When its key ends.
    pub expires_at: Time,
    /// When its key was revoked.
    pub revoked_at: Option<Time>,
    /// Who revoked it.
    pub revoked_by: Option<String>,
    /// When its key was last used, about to the minute.
    pub last_used_at: Option<Time>,
    /// From which network address.
    pub last_used_from: Option<String>,
}

/// A database that a key reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReachableDatabase {
    /// Its address part.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// Whether a key works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsumerStanding {
    /// It works.
    Active,
    /// Its time is up.
    Expired,
    /// Somebody revoked it.
    Revoked,
}

impl ConsumerStanding {
    /// The word used by programs and in style sheets.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

/// How many days consumer keys work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyLife {
    /// Unless chosen otherwise.
    pub usual: u32,
    /// At most.
    pub most: u32,
}

impl KeyLife {
    /// A policy in days.
    pub fn of(policy: &Policy) -> Self {
        let Retention { usual, most, .. } = Retention::of(policy);
        Self { usual, most }
    }
}
