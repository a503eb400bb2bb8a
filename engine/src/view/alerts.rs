//! What pages show of alerts; never a secret.

use chain::Time;

use crate::alert::{Answer, Event, Kind, Language, State};

/// Somebody, or something, that is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertTargetView {
    /// Its id, as forms name it.
    pub id: String,
    /// How it is reached.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub address: String,
    /// What it is told of.
    pub events: Vec<Event>,
    /// The language of what it is told.
    pub language: Language,
    /// Whether it is told at present.
    pub enabled: bool,
}

/// An alert on its way to a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryView {
    /// Its id, as forms name it.
    pub id: String,
    /// What is told.
    pub event: Event,
    /// When that happened.
    pub at: Time,
    /// The containers it is about: name of the database, and alias.
    pub about: Vec<(String, String)>,
    /// The target's name.
    pub target: String,
    /// How the target is reached.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// Whether it waits for its target to be wanted again.
    pub paused: bool,
    /// How often it was tried.
    pub tries: u32,
    /// When it is tried again.
    pub next_at: Option<Time>,
    /// When it was tried last, and what came of that.
    pub last: Option<(Time, Answer)>,
}
