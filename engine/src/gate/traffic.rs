//! The traffic guard: keeps a provider's limits, so that it never has to.
//!
//! Calls are taken from the store in small portions and spent in memory, so that a request waits for no
//! commit of its own and any number of processes share one allowance. Errors are counted before they
//! happen: of a place where some are left only so many requests are under way at once.

mod calls;
mod place;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chain::{OrganisationId, Time};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::allowance::{Portion, Span};
use super::path::Target;
use crate::engine::Engine;
use crate::provider::{Limit, Limits, Profile};
use crate::random::fingerprint;
use crate::store::{self, StoreError, registrations, tending, traffic};
use calls::{Calls, Look, Want};
use place::{Place, Slot, View};

/// What keeps a request from going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeldBy {
    /// The calls of the minute are spent.
    Minute,
    /// The calls of the day are spent.
    Day,
    /// One error more at this endpoint, and the provider would block the app.
    Errors,
    /// The provider said so itself.
    Provider,
}

/// A request that may not go on yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// What keeps it.
    pub by: HeldBy,
    /// Until when.
    pub until: Time,
}

/// Whose allowance a request spends.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    organisation: OrganisationId,
    calls: String,
    errors: String,
}

impl Visit {
    pub(super) fn of(profile: &Profile, registration: &registrations::Row, user: &str, to: &Target) -> Self {
        // A path without a company is about the one that the user chose last, whichever that is.
        let company = to.company.clone().unwrap_or_else(|| format!("of {user}"));
        let calls = [profile.server.as_str(), &registration.client_id, &company].join("\n");
        let errors = [calls.as_str(), user, &to.endpoint].join("\n");
        Self {
            organisation: registration.organisation,
            calls: fingerprint(&calls),
            errors: fingerprint(&errors),
        }
    }
}

/// What this process holds of every allowance.
#[derive(Default)]
pub(crate) struct Traffic {
    calls: Mutex<HashMap<String, Arc<Calls>>>,
    places: Mutex<HashMap<String, Arc<Place>>>,
}

/// Entries kept of each kind before those of past spans are cleared away.
const MANY: usize = 10_000;
/// What other processes counted is read this often.
const READ_AGAIN: Duration = Duration::from_secs(10);
/// How long a request waits for another one's answer, where both could be one error too many.
const SLOT_WAIT: Duration = Duration::from_secs(20);
/// What a provider's refusal holds when it does not say how long.
const REFUSED: Duration = Duration::from_secs(60);

/// Leave to send one request.
pub(super) struct Permit {
    visit: Visit,
    calls: Option<Arc<Calls>>,
    slot: Option<Slot>,
    told: bool,
}

impl Engine {
    /// Leave to send one request now.
    pub(super) async fn admit(
        &self,
        limits: &Limits,
        visit: &Visit,
    ) -> Result<Result<Permit, Held>, StoreError> {
        let slot = match limits.errors_an_hour {
            Some(limit) => match self.slot(limit, visit).await? {
                Ok(slot) => Some(slot),
                Err(held) => return Ok(Err(held)),
            },
            None => None,
        };
        let counted = limits.a_minute.is_some() || limits.a_day.is_some();
        let calls = counted.then(|| self.inner.traffic.calls(&visit.calls, self.now()));
        if let Some(calls) = &calls
            && let Err(held) = self.spend(calls, limits, visit).await?
        {
            return Ok(Err(held));
        }
        Ok(Ok(Permit { visit: visit.clone(), calls, slot, told: limits.told }))
    }

    /// Hears how a request ended for which there was leave; its errors are written before this returns,
    /// also when nobody waits for it any more.
    pub(super) async fn came_back(&self, permit: Permit, status: StatusCode, headers: &HeaderMap) {
        let now = self.now();
        let block = permit.calls.as_ref().and_then(|calls| calls.hear(permit.told, status, headers, now));
        let erred = matches!(status.as_u16(), 400 | 401 | 403 | 404);
        let slot = permit.slot.filter(|_| erred);
        if slot.is_none() && block.is_none() {
            return;
        }
        let (engine, visit) = (self.clone(), permit.visit);
        let write = async move {
            if let Some(until) = block {
                let db = &engine.inner.db;
                note(traffic::block(db, visit.organisation, &visit.calls, until).await);
            }
            if let Some(slot) = slot {
                let counted = engine.count_error(&visit, now).await;
                slot.erred(counted.as_ref().ok().copied(), now);
                note(counted);
            }
        };
        // The task's own end says nothing that its log does not say.
        let _written = self.inner.tasks.spawn(write).await;
    }

    /// Gives the calls back that were taken from the store and not spent: the next process has them.
    pub(crate) async fn give_back(&self) -> Result<(), StoreError> {
        for (subject, calls) in self.inner.traffic.all_calls() {
            for (span, starts_at, left) in calls.empty(self.now()) {
                traffic::give_back(&self.inner.db, &subject, span.as_str(), starts_at, left).await?;
            }
        }
        Ok(())
    }

