//! What is shown of keys: which there are and what they still hold; never a key itself.

use chain::Time;

pub use crate::store::keys::Purpose as KeyPurpose;

/// Every key and what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeysView {
    /// The master keys, the current one first.
    pub masters: Vec<MasterKeyView>,
    /// The organisations' keys, the oldest first.
    pub keys: Vec<DataKeyView>,
}

/// A master key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MasterKeyView {
    /// Its id.
    pub id: String,
    /// Whether it wraps new keys.
    pub current: bool,
    /// How many keys it wraps.
    pub wraps: u64,
}

/// A key of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataKeyView {
    /// Its id.
    pub id: String,
    /// The organisation's name.
    pub organisation: String,
    /// What it is for.
    pub purpose: KeyPurpose,
    /// When it was made.
    pub created_at: Time,
    /// When another one took its place.
    pub retired_at: Option<Time>,
    /// How many values in the store name it.
    pub values: u64,
    /// When it is destroyed, if nothing names it until then.
    pub destroyed_at: Option<Time>,
}

impl KeysView {
    /// How many values wait to be sealed with a newer key.
    pub fn left(&self) -> u64 {
        self.keys.iter().filter(|key| key.retired_at.is_some()).map(|key| key.values).sum()
    }
}
