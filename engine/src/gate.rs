//! The gate to the data: passes a program's request on to a provider's REST API, with the token added.
//!
//! Only addresses within the API of the container's provider are reached. Bodies stream both ways. The
//! provider's limits are kept here, before it has to; answers can be kept for a while.

pub mod allowance;
mod cache;
pub mod headers;
mod pass;
pub mod path;
pub mod told;
mod traffic;
mod upstream;

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use thiserror::Error;

use crate::consumer::ReachError;
use crate::lend::LendError;
use crate::store::StoreError;

pub(crate) use cache::Cache;
pub use cache::{LARGEST, LONGEST_SECONDS};
pub use path::PathError;
pub(crate) use traffic::Traffic;
pub use traffic::{Held, HeldBy};
pub(crate) use upstream::Upstream;
pub use upstream::{Flow, FlowError, HEAD_DEADLINE};

/// A program's request.
pub struct Asked {
    /// The method.
    pub method: Method,
    /// The path as it stood behind `proxy/`, not decoded.
    pub path: String,
    /// The query, not decoded.
    pub query: Option<String>,
    /// The headers, the program's own key among them.
    pub headers: HeaderMap,
    /// The body, where there is one.
    pub body: Option<Flow>,
}

/// What the program gets: the provider's answer, or what was kept of an earlier one.
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Flow,
}

/// An answer, and where it comes from.
pub(crate) struct Passed {
    pub answer: Answer,
    /// It is an earlier one, which was kept.
    pub kept: bool,
}

/// Why a program's request was not passed on, or brought no answer.
#[derive(Debug, Error)]
pub enum PassError {
    /// The program does not reach the container.
    #[error(transparent)]
    Reach(#[from] ReachError),
    /// The gate is shut, or the provider did not answer.
    #[error(transparent)]
    Gate(#[from] GateError),
}

/// Why a request was not passed on, or brought no answer.
#[derive(Debug, Error)]
pub enum GateError {
    /// The path is none of the provider's API.
    #[error("the path is refused: {0}")]
    Path(#[from] PathError),
    /// The method is for proxies, or would show the token.
    #[error("the method is not passed on")]
    Method,
    /// The provider's limits are reached; nothing was sent.
    #[error("the provider's limits are reached")]
    Held {
        /// Which.
        by: HeldBy,
        /// How long to wait.
        retry_after: Duration,
    },
    /// There is no token.
    #[error("there is no token")]
    Lend(#[from] LendError),
    /// The provider refuses the token, a renewed one too, or none could be had yet.
    #[error("the provider refuses the token")]
    TokenRefused {
        /// How long to wait.
        retry_after: Duration,
    },
    /// No connection, or it ended without an answer.
    #[error("the provider could not be reached")]
    Unreachable(#[source] reqwest::Error),
    /// No head of an answer came in time.
    #[error("the provider did not answer in time")]
    Slow,
    /// The store refused.
    #[error("could not read the container")]
    Store(#[from] StoreError),
}