    async fn spend(
        &self,
        calls: &Arc<Calls>,
        limits: &Limits,
        visit: &Visit,
    ) -> Result<Result<(), Held>, StoreError> {
        let mut door = None;
        loop {
            match calls.look(limits, self.now()) {
                Look::Spent => return Ok(Ok(())),
                Look::Held(held) => return Ok(Err(held)),
                // Whoever was at the door before may have brought enough for all.
                Look::Fetch(_) if door.is_none() => door = Some(calls.door.lock().await),
                Look::Fetch(wants) => {
                    let (engine, calls, visit) = (self.clone(), Arc::clone(calls), visit.clone());
                    // What was taken goes into the purse, whoever hangs up meanwhile.
                    let fetched =
                        self.inner.tasks.spawn(async move { engine.fetch(&calls, &visit, wants).await });
                    let Ok(fetched) = fetched.await else {
                        return Ok(Err(Held {
                            by: HeldBy::Minute,
                            until: self.now() + Duration::from_secs(1),
                        }));
                    };
                    fetched?;
                }
            }
        }
    }

    async fn fetch(&self, calls: &Calls, visit: &Visit, wants: Vec<Want>) -> Result<(), StoreError> {
        let txn = store::begin(&self.inner.db).await?;
        let blocked = traffic::blocked(&txn, &visit.calls).await?;
        let mut portions = Vec::with_capacity(wants.len());
        for want in wants {
            let key = visit.key(&visit.calls, want.span, want.starts_at);
            let mut got = (want.calls, traffic::take(&txn, key, want.calls, want.limit).await?);
            if got.1.is_none() && want.calls > 1 {
                got = (1, traffic::take(&txn, key, 1, want.limit).await?);
            }
            let (starts_at, limit) = (want.starts_at, want.limit);
            portions.push((
                want.span,
                match got {
                    (calls, Some(by_all)) => Portion { starts_at, calls, by_all, limit },
                    (_, None) => Portion { starts_at, calls: 0, by_all: limit, limit },
                },
            ));
        }
        txn.commit().await?;
        calls.fill(portions, blocked);
        Ok(())
    }

    async fn slot(&self, limit: Limit, visit: &Visit) -> Result<Result<Slot, Held>, StoreError> {
        let place = self.inner.traffic.place(&visit.errors, self.now());
        // On SQLite nobody else counts.
        let stale = (!tending::is_single_process(&self.inner.db)).then_some(READ_AGAIN);
        let until = self.now() + SLOT_WAIT;
        loop {
            // Heard from here on, also what comes back between looking and waiting.
            let changed = place.changed.notified();
            let now = self.now();
            let held = |until| Ok(Err(Held { by: HeldBy::Errors, until }));
            match place.look(limit, stale, now) {
                View::Free(slot) => return Ok(Ok(slot)),
                View::Spent => return held(Span::Hour.end(now)),
                View::Unread => {
                    let starts_at = Span::Hour.start(now);
                    let word = Span::Hour.as_str();
                    let known = traffic::taken(&self.inner.db, &visit.errors, word, starts_at).await?;
                    place.read(known, starts_at, now);
                }
                View::Full if now >= until => return held(now + Duration::from_secs(1)),
                View::Full => tokio::select! {
                    () = changed => {}
                    () = self.inner.clock.sleep_until(until) => {}
                },
            }
        }
    }

    async fn count_error(&self, visit: &Visit, at: Time) -> Result<u32, StoreError> {
        let key = visit.key(&visit.errors, Span::Hour, Span::Hour.start(at));
        let counted = traffic::take(&self.inner.db, key, 1, u32::MAX).await?;
        Ok(counted.unwrap_or(u32::MAX))
    }
}

impl Visit {
    fn key<'a>(&self, subject: &'a str, span: Span, starts_at: Time) -> traffic::Key<'a> {
        // A span longer than it counts: clocks of several machines differ.
        let expires_at = starts_at + span.length() + span.length();
        traffic::Key { subject, span: span.as_str(), starts_at, organisation: self.organisation, expires_at }
    }
}

impl Traffic {
    fn calls(&self, subject: &str, now: Time) -> Arc<Calls> {
        let mut known = lock(&self.calls);
        if known.len() > MANY {
            known.retain(|_, calls| Arc::strong_count(calls) > 1 || calls.counts(now));
        }
        Arc::clone(known.entry(subject.to_owned()).or_default())
    }

    fn all_calls(&self) -> Vec<(String, Arc<Calls>)> {
        lock(&self.calls).iter().map(|(subject, calls)| (subject.clone(), Arc::clone(calls))).collect()
    }

    fn place(&self, subject: &str, now: Time) -> Arc<Place> {
        let mut known = lock(&self.places);
        if known.len() > MANY {
            known.retain(|_, place| Arc::strong_count(place) > 1 || place.counts(now));
        }
        Arc::clone(known.entry(subject.to_owned()).or_default())
    }
}

fn note<T>(written: Result<T, StoreError>) {
    if let Err(error) = written {
        tracing::error!(error = crate::report(&error), "the gate's traffic could not be written");
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
