//! The broker: lends access tokens, and causes one refresh for any number of askers.

mod tokens;

pub(crate) use tokens::Tokens;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use chain::{ChainId, ContainerId, Event, Fault, State, Time};
use thiserror::Error;

use crate::engine::Engine;
use crate::figures::{Figure, LendAnswer};
use crate::gathered::{read, share};
use crate::guard::GuardError;
use crate::guard::secret::AccessToken;
use crate::keeper::{News, TellError};
use crate::store::{StoreError, chains, containers, links, tending};

/// An access token, lent.
pub struct Lent {
    /// The token.
    pub access_token: Arc<AccessToken>,
    /// When it ends.
    pub until: Time,
    /// The number of its link.
    pub generation: u32,
}

/// Why a token was not lent.
#[derive(Debug, Error)]
pub enum LendError {
    /// Ask again after `retry_after`; nothing is wrong.
    #[error("the token is being renewed")]
    Renewing {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The link is intact, but the provider makes it wait.
    #[error("the provider makes the chain wait")]
    Waiting {
        /// Why.
        fault: Fault,
        /// How long to wait.
        retry_after: Duration,
    },
    /// An operator must sign in.
    #[error("the chain is broken")]
    Broken {
        /// Why.
        fault: Fault,
    },
    /// The container was never authorized.
    #[error("the container was never authorized")]
    Unlinked,
    /// No such container.
    #[error("no such container")]
    NotFound,
    /// The store refused.
    #[error("could not read the chain")]
    Store(#[from] StoreError),
    /// The chain could not be told.
    #[error("could not ask for a token")]
    Tell(#[from] TellError),
    /// The token could not be taken out of its seal.
    #[error("could not open the token's seal")]
    Guard(#[from] GuardError),
}

/// One door a chain: of all who ask at the same moment one tells the chain, the others see it told.
#[derive(Default)]
pub(crate) struct Doors {
    doors: Mutex<HashMap<ChainId, Weak<tokio::sync::Mutex<()>>>>,
}

/// Doors kept before those that nobody stands at are cleared away.
const MANY_DOORS: usize = 1_024;
/// How soon a caller who waits looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// The same where no other process can change anything.
const LOOK_AGAIN_ALONE: Duration = Duration::from_secs(60);
/// How often a chain may move on while its token is looked for.
const MOST_MOVES: u32 = 16;
/// What a caller is told to wait while a refresh is under way.
const RENEWING: Duration = Duration::from_secs(2);

impl Doors {
    fn of(&self, chain: ChainId) -> Arc<tokio::sync::Mutex<()>> {
        let mut doors = self.doors.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if doors.len() > MANY_DOORS {
            doors.retain(|_, door| door.strong_count() > 0);
        }
        let door = doors.get(&chain).and_then(Weak::upgrade).unwrap_or_default();
        doors.insert(chain, Arc::downgrade(&door));
        door
    }
}

impl Engine {
    /// Lends the container's access token, renewed first where less than `minimum` is left of it
    /// and the provider allows a refresh; waits for the renewal at most `wait`.
    ///
    /// Where the provider forbids a refresh for now, the token is lent with what it has left.
    ///
    /// # Errors
    /// See [`LendError`].
    pub async fn lend(
        &self,
        container: ContainerId,
        minimum: Duration,
        wait: Duration,
    ) -> Result<Lent, LendError> {
        let row = containers::find(&self.inner.db, container).await?.ok_or(LendError::NotFound)?;
        let chain = match row.chain {
            Some(chain) => Some(self.chain_row(chain).await?),
            None => None,
        };
        self.lend_from(&row, chain.as_ref(), minimum, wait).await
    }

    /// The same for a container that was read already, with its chain.
    pub(crate) async fn lend_from(
        &self,
        container: &containers::Row,
        chain: Option<&Arc<chains::Row>>,
        minimum: Duration,
        wait: Duration,
    ) -> Result<Lent, LendError> {
        self.note_use(container).await;
        let stopwatch = self.inner.clock.stopwatch();
        let lent = match chain {
            Some(chain) => self.lend_of(chain, minimum, wait).await,
            None => Err(LendError::Unlinked),
        };
        let answer = LendAnswer::of(&lent);
        self.count_timed(container.organisation, Figure::Lend(answer), stopwatch.elapsed());
        lent
    }

    async fn lend_of(
        &self,
        row: &Arc<chains::Row>,
        minimum: Duration,
        wait: Duration,
    ) -> Result<Lent, LendError> {
        let id = row.chain.id;
        let until = self.now() + wait;
        let (mut heard, mut moves) = (None, 0);
        let mut row = self.ask(Arc::clone(row), minimum).await?;
        loop {
            let now = self.now();
            let renewing = matches!(row.chain.state, State::Spending { .. } | State::Recovering { .. });
            let left = row.chain.lends(now);
            // While it is renewed, whoever can wait gets the new one.
            if let Some(left) = left
                && (!renewing || left >= minimum || now >= until)
            {
                if let Some(lent) = self.hand_out(&row).await? {
                    return Ok(lent);
                }
                // The chain moved on while its token was looked for.
                moves += 1;
                if moves > MOST_MOVES {
                    return Err(LendError::Renewing { retry_after: RENEWING });
                }
            } else if !renewing || now >= until {
                return Err(refusal(&row, now));
            } else {
                // Nothing was heard before the first time: what changed until then is read now.
                let look_again = until.min(self.look_again());
                if let Some(heard) = heard {
                    tokio::select! {
                        () = heard => {}
                        () = self.inner.clock.sleep_until(look_again) => {}
                    }
                }
            }
            // What changes from here on is heard, and what changed before is read.
            heard = Some(self.inner.watch.bell(id).notified_owned());
            row = self.ask(self.chain_row(id).await?, minimum).await?;
        }
    }

    /// When to look again without having heard of a change: another replica may have made it.
    fn look_again(&self) -> Time {
        let alone = tending::is_single_process(&self.inner.db);
        self.now() + if alone { LOOK_AGAIN_ALONE } else { LOOK_AGAIN }
    }

    /// The chain as it is now. Whoever asks at the same moment shares one query.
    async fn chain_row(&self, chain: ChainId) -> Result<Arc<chains::Row>, LendError> {
        let found = self.ask_together(|inner| &inner.chains, chain, Self::chain_rows).await?;
        found?.ok_or(LendError::Unlinked)
    }

    async fn chain_rows(self, asked: Vec<ChainId>) -> Vec<Result<Option<Arc<chains::Row>>, StoreError>> {
        let all = |chains| chains::find_all(&self.inner.db, chains);
        share(&asked, &read(&asked, all).await)
    }

    /// The chain, told that somebody asks, unless its token holds long enough anyway.
    async fn ask(&self, row: Arc<chains::Row>, minimum: Duration) -> Result<Arc<chains::Row>, LendError> {
        let needs_nothing = |row: &chains::Row| {
            let holds = row.chain.lends(self.now()).is_some_and(|left| left >= minimum);
            holds || !matches!(row.chain.state, State::Live(_))
        };
        if needs_nothing(&row) {
            return Ok(row);
        }
        let chain = row.chain.id;
        let door = self.inner.doors.of(chain);
        if door.try_lock().is_err() {
            // Somebody tells it. All who wait for that see it told in one query.
            drop(door.lock().await);
            let row = self.chain_row(chain).await?;
            if needs_nothing(&row) {
                return Ok(row);
            }
        }
        let _first = door.lock().await;
        let row = self.chain_row(chain).await?;
        if needs_nothing(&row) {
            return Ok(row);
        }
        self.tell(chain, News::system(Event::Asked { minimum })).await?;
        self.chain_row(chain).await
    }

    /// The chain's token; `None` where the chain has another one by now.
    async fn hand_out(&self, row: &chains::Row) -> Result<Option<Lent>, LendError> {
        if let Some(lent) = self.inner.tokens.find(row) {
            return Ok(Some(lent));
        }
        // One takes it out of its seal, the others see it taken out.
        let door = self.inner.doors.of(row.chain.id);
        let _first = door.lock().await;
        if let Some(lent) = self.inner.tokens.find(row) {
            return Ok(Some(lent));
        }
        let held = row.chain.held().ok_or(LendError::Unlinked)?;
        let link = links::current(&self.inner.db, row.chain.id).await?.ok_or(LendError::Unlinked)?;
        if link.generation > held.generation {
            return Ok(None);
        }
        let token = self.open_access(row.organisation, &link).await?;
        let token = token.ok_or(LendError::Renewing { retry_after: RENEWING })?;
        let lent =
            Lent { access_token: Arc::new(token), until: held.access_until, generation: held.generation };
        self.inner.tokens.keep(row, &lent);
        Ok(Some(lent))
    }

    /// Writes down now and then that a program took a token; a store that refuses keeps nobody from it.
    async fn note_use(&self, row: &containers::Row) {
        let now = self.now();
        if !self.inner.uses.is_due(row.id.0, row.last_used_at, now) {
            return;
        }
        if let Err(error) = containers::set_used(&self.inner.db, row.id, now).await {
            tracing::warn!(error = crate::report(&error), "the use of a container was not written down");
        }
    }
}

fn refusal(row: &chains::Row, now: Time) -> LendError {
    let soon = |until: Time| until.since(now).max(Duration::from_secs(1));
    match row.chain.state {
        State::Unlinked => LendError::Unlinked,
        State::Broken { fault, .. } => LendError::Broken { fault },
        State::Waiting { until, cause, .. } => LendError::Waiting { fault: cause, retry_after: soon(until) },
        State::InDoubt { next, .. } => {
            LendError::Waiting { fault: Fault::AnswerLost, retry_after: soon(next) }
        }
        State::Live(_) => {
            let from = row.wake.map_or(RENEWING, |(at, _)| soon(at));
            LendError::Waiting { fault: Fault::TooEarly, retry_after: from.min(Duration::from_secs(600)) }
        }
        State::Spending { .. } | State::Recovering { .. } => LendError::Renewing { retry_after: RENEWING },
    }
}
