//! What every user name was tried with, for those who check that nobody tries too often.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::users::UserName;

/// Numbers of one user name since the start; they outlive the account itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SignIns {
    /// Requests to sign-in pages from which the user was known.
    pub requests: u64,
    /// Passwords that were sent, right or wrong.
    pub passwords: u64,
    /// Passwords that were wrong, or refused on demand.
    pub wrong_passwords: u64,
    /// One-time codes that were sent.
    pub codes: u64,
    /// One-time codes of no period near now, or refused on demand.
    pub wrong_codes: u64,
    /// One-time codes that had been sent before, whatever had become of them.
    pub codes_reused: u64,
    /// How many codes of each period (Unix seconds / 30) were sent; one that belongs to no
    /// period counts for the one it was sent in.
    pub codes_by_period: BTreeMap<u64, u64>,
    /// Completed sign-ins.
    pub sign_ins: u64,
    #[serde(skip)]
    seen: BTreeSet<(u64, String)>,
}

impl SignIns {
    /// Notes a code; `true` says that it was sent before.
    pub(crate) fn note_code(&mut self, period: u64, code: &str) -> bool {
        self.codes += 1;
        *self.codes_by_period.entry(period).or_default() += 1;
        let again = !self.seen.insert((period, code.to_owned()));
        self.codes_reused += u64::from(again);
        again
    }
}

/// The numbers of all user names, those of nobody too.
#[derive(Debug, Default)]
pub(crate) struct Register(BTreeMap<UserName, SignIns>);

impl Register {
    pub(crate) fn of(&mut self, user: &UserName) -> &mut SignIns {
        self.0.entry(user.clone()).or_default()
    }

    pub(crate) fn find(&self, user: &UserName) -> SignIns {
        self.0.get(user).cloned().unwrap_or_default()
    }

    pub(crate) fn all(&self) -> BTreeMap<&str, &SignIns> {
        self.0.iter().map(|(user, numbers)| (user.as_str(), numbers)).collect()
    }
}
