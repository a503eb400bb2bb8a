//! What is kept of an event, to be said in whatever language and shape.

use chain::Time;
use serde::{Deserialize, Serialize};

use crate::store::alerts;

/// What an alert is about; never a secret, and nobody's name at a provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The organisation's name.
    pub organisation: String,
    /// The containers.
    pub containers: Vec<Container>,
    /// The message code.
    pub code: Option<String>,
    /// When it ends, in milliseconds since the Unix epoch.
    pub until: Option<i64>,
    /// How many days ahead of the end this is told.
    pub days: Option<u32>,
}

/// A container that an alert is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Container {
    /// The slug of its database.
    pub database: String,
    /// The name of its database.
    pub name: String,
    /// Its alias.
    pub alias: String,
}

impl Facts {
    /// What is stored of it.
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What was stored; nothing for what nobody understands.
    pub(crate) fn parse(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// When it ends.
    pub(crate) fn until(&self) -> Option<Time> {
        self.until.map(Time::from_millis)
    }
}

impl From<alerts::Place> for Container {
    fn from(place: alerts::Place) -> Self {
        Self { database: place.slug, name: place.name, alias: place.alias }
    }
}
