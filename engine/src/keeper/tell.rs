//! `tell`: read the row, take the step, commit, act.

use chain::{Chain, ChainId, Effect, Event, Rules, State, Step, Time, UnexpectedEvent};
use thiserror::Error;

use crate::actor::Actor;
use crate::alert::Notice;
use crate::engine::Engine;
use crate::figures::Span;
use crate::guard::GuardError;
use crate::guard::secret::{AccessToken, RefreshToken};
use crate::journal;
use crate::store::chains::Beside;
use crate::store::{self, StoreError, answers, chains, links};

/// What happened, and the link that came with it.
pub struct News {
    /// The event.
    pub event: Event,
    /// The link that the event brings.
    pub link: Option<NewLink>,
    /// The kept answer that this news was read from; told once only.
    pub answer: Option<u128>,
    /// Who caused it.
    pub actor: Actor,
    /// Whoever tells this activates the link himself.
    pub activates: bool,
}

/// A link as it came.
pub struct NewLink {
    /// The refresh token.
    pub refresh: RefreshToken,
    /// The access token, where one came.
    pub access: Option<AccessToken>,
}

/// Why news did not reach a chain.
#[derive(Debug, Error)]
pub enum TellError {
    /// No such chain.
    #[error("no such chain")]
    NotFound,
    /// Others changed the chain again and again.
    #[error("the chain is changed by others without end")]
    Contended,
    /// The process ended first.
    #[error("the process ends")]
    Ended,
    /// A bug: news of something that never was.
    #[error(transparent)]
    Unexpected(#[from] UnexpectedEvent),
    /// The store refused.
    #[error("could not write the chain")]
    Store(#[from] StoreError),
    /// The link could not be sealed.
    #[error("could not seal the link")]
    Guard(#[from] GuardError),
}

/// Who does what nobody asked for.
pub(crate) const SYSTEM: &Actor = &Actor::System;

/// How a commit went.
enum Committed {
    /// Everything is written.
    Done,
    /// Somebody else moved the chain first.
    Lost,
    /// Somebody else told the same answer.
    KnownAlready,
}

/// Lost races before giving up; each loss means that somebody else succeeded.
const MOST_RACES: u32 = 32;

impl News {
    /// News that Evergrant itself brings.
    pub fn system(event: Event) -> Self {
        Self { event, link: None, answer: None, actor: Actor::System, activates: false }
    }

    /// News that a person caused.
    pub fn by(actor: &Actor, event: Event) -> Self {
        Self { actor: actor.clone(), ..Self::system(event) }
    }
}

impl Engine {
    /// Tells a chain what happened: the only way in which a chain moves.
    ///
    /// The returned step is committed. Its effects are under way, except [`Effect::Send`], which is
    /// for the caller who asked for it.
    ///
    /// # Errors
    /// See [`TellError`]; the chain is then as it was.
    pub async fn tell(&self, id: ChainId, news: News) -> Result<Step, TellError> {
        // Whoever asked may hang up while the commit is under way, and what is committed has effects.
        let engine = self.clone();
        let told = self.begin(async move { engine.tell_through(id, news).await });
        told.await.unwrap_or(Err(TellError::Ended))
    }

    async fn tell_through(&self, id: ChainId, news: News) -> Result<Step, TellError> {
        for _ in 0..MOST_RACES {
            let row = chains::find(&self.inner.db, id).await?.ok_or(TellError::NotFound)?;
            let now = self.now();
            let rules = self.rules(&row, now).await?;
            let step = row.chain.clone().step(news.event, now, &rules)?;
            let wake = step.chain.wake(now, &rules);
            if step.chain == row.chain && wake == row.wake && step.effects.is_empty() && news.answer.is_none()
            {
                return Ok(step);
            }
            let notices = Notice::of_step(&step, now, &rules);
            let stopwatch = self.inner.clock.stopwatch();
            let committed = self.commit(&row, &step, wake, (&news, &notices), (now, &rules)).await?;
            self.inner.figures.took(Span::Commit, stopwatch.elapsed());
            match committed {
                Committed::Done => {}
                Committed::Lost => continue,
                Committed::KnownAlready => return Ok(Step { chain: row.chain, effects: Vec::new() }),
            }
            tracing::debug!(chain = %id, event = ?news.event, "a chain moved");
            self.boundary_after(&news.event);
            self.count_call(&row, &news.event);
            self.count_turn(&row, &step.chain, &news.event, &news.actor, now);
            self.inner.tokens.forget(id);
            self.inner.watch.announce(id);
            self.inner.due.notify_one();
            if !notices.is_empty() {
                self.ring();
            }
            let activation = |effect: &Effect| matches!(effect, Effect::Activate { .. });
            let effects = step.effects.iter().filter(|effect| !(news.activates && activation(effect)));
            self.perform(id, effects);
            return Ok(step);
        }
        Err(TellError::Contended)
    }

    /// All of a step in one transaction; `false` when somebody else was faster.
    async fn commit(
        &self,
        row: &chains::Row,
        step: &Step,
        wake: Option<(Time, chain::Wake)>,
        (news, notices): (&News, &[Notice]),
        (now, rules): (Time, &Rules),
    ) -> Result<Committed, TellError> {
        let link = match &news.link {
            Some(link) => Some(self.seal_link(row, step, link, now).await?),
            None => None,
        };
        let txn = store::begin(&self.inner.db).await?;
        let beside = Beside {
            owner: leased(&step.chain).then_some(self.inner.owner.as_str()),
            wake,
            last_refreshed_at: arrival(&news.event),
        };
        if !chains::commit(&txn, row, &step.chain, beside).await? {
            return Ok(Committed::Lost);
        }
        if let Some(answer) = news.answer {
            if answers::find(&txn, answer).await?.is_none_or(|answer| answer.read_at.is_some()) {
                // Another process read the same answer and told it.
                return Ok(Committed::KnownAlready);
            }
            answers::mark_read(&txn, answer, now).await?;
        }
        if let Some(link) = link {
            // Superseded links stay sealed for the time in which a resend could matter.
            links::supersede(&txn, row.chain.id, link.generation, now + rules.resend.window).await?;
            links::insert(&txn, &link).await?;
        }
        if let Some(entry) = journal::entry(self, row, &step.chain, news, now) {
            store::journal::append(&txn, &entry).await?;
        }
        self.raise(&txn, (row.organisation, row.chain.id), notices).await?;
        if let Some(refused) = registration_news(&news.event) {
            store::registrations::set_refused(&txn, row.registration, refused.then_some(now)).await?;
        }
        txn.commit().await.map_err(StoreError::from)?;
        Ok(Committed::Done)
    }
}

/// Whether one process alone works on the chain.
const fn leased(chain: &Chain) -> bool {
    matches!(chain.state, State::Spending { .. } | State::Recovering { .. })
}

/// What an event says about client id and secret: refused, accepted, or nothing.
fn registration_news(event: &Event) -> Option<bool> {
    match event {
        Event::Refused { fault: chain::Fault::ClientRefused, .. } => Some(true),
        Event::Refreshed { .. } | Event::Linked(_) | Event::Recovered { .. } => Some(false),
        Event::Refused { .. }
        | Event::Tick
        | Event::Asked { .. }
        | Event::RefreshNow
        | Event::Adopted
        | Event::Sending { .. }
        | Event::NeverSent { .. }
        | Event::NoAnswer { .. }
        | Event::Activated { .. }
        | Event::ActivationFailed { .. }
        | Event::RecoveryFailed { .. }
        | Event::CredentialsStored
        | Event::CredentialsRemoved
        | Event::CredentialsExpired
        | Event::Restart => None,
    }
}

/// When the event brings a link: its arrival.
fn arrival(event: &Event) -> Option<Time> {
    match event {
        Event::Linked(received) | Event::Refreshed { received, .. } | Event::Recovered { received, .. } => {
            Some(received.received_at)
        }
        Event::Tick
        | Event::Asked { .. }
        | Event::RefreshNow
        | Event::Adopted
        | Event::Sending { .. }
        | Event::Refused { .. }
        | Event::NeverSent { .. }
        | Event::NoAnswer { .. }
        | Event::Activated { .. }
        | Event::ActivationFailed { .. }
        | Event::RecoveryFailed { .. }
        | Event::CredentialsStored
        | Event::CredentialsRemoved
        | Event::CredentialsExpired
        | Event::Restart => None,
    }
}
