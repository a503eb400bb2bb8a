//! Who does something, and from where.

use std::net::IpAddr;

/// Who caused what is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Evergrant itself.
    System,
    /// Somebody who could not show to be an operator.
    Stranger {
        /// The network address that the act came from.
        from: Option<IpAddr>,
    },
    /// A person.
    Operator {
        /// The operator's name.
        name: String,
        /// The network address that the act came from; `None` for commands of the machine's owner.
        from: Option<IpAddr>,
    },
}

impl Actor {
    /// As it stands in the journal: `operator:<name>`, `stranger` or `system`.
    pub fn word(&self) -> String {
        match self {
            Self::System => "system".to_owned(),
            Self::Stranger { .. } => "stranger".to_owned(),
            Self::Operator { name, .. } => format!("operator:{name}"),
        }
    }

    /// From which network address.
    pub const fn from(&self) -> Option<IpAddr> {
        match self {
            Self::System => None,
            Self::Stranger { from } | Self::Operator { from, .. } => *from,
        }
    }
}
