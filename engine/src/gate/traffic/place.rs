use std::sync::{Arc, Mutex};
use std::time::Duration;

use chain::Time;
use tokio::sync::Notify;

use super::lock;
use crate::gate::allowance::Span;
use crate::provider::Limit;

/// Where errors are counted together: an app, a user, a company and an endpoint.
#[derive(Default)]
pub(super) struct Place {
    errors: Mutex<Errors>,
    /// Rung when a request came back.
    pub(super) changed: Notify,
}

#[derive(Default)]
struct Errors {
    /// The hour that is counted.
    starts_at: Option<Time>,
    known: u32,
    /// When what others counted was read.
    read_at: Option<Time>,
    /// Requests under way.
    out: u32,
}

/// How a place looks to a request that wants to go there.
pub(super) enum View {
    /// It may go.
    Free(Slot),
    /// What others counted has to be read first.
    Unread,
    /// So many are under way that each could be the last error; one will come back.
    Full,
    /// The errors of the hour are used up.
    Spent,
}

/// A request under way; it comes back when dropped.
pub(super) struct Slot(Arc<Place>);

impl Place {
    pub(super) fn look(self: &Arc<Self>, limit: Limit, stale: Option<Duration>, now: Time) -> View {
        let mut errors = lock(&self.errors);
        let starts_at = Some(Span::Hour.start(now));
        if errors.starts_at != starts_at {
            *errors = Errors { starts_at, out: errors.out, ..Errors::default() };
        }
        let fresh = |at: Time| stale.is_none_or(|stale| now.since(at) < stale);
        if !errors.read_at.is_some_and(fresh) {
            return View::Unread;
        }
        if errors.known >= limit.most {
            View::Spent
        } else if errors.known + errors.out >= limit.most {
            View::Full
        } else {
            errors.out += 1;
            View::Free(Slot(Arc::clone(self)))
        }
    }

    /// Notes what the store had counted of the hour that began then.
    pub(super) fn read(&self, known: u32, starts_at: Time, now: Time) {
        let mut errors = lock(&self.errors);
        if errors.starts_at == Some(starts_at) {
            errors.known = errors.known.max(known);
            errors.read_at = Some(now);
        }
    }

    pub(super) fn counts(&self, now: Time) -> bool {
        lock(&self.errors).starts_at == Some(Span::Hour.start(now))
    }
}

impl Slot {
    /// It came back as an error, which is so many of the hour in which it was counted.
    pub(super) fn erred(self, counted: Option<u32>, at: Time) {
        let mut errors = lock(&self.0.errors);
        if errors.starts_at == Some(Span::Hour.start(at)) {
            errors.known = counted.unwrap_or(errors.known.saturating_add(1)).max(errors.known);
        }
        drop(errors);
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut errors = lock(&self.0.errors);
        errors.out = errors.out.saturating_sub(1);
        drop(errors);
        self.0.changed.notify_waiters();
    }
}
