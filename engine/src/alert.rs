//! Alerts: people and programs are told what becomes of chains, once for each event.
//!
//! An alert is written in the transaction that makes it true, under an *occasion* that tells one
//! event from the next of its kind; whoever meets the same event again writes nothing. With it go
//! its deliveries, one for each target that wants to know. A delivery is leased, sent, and its end
//! written down; what the receiver did not take is sent again, ever more slowly, for three days.
//!
//! A process that ends between sending and writing leaves a lease, and the next one sends once
//! more: every alert arrives at least once, and says with its id when it is the same.

mod answer;
mod body;
mod deliver;
mod ending;
mod facts;
mod mail;
mod notice;
mod raise;
mod reach;
mod sign;
mod text;
mod webhook;

pub use crate::store::alerts::{Event, Language, deliveries::State, targets::Kind};
pub use answer::Answer;
pub use mail::{MailServer, MailServerError};
pub use reach::is_public;
pub use sign::signature;

pub(crate) use facts::Facts;
pub(crate) use mail::Mailbox;
pub(crate) use notice::Notice;
pub(crate) use reach::{Unfit, check_address};
pub(crate) use webhook::Webhooks;

use std::sync::Arc;
use std::time::Duration;

/// What alerts are sent with.
#[derive(Clone)]
pub struct Outgoing {
    /// The mail server; without one no e-mail is sent.
    pub mail: Option<Arc<MailServer>>,
    /// Hosts that a webhook may be at although they are not public, by name or address.
    pub allow_private: Vec<String>,
    /// How long a receiver may take.
    pub patience: Duration,
}

impl Default for Outgoing {
    fn default() -> Self {
        Self { mail: None, allow_private: Vec::new(), patience: Duration::from_secs(10) }
    }
}
