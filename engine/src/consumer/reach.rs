//! What a consumer reaches: databases and containers of its scope, and their tokens.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chain::Time;
use futures::future::join_all;
use thiserror::Error;

use super::Consumer;
use super::kept::Asked;
use crate::access::look::status;
use crate::engine::Engine;
use crate::gathered::share;
use crate::lend::{LendError, Lent};
use crate::provider::Profile;
use crate::store::databases::Row as DatabaseRow;
use crate::store::reach::{self, Found, Reached};
use crate::store::{StoreError, chains, consumers, containers, registrations};
use crate::view::ContainerStatus;

/// What a token should have left unless the program says otherwise.
const USUAL_MINIMUM: Duration = Duration::from_secs(60);
/// The longest that a program may wait for a token.
pub const LONGEST_WAIT: Duration = Duration::from_secs(35);

/// A database that a consumer reaches, with its containers.
#[derive(Clone, Debug)]
pub struct DatabaseState {
    /// Its address part.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its containers, by alias.
    pub containers: Vec<ContainerState>,
}

/// A container that a consumer reaches.
#[derive(Clone, Debug)]
pub struct ContainerState {
    /// Its name within the database.
    pub alias: String,
    /// The provider, such as `exact`.
    pub provider: String,
    /// Where its chain stands.
    pub status: ContainerStatus,
    /// The next automatic step, as a word.
    pub next_step: Option<(&'static str, Time)>,
}

/// A container that a key reaches, with what it points at.
pub(crate) struct Place {
    pub container: containers::Row,
    pub registration: registrations::Row,
    pub chain: Option<Arc<chains::Row>>,
    /// What the registration says of its provider, where it is understood.
    pub profile: Option<Profile>,
    /// How long an access token lives there.
    pub life: Option<Duration>,
}

/// What a key sees under the names of a database and a container.
#[derive(Clone)]
pub(crate) struct Seen {
    in_scope: bool,
    place: Option<Arc<Place>>,
}

/// A consumer, and what it asks for.
pub(crate) type Question = (Arc<consumers::Row>, Asked);

/// Why a consumer does not reach something.
#[derive(Debug, Error)]
pub enum ReachError {
    /// The organisation has no such database, or the database no such container.
    #[error("there is no such database or container")]
    NotFound,
    /// The database is there, and the key is not for it.
    #[error("the key does not reach this database")]
    OutOfScope,
    /// The store refused.
    #[error("could not read what was asked for")]
    Store(#[from] StoreError),
}

/// Why a consumer got no token.
#[derive(Debug, Error)]
pub enum BorrowError {
    /// It does not reach the container.
    #[error(transparent)]
    Reach(#[from] ReachError),
    /// No token ever has as much left as it wants.
    #[error("a token lives for {} seconds", most.as_secs())]
    MinimumBeyondLife {
        /// The life of a token.
        most: Duration,
    },
    /// It wants to wait for too long.
    #[error("a wait is at most {} seconds", LONGEST_WAIT.as_secs())]
    WaitTooLong,
    /// There is none to lend at present.
    #[error(transparent)]
    Lend(#[from] LendError),
}

impl Consumer {
    /// Every database that the key reaches.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn databases(&self) -> Result<Vec<DatabaseState>, StoreError> {
        let mut reached = reach::databases(&self.engine.inner.db, &self.row).await?;
        reached.retain(|found| self.may_reach(&found.database.slug));
        Ok(self.states(reached))
    }

    /// The database with this slug.
    ///
    /// # Errors
    /// See [`ReachError`].
    pub async fn database(&self, slug: &str) -> Result<DatabaseState, ReachError> {
        let reached = reach::database(&self.engine.inner.db, &self.row, slug).await?;
        let first = reached.first().ok_or(ReachError::NotFound)?;
        if !first.in_scope || !self.may_reach(slug) {
            return Err(ReachError::OutOfScope);
        }
        self.states(reached).pop().ok_or(ReachError::NotFound)
    }

    /// The container with this alias.
    ///
    /// # Errors
    /// See [`ReachError`].
    pub async fn container(&self, database: &str, alias: &str) -> Result<ContainerState, ReachError> {
        let place = self.reach(database, alias).await?;
        Ok(self.state(place.container.alias.clone(), &place.registration, place.chain.as_deref()))
    }

    /// Lends the container's access token, renewed first where less than `minimum` is left of it and
    /// the provider allows a refresh; waits for the renewal at most `wait`.
    ///
    /// Without a minimum it is a minute, or the whole life of tokens that live for less.
    ///
    /// # Errors
    /// See [`BorrowError`].
    pub async fn lend(
        &self,
        database: &str,
        alias: &str,
        minimum: Option<Duration>,
        wait: Duration,
    ) -> Result<Lent, BorrowError> {
        if wait > LONGEST_WAIT {
            return Err(BorrowError::WaitTooLong);
        }
        let place = self.reach(database, alias).await?;
        let minimum = match (minimum, place.life) {
            (Some(minimum), Some(most)) if minimum > most => {
                return Err(BorrowError::MinimumBeyondLife { most });
            }
            (Some(minimum), _) => minimum,
            (None, life) => life.map_or(USUAL_MINIMUM, |life| life.min(USUAL_MINIMUM)),
        };
        Ok(self.engine.lend_from(&place.container, place.chain.as_ref(), minimum, wait).await?)
    }

    /// The container under these names, where the key reaches it.
    pub(crate) async fn reach(&self, database: &str, alias: &str) -> Result<Arc<Place>, ReachError> {
        let kept = &self.engine.inner.kept;
        let asked = (self.row.id, database.to_owned(), alias.to_owned());
        if let Some(place) = kept.place(&asked, &self.engine) {
            return if self.may_reach(database) { Ok(place) } else { Err(ReachError::OutOfScope) };
        }
        let begun = kept.begin(&self.engine);
        let seen = self.look(asked.clone()).await?.ok_or(ReachError::NotFound)?;
        if !seen.in_scope || !self.may_reach(database) {
            return Err(ReachError::OutOfScope);
        }
        let place = seen.place.ok_or(ReachError::NotFound)?;
        kept.keep_place(asked, &place, begun);
        Ok(place)
    }

    /// What there is under these names. Whoever asks for the same at the same moment shares one query.
    async fn look(&self, asked: Asked) -> Result<Option<Seen>, StoreError> {
        let question = (Arc::clone(&self.row), asked);
        self.engine.ask_together(|inner| &inner.places, question, Engine::look_at).await?
    }

    /// Whether its token is for this database; its key may be for fewer.
    fn may_reach(&self, slug: &str) -> bool {
        self.only.as_ref().is_none_or(|scope| scope.holds(slug))
    }

    /// Rows of one query, sorted by database.
    fn states(&self, reached: Vec<Reached>) -> Vec<DatabaseState> {
        let mut states: Vec<DatabaseState> = Vec::new();
        for Reached { database, container, in_scope: _ } in reached {
            if states.last().is_none_or(|last| last.slug != database.slug) {
                let DatabaseRow { slug, name, .. } = database;
                states.push(DatabaseState { slug, name, containers: Vec::new() });
            }
            if let (Some(state), Some(found)) = (states.last_mut(), container) {
                state.containers.push(self.state(
                    found.container.alias,
                    &found.registration,
                    found.chain.as_ref(),
                ));
            }
        }
        states
    }

    fn state(
        &self,
        alias: String,
        registration: &registrations::Row,
        chain: Option<&chains::Row>,
    ) -> ContainerState {
        let now = self.engine.now();
        ContainerState {
            alias,
            provider: registration.provider.clone(),
            next_step: chain.and_then(|row| row.wake).map(|(at, why)| (chains::step_word(why), at)),
            status: status(chain, registration, now),
        }
    }
}

impl Engine {
    async fn look_at(self, questions: Vec<Question>) -> Vec<Result<Option<Seen>, StoreError>> {
        let (db, now) = (&self.inner.db, self.now());
        let distinct: HashMap<&Asked, _> = questions.iter().map(|(row, asked)| (asked, row)).collect();
        let looking = distinct.into_iter().map(async |(asked, consumer)| {
            let (_, database, alias) = asked;
            let reached = reach::container(db, consumer, database, alias).await;
            let seen = reached.map(|reached| reached.map(|reached| Seen::of(reached, now)));
            (asked.clone(), seen.map_err(Arc::new))
        });
        let found = join_all(looking).await.into_iter().collect();
        let asked: Vec<Asked> = questions.into_iter().map(|(_, asked)| asked).collect();
        share(&asked, &found)
    }
}

impl Seen {
    fn of(reached: Reached, now: Time) -> Self {
        let place = reached.container.map(|found| Arc::new(Place::of(found, now)));
        Self { in_scope: reached.in_scope, place }
    }
}

impl Place {
    pub(crate) fn of(found: Found, now: Time) -> Self {
        // Settings that are not understood keep nobody from a token that still holds.
        let profile = found.registration.profile().ok();
        Self {
            life: profile.as_ref().map(|profile| profile.rules(false, now).access_lifetime),
            profile,
            container: found.container,
            registration: found.registration,
            chain: found.chain.map(Arc::new),
        }
    }
}
