//! What proved good in a test a moment ago: so that the password that was tested need not prove good
//! once more when it is stored.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chain::Time;
use zeroize::Zeroizing;

use crate::guard::secret::Password;
use crate::random;

/// How long a test counts.
const LIFE: Duration = Duration::from_secs(900);
/// Tests that are remembered.
const MOST: usize = 64;

/// Salted fingerprints, in this process alone.
pub(crate) struct Proofs {
    salt: String,
    held: Mutex<Vec<(String, Time)>>,
}

impl Default for Proofs {
    fn default() -> Self {
        Self { salt: random::token(), held: Mutex::default() }
    }
}

impl Proofs {
    /// The provider accepted this password for this account.
    pub(crate) fn note(&self, account: &str, password: &Password, now: Time) {
        let print = self.print(account, password);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|(_, until)| *until > now);
        if held.len() == MOST {
            held.remove(0);
        }
        held.push((print, now + LIFE));
    }

    /// Whether it did so a moment ago.
    pub(crate) fn holds(&self, account: &str, password: &Password, now: Time) -> bool {
        let print = self.print(account, password);
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.iter().any(|(known, until)| *known == print && *until > now)
    }

    fn print(&self, account: &str, password: &Password) -> String {
        let (salt, password) = (&self.salt, password.expose());
        random::fingerprint(&Zeroizing::new(format!("{salt} {account} {password}")))
    }
}
