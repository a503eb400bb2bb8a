use std::time::Duration;

use chain::{OrganisationId, Time};
use policy::Kind;

use crate::engine::Engine;
use crate::store::{StoreError, consumers};

/// A family lives for as many lifetimes of a refresh token at most: renewing makes nothing live for ever.
pub const FAMILY_LIVES: u32 = 30;

/// How long what is issued lives.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lifetimes {
    pub access: Duration,
    pub refresh: Duration,
}

impl Lifetimes {
    /// When a family that begins then ends at the latest.
    pub(super) fn family_end(self, begins: Time, consumer: &consumers::Row) -> Time {
        (begins + self.refresh.saturating_mul(FAMILY_LIVES)).min(consumer.expires_at)
    }

    /// How long a superseded refresh token is remembered, so that one more use of it is noticed: whoever
    /// has another one of its family comes back within the life of an access token.
    pub(super) const fn remembered(self) -> Duration {
        self.access.saturating_mul(2)
    }
}

impl Engine {
    /// What the organisation's policies say of issued tokens.
    pub(super) async fn token_lifetimes(
        &self,
        organisation: OrganisationId,
    ) -> Result<Lifetimes, StoreError> {
        let policies = self.policies(organisation).await?;
        let lifetime = |kind| policies.of(kind).policy.lifetime();
        Ok(Lifetimes { access: lifetime(Kind::AccessToken), refresh: lifetime(Kind::RefreshToken) })
    }
}
