//! The way through a provider's sign-in pages without a browser, up to the authorization code.
//!
//! Pages are read purely ([`read`]); [`walk`] fetches them, within bounds: only origins that are
//! allowed, each page answered at most once, the password and the code sent at most once. What is
//! not understood ends the walk. Nothing that a page holds reaches a log or the [`Trace`].

mod b2c;
mod browser;
mod classic;
mod consent;
mod control;
mod form;
mod html;
mod ordinary;
mod page;
mod returned;
mod tag;
mod verdict;
mod walk;
mod words;

use std::time::Duration;

use chain::RecoveryFailure;
use url::{Origin, Url};

use crate::guard::secret::{AuthorizationCode, OneTimeCode, Password, UserName};

pub use b2c::{Answer, read_answer};
pub use form::{Blank, Form, Method, Request};
pub use page::{MOST_BYTES, Page, Seen, Source, read};
pub use walk::walk;
pub use words::{Refusal, Said};

/// What every page is told about who asks.
const AGENT: &str = concat!("Mozilla/5.0 (compatible; evergrant/", env!("CARGO_PKG_VERSION"), ")");

/// A walk to make.
pub struct Walk {
    /// The authorization request.
    pub start: Url,
    /// Where the provider leads back to; it is never opened.
    pub redirect_uri: Url,
    /// The `state` of the authorization request, which must come back.
    pub state: String,
    /// The origins that may be opened.
    pub origins: Vec<Origin>,
    /// Whether the app may be allowed.
    pub consent: Consent,
}

/// Whether the walk may allow the app where the provider asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Presses "Allow".
    Give,
    /// Leaves it to a person.
    Leave,
}

/// What the walk is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// Opens the authorization request and what it leads to.
    Opening,
    /// Sends the user name.
    UserName,
    /// Sends the password.
    Password,
    /// Sends the one-time code.
    OneTimeCode,
    /// Allows the app.
    Consent,
    /// Is back with the code.
    Returning,
}

/// One request of a walk, without anything that a page held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// What the walk was doing.
    pub step: Step,
    /// The host that was asked.
    pub host: String,
    /// How it went, in words of ours.
    pub outcome: &'static str,
    /// How long it took.
    pub took: Duration,
}

/// Keeps what the walk needs, and remembers durably what was sent.
pub trait Companion: Send {
    /// Who signs in.
    fn user_name(&self) -> &UserName;

    /// The password, asked for once and right before it is sent.
    ///
    /// # Errors
    /// When it must not be sent; that is how the walk ends then.
    fn password(&mut self) -> impl Future<Output = Result<&Password, RecoveryFailure>> + Send;

    /// The provider accepted or refused the password.
    fn password_answered(&mut self, accepted: bool) -> impl Future<Output = ()> + Send;

    /// A code of a period of which none was ever sent, with time left to send it.
    ///
    /// # Errors
    /// When there is none; that is how the walk ends then.
    fn code(&mut self) -> impl Future<Output = Result<OneTimeCode, RecoveryFailure>> + Send;

    /// The walk came this far.
    fn reached(&mut self, step: Step) -> impl Future<Output = ()> + Send;
}

/// How a walk ended.
pub struct Walked {
    /// The code, or why there is none.
    pub outcome: Result<AuthorizationCode, RecoveryFailure>,
    /// Every request, in order.
    pub trace: Vec<Trace>,
}

impl Walked {
    /// The process ends before the walk does.
    pub const fn interrupted() -> Self {
        Self { outcome: Err(RecoveryFailure::Interrupted), trace: Vec::new() }
    }
}
