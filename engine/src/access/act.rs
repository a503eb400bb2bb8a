use chain::{ChainId, ContainerId, Event, State, Time};
use thiserror::Error;

use super::Operator;
use crate::guard::secret::RefreshToken;
use crate::keeper::{NewLink, News, TellError};
use crate::store::{self, StoreError, chains, containers, registrations, tending};

/// What came of the wish to refresh now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshNow {
    /// It is under way.
    Started,
    /// The provider accepts it from this moment on; nothing was sent.
    TooEarly {
        /// From when on.
        from: Time,
    },
    /// The container was never authorized.
    NotLinked,
    /// The chain is broken: only a new grant helps.
    Broken,
    /// Something is under way already.
    Busy,
}

/// Why an act was not done.
#[derive(Debug, Error)]
pub enum ActError {
    /// No such container.
    #[error("no such container")]
    NotFound,
    /// The chain did not take it.
    #[error("the chain could not be told")]
    Tell(#[from] TellError),
    /// The store refused.
    #[error("could not write")]
    Store(#[from] StoreError),
}

impl Operator {
    /// Renews the access token now, where the provider's minimum interval allows it.
    ///
    /// # Errors
    /// See [`ActError`].
    pub async fn refresh_now(&self, container: ContainerId) -> Result<RefreshNow, ActError> {
        let Some(chain) = self.chain_of(container).await? else { return Ok(RefreshNow::NotLinked) };
        let step = self.engine.tell(chain, News::by(&self.actor(), Event::RefreshNow)).await?;
        let row = chains::find(&self.engine.inner.db, chain).await?.ok_or(ActError::NotFound)?;
        let rules = self.engine.rules(&row, self.engine.now()).await?;
        Ok(match &step.chain.state {
            State::Unlinked => RefreshNow::NotLinked,
            State::Spending { .. } => RefreshNow::Started,
            State::Live(held) => RefreshNow::TooEarly { from: held.received_at + rules.minimum_interval },
            State::Waiting { until, .. } => RefreshNow::TooEarly { from: *until },
            State::InDoubt { .. } | State::Recovering { .. } => RefreshNow::Busy,
            State::Broken { .. } => RefreshNow::Broken,
        })
    }

    /// Starts a chain from a refresh token that was obtained elsewhere.
    ///
    /// Whoever obtained it must not use it any more. The token is used at once, so that the page
    /// can say whether it works and whose it is.
    ///
    /// # Errors
    /// See [`ActError`].
    pub async fn adopt(&self, container: ContainerId, token: RefreshToken) -> Result<(), ActError> {
        // A token that was taken over belongs to its container, even when the caller hangs up.
        let operator = self.clone();
        let adopted = self.engine.begin(async move { operator.take_over(container, token).await });
        adopted.await.unwrap_or(Err(ActError::Tell(TellError::Ended)))
    }

    async fn take_over(&self, container: ContainerId, token: RefreshToken) -> Result<(), ActError> {
        let db = &self.engine.inner.db;
        let row = self.container_row(container).await?.ok_or(ActError::NotFound)?;
        let registration = registrations::find(db, row.registration).await?.ok_or(ActError::NotFound)?;
        let chain = self.engine.new_chain(&registration, registration.profile()?.server).await?;
        let link = Some(NewLink { refresh: token, access: None });
        self.engine.tell(chain, News { link, ..News::by(&self.actor(), Event::Adopted) }).await?;
        self.engine.point(container, chain).await?;
        self.engine.tell(chain, News::by(&self.actor(), Event::RefreshNow)).await?;
        Ok(())
    }

    /// The container goes on with the other user who signed in.
    ///
    /// # Errors
    /// See [`ActError`].
    pub async fn keep_other_user(&self, container: ContainerId) -> Result<(), ActError> {
        let row = self.container_row(container).await?.ok_or(ActError::NotFound)?;
        let pending = row.pending_chain.ok_or(ActError::NotFound)?;
        let txn = store::begin(&self.engine.inner.db).await?;
        tending::point(&txn, container, pending).await?;
        let row = containers::Row { chain: Some(pending), ..row };
        self.commit(txn, &[self.line_about(&row, "other_user_kept", None)]).await?;
        Ok(self.engine.pointed(pending).await?)
    }

    /// The container stays with its user; the other user's chain is dropped unless others use it.
    ///
    /// # Errors
    /// See [`ActError`].
    pub async fn undo_other_user(&self, container: ContainerId) -> Result<(), ActError> {
        let row = self.container_row(container).await?.ok_or(ActError::NotFound)?;
        let pending = row.pending_chain.ok_or(ActError::NotFound)?;
        let txn = store::begin(&self.engine.inner.db).await?;
        containers::set_pending_chain(&txn, container, None).await?;
        self.commit(txn, &[self.line_about(&row, "other_user_undone", None)]).await?;
        self.engine.inner.watch.announce(pending);
        Ok(())
    }

    async fn chain_of(&self, container: ContainerId) -> Result<Option<ChainId>, ActError> {
        Ok(self.container_row(container).await?.ok_or(ActError::NotFound)?.chain)
    }
}
