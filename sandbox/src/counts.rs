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
    /// Requests to sign-in pages of both generations.
    pub sign_in_requests: u64,
    /// Faults that sign-ins met, asked for or random.
    pub sign_in_faults: u64,
    /// Passwords that were sent, right or wrong.
    pub passwords_sent: u64,
    /// Passwords that were wrong, or refused on demand.
    pub wrong_passwords: u64,
    /// One-time codes that were sent.
    pub codes_sent: u64,
    /// One-time codes of no period near now, or refused on demand.
    pub wrong_codes: u64,
    /// One-time codes that had been sent before, whatever had become of them.
    pub codes_reused: u64,
}
