use std::sync::Mutex;

use chain::Time;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::{Held, HeldBy, REFUSED, lock};
use crate::gate::allowance::{Draw, Portion, Purse, Span};
use crate::gate::told::{Told, retry_after};
use crate::provider::Limits;

/// The calls of an app for a company.
pub(super) struct Calls {
    book: Mutex<Book>,
    /// One asks the store at a time.
    pub(super) door: tokio::sync::Mutex<()>,
}

struct Book {
    minute: Purse,
    day: Purse,
    blocked_until: Option<Time>,
}

/// What came of the wish to spend one call.
pub(super) enum Look {
    /// It is spent.
    Spent,
    /// These are to be taken from the store first.
    Fetch(Vec<Want>),
    /// Nothing may go.
    Held(Held),
}

/// Calls to be taken from the store.
pub(super) struct Want {
    pub(super) span: Span,
    pub(super) starts_at: Time,
    pub(super) calls: u32,
    pub(super) limit: u32,
}

impl Default for Calls {
    fn default() -> Self {
        let book = Book { minute: Purse::new(Span::Minute), day: Purse::new(Span::Day), blocked_until: None };
        Self { book: Mutex::new(book), door: tokio::sync::Mutex::default() }
    }
}

impl Calls {
    pub(super) fn look(&self, limits: &Limits, now: Time) -> Look {
        let mut book = lock(&self.book);
        if let Some(until) = book.blocked_until.filter(|until| *until > now) {
            return Look::Held(Held { by: HeldBy::Provider, until });
        }
        let Book { minute, day, .. } = &mut *book;
        let mut wants = Vec::new();
        let purses =
            [(&mut *minute, limits.a_minute, HeldBy::Minute), (&mut *day, limits.a_day, HeldBy::Day)];
        for (purse, limit, by) in purses {
            let Some(limit) = limit else { continue };
            match purse.look(limit, now) {
                Draw::Ready => {}
                Draw::Until(until) => return Look::Held(Held { by, until }),
                Draw::Portion(calls) => {
                    let (span, starts_at, limit) = (purse.span(), purse.starts_at(), purse.most(limit));
                    wants.push(Want { span, starts_at, calls, limit });
                }
            }
        }
        if !wants.is_empty() {
            return Look::Fetch(wants);
        }
        minute.spend();
        day.spend();
        Look::Spent
    }

    pub(super) fn fill(&self, portions: Vec<(Span, Portion)>, blocked: Option<Time>) {
        let mut book = lock(&self.book);
        book.blocked_until = book.blocked_until.max(blocked);
        for (span, portion) in portions {
            if span == Span::Day { book.day.fill(portion) } else { book.minute.fill(portion) }
        }
    }

    /// Takes out what is not spent of the present spans: each with its beginning and what is left of it.
    pub(super) fn empty(&self, now: Time) -> Vec<(Span, Time, u32)> {
        let mut book = lock(&self.book);
        let Book { minute, day, .. } = &mut *book;
        let left = [minute, day].map(|purse| (purse.empty(now), purse));
        left.into_iter()
            .filter(|(left, _)| *left > 0)
            .map(|(left, purse)| (purse.span(), purse.starts_at(), left))
            .collect()
    }

    /// Hears the head of an answer; says until when the provider lets nothing through, where it refused
    /// without saying that the minute or the day is used up.
    pub(super) fn hear(
        &self,
        told: bool,
        status: StatusCode,
        headers: &HeaderMap,
        now: Time,
    ) -> Option<Time> {
        let mut book = lock(&self.book);
        let said = if told { [Told::of_minute(headers), Told::of_day(headers)] } else { [None, None] };
        let [minute, day] = said;
        if let Some(minute) = minute {
            book.minute.hear(minute, now);
        }
        if let Some(day) = day {
            book.day.hear(day, now);
        }
        if status != StatusCode::TOO_MANY_REQUESTS {
            return None;
        }
        let used_up = said.into_iter().flatten().any(|told| told.remaining == 0 && told.reset > now);
        let wait = retry_after(headers).or((!used_up).then_some(REFUSED))?;
        let until = now + wait;
        book.blocked_until = book.blocked_until.max(Some(until));
        Some(until)
    }

    /// Whether what it holds still means something.
    pub(super) fn counts(&self, now: Time) -> bool {
        let book = lock(&self.book);
        book.blocked_until.is_some_and(|until| until > now) || book.day.starts_at() == Span::Day.start(now)
    }
}
