//! What changes while somebody looks: the messages of the event stream, and what shows them.
//!
//! The server writes one [`Message`] whenever something changed, with all texts in the language of
//! the page. In the browser one store holds the newest one, and every island reads from it; until
//! the first message arrives an island shows what the page was rendered with.

#[cfg(feature = "hydrate")]
mod connection;
mod islands;
#[cfg(feature = "ssr")]
mod message;
mod recovery;
mod store;
mod tail;

use serde::{Deserialize, Serialize};

#[cfg(feature = "hydrate")]
pub(crate) use connection::connect;
pub use islands::{
    AccessToken, Countdown, Moment, NextStep, RefreshButton, RepairBadge, StaleNotice, StateChip,
};
#[cfg(feature = "ssr")]
pub use message::message;
pub use recovery::{RecoveryShield, RunProgress};
pub(crate) use store::store;
pub use tail::LiveTail;

/// One event of the stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The server's clock, in milliseconds since the Unix epoch.
    pub now: i64,
    /// What needs repair.
    pub repairs: Repairs,
    /// The containers of the database that is watched.
    pub containers: Vec<ContainerNow>,
    /// The newest message of the journal, where the page looks at those.
    pub newest: Option<String>,
}

/// How much needs repair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repairs {
    /// Databases that need repair.
    pub count: u64,
    /// The same in words.
    pub words: String,
}

/// Where a container stands, as texts and moments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerNow {
    /// The container's id.
    pub id: String,
    /// The state and what is wrong.
    pub standing: StandingNow,
    /// When the access token ends.
    pub access_until: Option<i64>,
    /// When the refresh token ends if unused.
    pub refresh_until: Option<i64>,
    /// When the newest link arrived.
    pub refreshed_at: Option<i64>,
    /// From when on the provider accepts a refresh.
    pub refresh_from: Option<i64>,
    /// The next automatic step.
    pub next: Option<NextNow>,
    /// How its auto-recovery stands.
    pub shield: ShieldNow,
}

/// How the auto-recovery of a container stands, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShieldNow {
    /// Its look in style sheets: `off`, `on`, `soon`, `blocked`, `paused`.
    pub look: String,
    /// The days left, in short; empty where nothing is stored.
    pub days: String,
    /// The same in a sentence.
    pub words: String,
    /// The run under way.
    pub running: Option<String>,
}

/// A state with its fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingNow {
    /// The state's name in style sheets.
    pub state: String,
    /// The state in words.
    pub words: String,
    /// What is wrong, if anything.
    pub fault: Option<FaultWords>,
}

/// A fault in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultWords {
    /// The message code.
    pub code: String,
    /// What is wrong, in a few words.
    pub title: String,
    /// What happened and what it means.
    pub text: String,
    /// What to do.
    pub next: String,
}

/// The next automatic step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextNow {
    /// What it is, in words.
    pub what: String,
    /// When it is due.
    pub at: i64,
}

/// Which moment of a container is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Which {
    /// When the newest link arrived.
    Refreshed,
    /// When the refresh token ends if unused.
    LinkEnds,
}
