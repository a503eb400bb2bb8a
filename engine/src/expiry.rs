//! How long what is kept and issued lives: the policies that hold, and whom a changed one reaches.

mod pace;
mod purge;
mod reach;

pub use pace::{Pace, REST};
pub use purge::{PurgeError, Purged, Went};
pub(crate) use reach::reach_of;

use std::time::Duration;

use chain::OrganisationId;
use policy::{Kind, Policies};

use crate::engine::Engine;
use crate::store::{StoreError, policies};

impl Engine {
    /// Lets everything of which no policy says how long it lives, live by these defaults.
    pub fn live_by(&self, defaults: Policies) {
        *self.inner.lifetimes.write().expect("nobody panics with it") = defaults;
    }

    /// What holds for the organisation, kind by kind; every caller asks anew, in one query.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn policies(&self, organisation: OrganisationId) -> Result<Policies, StoreError> {
        policies::of(&self.inner.db, organisation, self.defaults()).await
    }

    /// How long a session lives from signing in on, used or not: a session that nobody signed in to yet
    /// belongs to no organisation, so the strictest one counts.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn session_life(&self) -> Result<Duration, StoreError> {
        let default = self.defaults().of(Kind::Session).policy.lifetime();
        policies::shortest(&self.inner.db, Kind::Session, default).await
    }

    /// What holds where no policy says anything.
    pub(crate) fn defaults(&self) -> Policies {
        self.inner.lifetimes.read().expect("nobody panics with it").clone()
    }
}
