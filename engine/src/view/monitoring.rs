//! What pages show of what happened, and of what comes next.

use chain::{Time, Wake};

use super::{PlaceView, StateName};

/// Which messages to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageFilter {
    /// With this message code.
    pub code: Option<String>,
    /// Of this action.
    pub action: Option<String>,
    /// About this database, by slug, or about chains that its containers use.
    pub database: Option<String>,
    /// About containers with this alias, or about their chains.
    pub container: Option<String>,
    /// Not before this moment.
    pub since: Option<Time>,
    /// Older than this one.
    pub before: Option<Cursor>,
}

/// A place in the list of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// When the message was written.
    pub at: Time,
    /// Its id.
    pub id: u128,
}

/// One page of messages, the newest first.
#[derive(Clone, Debug)]
pub struct MessagesView {
    /// The messages.
    pub messages: Vec<MessageView>,
    /// Where older ones begin; `None` when there are none.
    pub older: Option<Cursor>,
}

/// One message.
#[derive(Clone, Debug)]
pub struct MessageView {
    /// Its id.
    pub id: u128,
    /// When.
    pub at: Time,
    /// Who: `operator:<name>` or `system`.
    pub actor: String,
    /// From which network address.
    pub from_address: Option<String>,
    /// What, as a word such as `refreshed`.
    pub action: String,
    /// The message code, where there is one.
    pub code: Option<String>,
    /// The containers that it is about, as they are now.
    pub places: Vec<PlaceView>,
    /// The generation it was about.
    pub generation: Option<u32>,
    /// More, in a few words.
    pub detail: Option<String>,
    /// How the trouble ended that it tells of; `None` when it tells of none.
    pub closed: Option<Closed>,
}

/// How trouble ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The chain went on.
    By {
        /// What mended it, as a word such as `refreshed`.
        action: String,
        /// When.
        at: Time,
    },
    /// It has not ended: this is where the chain stands.
    Open(StateName),
    /// The chain is gone.
    Gone,
}

/// How many chains are in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateCount {
    /// The state.
    pub state: StateName,
    /// How many chains; of what was never authorized, how many containers.
    pub chains: u64,
}

/// What Evergrant does next with a chain.
#[derive(Clone, Debug)]
pub struct NextStepView {
    /// The containers of the chain.
    pub places: Vec<PlaceView>,
    /// What.
    pub what: Wake,
    /// When.
    pub at: Time,
}
