//! What the sandbox saw, for those who check it.

use serde::Serialize;

/// Numbers since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Requests to the token endpoint that were read.
    pub token_calls: u64,
    /// Codes that were exchanged for a first link.
    pub code_exchanges: u64,
    /// Refreshes that spent a link.
    pub refreshes_accepted: u64,
    /// Refreshes that came before the minimum interval was over.
    pub too_early: u64,
    /// Token calls that were refused for any other reason.
    pub refused: u64,
    /// Refreshes with a link that was spent or killed already.
    pub spent_presented: u64,
    /// Token calls that met a fault, asked for or random.
    pub faults: u64,
    /// The most often that any one refresh token reached the token rules.
    pub max_presented: u64,
    /// The most often that any one refresh token was accepted; never above 1 without grace.
    pub max_accepted: u64,
    /// API calls that were let in.
    pub api_calls: u64,
    /// Completed sign-ins.
    pub sign_ins: u64,
    /// Wrong passwords that were sent.
    pub wrong_passwords: u64,
    /// One-time codes that were sent although one of that period was accepted before.
    pub codes_reused: u64,
}
