use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use chain::{ChainId, Time};

use super::Lent;
use crate::guard::secret::AccessToken;
use crate::store::chains;

/// Access tokens that were taken out of their seals, each with the revision of its chain that it is
/// the token of: at any other revision it is taken out anew.
#[derive(Default)]
pub(crate) struct Tokens(RwLock<HashMap<ChainId, Opened>>);

struct Opened {
    revision: i64,
    generation: u32,
    until: Time,
    token: Arc<AccessToken>,
}

impl Tokens {
    /// The chain's token, if it was taken out at this revision.
    pub(super) fn find(&self, row: &chains::Row) -> Option<Lent> {
        let tokens = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let opened = tokens.get(&row.chain.id).filter(|opened| opened.revision == row.revision)?;
        Some(Lent {
            access_token: Arc::clone(&opened.token),
            until: opened.until,
            generation: opened.generation,
        })
    }

    /// Keeps the chain's token, unless there is that of a newer revision.
    pub(super) fn keep(&self, row: &chains::Row, lent: &Lent) {
        let mut tokens = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if tokens.get(&row.chain.id).is_some_and(|there| there.revision > row.revision) {
            return;
        }
        let opened = Opened {
            revision: row.revision,
            generation: lent.generation,
            until: lent.until,
            token: Arc::clone(&lent.access_token),
        };
        tokens.insert(row.chain.id, opened);
    }

    /// The chain moved on.
    pub(crate) fn forget(&self, chain: ChainId) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(&chain);
    }

    /// What ended is not kept in memory.
    pub(crate) fn forget_ended(&self, now: Time) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).retain(|_, opened| opened.until > now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chain::{Chain, OrganisationId, RegistrationId};

    const NOW: Time = Time::from_millis(1_000);

    fn row(revision: i64) -> chains::Row {
        chains::Row {
            chain: Chain::unlinked(ChainId(1)),
            organisation: OrganisationId(1),
            registration: RegistrationId(1),
            authorization_server: String::new(),
            client_id: String::new(),
            upstream_user: None,
            revision,
            owner: None,
            wake: None,
            last_refreshed_at: None,
            broke_at: None,
            created_at: NOW,
        }
    }

    fn lent(generation: u32) -> Lent {
        Lent { access_token: Arc::new(AccessToken::new("token".to_owned())), until: NOW, generation }
    }

    #[test]
    fn a_token_is_found_at_its_own_revision_only() {
        let tokens = Tokens::default();
        tokens.keep(&row(7), &lent(3));
        assert_eq!(tokens.find(&row(7)).map(|lent| lent.generation), Some(3));
        assert!(tokens.find(&row(6)).is_none() && tokens.find(&row(8)).is_none());
        tokens.keep(&row(6), &lent(2));
        assert_eq!(tokens.find(&row(7)).map(|lent| lent.generation), Some(3), "the newer one stays");
        tokens.forget(ChainId(1));
        assert!(tokens.find(&row(7)).is_none());
    }

    #[test]
    fn a_token_that_ended_is_forgotten() {
        let tokens = Tokens::default();
        tokens.keep(&row(7), &lent(3));
        tokens.forget_ended(NOW - std::time::Duration::from_millis(1));
        assert!(tokens.find(&row(7)).is_some());
        tokens.forget_ended(NOW);
        assert!(tokens.find(&row(7)).is_none());
    }
}
