//! Whose link it is: the container goes to the chain of whoever signed in.

use chain::{ChainId, ContainerId, Event, Time};

use super::GrantOutcome;
use crate::actor::Actor;
use crate::engine::Engine;
use crate::keeper::{News, TellError};
use crate::store::{StoreError, chains, containers, grants, operators, tending};
use crate::view::UpstreamUser;

impl Engine {
    /// Points the container at the chain of whoever signed in.
    pub(crate) async fn attach(
        &self,
        grant: &grants::Row,
        chain: ChainId,
    ) -> Result<GrantOutcome, TellError> {
        let db = &self.inner.db;
        let before = containers::find(db, grant.container).await?.ok_or(TellError::NotFound)?;
        let was = match before.chain {
            Some(old) => chains::find(db, old).await?.and_then(|old| old.upstream_user),
            None => None,
        };
        let Some(user) = self.activate_granted(chain).await? else {
            // Who it is shows later; a container that works is worth more than an open question.
            self.point(grant.container, chain).await?;
            grants::finish(db, grant.id, "linked").await?;
            return Ok(GrantOutcome::Renewed(None));
        };
        let chain = self.settle(chain, &user, &self.actor_of(grant).await?).await?;
        let outcome = match was {
            Some(was) if was.id != user.id => {
                containers::set_pending_chain(db, grant.container, Some(chain)).await?;
                GrantOutcome::OtherUser { was, is: user }
            }
            Some(_) | None => {
                self.point(grant.container, chain).await?;
                GrantOutcome::Renewed(Some(user))
            }
        };
        grants::finish(db, grant.id, "linked").await?;
        self.inner.watch.announce(chain);
        Ok(outcome)
    }

    /// Who began a grant.
    pub(super) async fn actor_of(&self, grant: &grants::Row) -> Result<Actor, StoreError> {
        let operator = operators::find(&self.inner.db, grant.operator).await?;
        let person = |row: operators::Row| Actor::Operator { name: row.name, from: grant.from };
        Ok(operator.map_or(Actor::System, person))
    }

    /// Points a container at a chain; what the container wishes changes when the chain wakes.
    pub(crate) async fn point(&self, container: ContainerId, chain: ChainId) -> Result<(), TellError> {
        tending::point(&self.inner.db, container, chain).await?;
        self.pointed(chain).await
    }

    /// A container points at this chain now, and that is committed.
    pub(crate) async fn pointed(&self, chain: ChainId) -> Result<(), TellError> {
        self.inner.kept.end();
        self.inner.watch.announce(chain);
        self.tell(chain, News::system(Event::Tick)).await?;
        Ok(())
    }

    pub(crate) async fn activate_granted(&self, chain: ChainId) -> Result<Option<UpstreamUser>, TellError> {
        let generation = chains::find(&self.inner.db, chain)
            .await?
            .and_then(|row| row.chain.held().map(|held| held.generation))
            .ok_or(TellError::NotFound)?;
        let user = self.probe(chain).await?;
        let event = match user {
            Some(_) => Event::Activated { generation },
            None => Event::ActivationFailed { generation },
        };
        self.tell(chain, News::system(event)).await?;
        Ok(user)
    }

    /// Attaches what a process that is gone had exchanged and not attached.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn attach_left(&self, begun_before: Time) -> Result<usize, StoreError> {
        let mut attached = 0;
        for grant in tending::unattached(&self.inner.db, begun_before, 100).await? {
            let chain = grant.chain;
            let home = match grant.recovers {
                Some((target, run)) => self.mend(&grant, target, run).await.map(|_| ()),
                None => self.attach(&grant, chain).await.map(|_| ()),
            };
            match home {
                Ok(()) => attached += 1,
                // The code was never exchanged, or refused.
                Err(TellError::NotFound) => grants::finish(&self.inner.db, grant.id, "failed").await?,
                Err(error) => {
                    tracing::error!(%chain, error = crate::report(&error), "a grant could not be attached");
                }
            }
        }
        Ok(attached)
    }
}
