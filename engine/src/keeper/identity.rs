//! Whose chain it is: the probe activates a new token and names its user; chains of one user at
//! one server under one client are one chain.

use std::time::Duration;

use chain::{ChainId, Effect, Event, Received};

use crate::actor::Actor;
use crate::alert::Notice;
use crate::engine::Engine;
use crate::keeper::tell::SYSTEM;
use crate::keeper::{Boundary, News, TellError};
use crate::store::chains::Beside;
use crate::store::{
    self, StoreError, Transaction, chains, containers, credentials, links, registrations, tending,
};
use crate::view::UpstreamUser;

/// How long the probe may take.
const PROBE_DEADLINE: Duration = Duration::from_secs(20);

impl Engine {
    /// Calls the probe with the newest access token; tells the chain how that went.
    pub(super) async fn activate(&self, chain: ChainId, generation: u32) {
        match self.probe(chain).await {
            Ok(Some(user)) => {
                self.boundary(Boundary::Activated);
                self.tell_or_log(chain, News::system(Event::Activated { generation })).await;
                if let Err(error) = self.settle(chain, &user, SYSTEM).await {
                    tracing::error!(%chain, error = crate::report(&error), "the upstream user could not be settled");
                }
            }
            Ok(None) => self.tell_or_log(chain, News::system(Event::ActivationFailed { generation })).await,
            Err(error) => {
                tracing::error!(%chain, error = crate::report(&error), "a chain could not be probed");
                self.tell_or_log(chain, News::system(Event::ActivationFailed { generation })).await;
            }
        }
    }

    /// Who the newest access token belongs to; `None` when the provider does not say.
    pub(crate) async fn probe(&self, chain: ChainId) -> Result<Option<UpstreamUser>, TellError> {
        let db = &self.inner.db;
        let Some(row) = chains::find(db, chain).await? else { return Ok(None) };
        let Some(registration) = registrations::find(db, row.registration).await? else { return Ok(None) };
        let Some(link) = links::current(db, chain).await? else { return Ok(None) };
        let Some(access) = self.open_access(row.organisation, &link).await? else { return Ok(None) };
        let profile = registration.profile()?;
        let answer = self.inner.http.read(&profile.probe, &access, PROBE_DEADLINE).await;
        Ok(answer.filter(|(status, _)| *status == 200).and_then(|(_, body)| profile.user(&body)))
    }

    /// Gives a chain its user, or joins it to the chain which that user has already.
    ///
    /// Returns the chain that goes on.
    pub(crate) async fn settle(
        &self,
        id: ChainId,
        user: &UpstreamUser,
        actor: &Actor,
    ) -> Result<ChainId, TellError> {
        let db = &self.inner.db;
        let row = chains::find(db, id).await?.ok_or(TellError::NotFound)?;
        if row.upstream_user.as_ref().is_some_and(|known| known.id == user.id) {
            return Ok(id);
        }
        let known = chains::by_identity(db, &row.authorization_server, &row.client_id, &user.id).await?;
        match known {
            Some(target) if target.chain.id != id => {
                self.join(row, target.chain.id, Event::Linked, actor).await?;
                self.inner.watch.announce(target.chain.id);
                Ok(target.chain.id)
            }
            Some(_) | None => {
                if !chains::name_user(db, &row, user).await? {
                    // Another replica settled the same user a moment ago.
                    return Box::pin(self.settle(id, user, actor)).await;
                }
                self.inner.watch.announce(id);
                Ok(id)
            }
        }
    }

    /// The newer chain's link becomes the newest link of the older chain, which goes on; the link of a
    /// grant before that of the one which is there is kept beside.
    pub(crate) async fn join(
        &self,
        from: chains::Row,
        into: ChainId,
        news: impl Fn(Received) -> Event,
        actor: &Actor,
    ) -> Result<(), TellError> {
        let Some(held) = from.chain.held().copied() else { return Ok(()) };
        for _ in 0..8 {
            let now = self.now();
            let Some(from) = chains::find(&self.inner.db, from.chain.id).await? else { return Ok(()) };
            let target = chains::find(&self.inner.db, into).await?.ok_or(TellError::NotFound)?;
            let carried = self.carried_over(from.chain.id, into).await?;
            if target.chain.held().is_some_and(|newest| newest.granted_at > held.granted_at) {
                // Brought home late: a later grant ended this link, and the newest one stays.
                let txn = store::begin(&self.inner.db).await?;
                if let Some(link) = links::current(&txn, from.chain.id).await? {
                    links::lay_beside(&txn, link.id, into, held.generation).await?;
                }
                merge(&txn, from.chain.id, into, carried.as_ref()).await?;
                txn.commit().await.map_err(StoreError::from)?;
                self.moved(from.chain.id);
                self.brought(into, carried.is_some()).await;
                return Ok(());
            }
            let rules = self.rules(&target, now).await?;
            let received = Received {
                sent_at: held.received_at,
                received_at: held.received_at,
                access_lifetime: Some(held.access_until.since(held.received_at)),
            };
            let step = target.chain.clone().step(news(received), now, &rules)?;
            let alerts: Vec<Effect> =
                step.effects.iter().filter(|effect| matches!(effect, Effect::Alert(_))).copied().collect();
            let notices = Notice::of_step(&step, now, &rules);
            let generation = step.chain.held().map_or(1, |held| held.generation);
            let step = step.chain.step(Event::Activated { generation }, now, &rules)?;
            let txn = store::begin(&self.inner.db).await?;
            let wake = step.chain.wake(now, &rules);
            let beside = Beside { owner: None, wake, last_refreshed_at: Some(held.received_at) };
            if !chains::commit(&txn, &target, &step.chain, beside).await? {
                continue;
            }
            links::supersede(&txn, into, generation, now + rules.resend.window).await?;
            if let Some(link) = links::current(&txn, from.chain.id).await? {
                links::hand_over(&txn, link.id, into, generation).await?;
            }
            merge(&txn, from.chain.id, into, carried.as_ref()).await?;
            let entry = crate::journal::joined(self, &target, &news(received), generation, actor);
            store::journal::append(&txn, &entry).await?;
            self.raise(&txn, (target.organisation, into), &notices).await?;
            txn.commit().await.map_err(StoreError::from)?;
            self.count_turn(&target, &step.chain, &news(received), actor, now);
            self.moved(from.chain.id);
            self.perform(into, alerts.iter());
            self.ring();
            self.brought(into, carried.is_some()).await;
            self.inner.due.notify_one();
            return Ok(());
        }
        Err(TellError::Contended)
    }

    /// Containers point at another chain than this one now.
    fn moved(&self, from: ChainId) {
        self.inner.tokens.forget(from);
        self.inner.kept.end();
    }

    /// Says that another chain came to this one, with its sign-in or without.
    async fn brought(&self, into: ChainId, sign_in: bool) {
        self.inner.watch.announce(into);
        if sign_in {
            self.tell_or_log(into, News::system(Event::CredentialsStored)).await;
        }
    }
}

/// What pointed at a chain points at another one from now on; the chain itself ends.
async fn merge(
    txn: &Transaction,
    from: ChainId,
    into: ChainId,
    carried: Option<&credentials::Row>,
) -> Result<(), StoreError> {
    containers::join_chains(txn, from, into).await?;
    tending::settle_pending(txn, into).await?;
    tending::follow(txn, from, into).await?;
    if let Some(carried) = carried {
        credentials::insert(txn, carried).await?;
    }
    chains::delete(txn, from).await
}
