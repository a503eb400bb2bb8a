//! Figures: what happened, counted. They are kept in memory, shown to who scrapes this process, and
//! added to the sums of their hour in the store, where those of all replicas meet.

mod add_up;
mod kinds;
mod metrics;
mod steps;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chain::{OrganisationId, Time};
use prometheus_client::registry::Registry;

pub use kinds::{Figure, GateAnswer, IssueAnswer, LendAnswer, RepairedBy, TokenOutcome};
pub(crate) use metrics::Span;

use crate::engine::Engine;
use crate::store::hours::{Cell, Sum};
use metrics::Metrics;

/// What was counted since the process began, and what the store does not know yet.
#[derive(Default)]
pub(crate) struct Figures {
    metrics: Metrics,
    unwritten: Mutex<BTreeMap<Cell, Sum>>,
}

impl Figures {
    fn count(&self, cell: Cell, figure: Figure, took: Option<Duration>) {
        self.metrics.count(figure, took);
        let sum = Sum { amount: 1, took: took.unwrap_or_default() };
        self.add(cell, sum);
    }

    fn add(&self, cell: Cell, sum: Sum) {
        let mut unwritten = self.unwritten.lock().unwrap_or_else(PoisonError::into_inner);
        let known = unwritten.entry(cell).or_default();
        known.amount = known.amount.saturating_add(sum.amount);
        known.took = known.took.saturating_add(sum.took);
    }

    fn take(&self) -> BTreeMap<Cell, Sum> {
        std::mem::take(&mut *self.unwritten.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes how long something took that is not counted otherwise.
    pub(crate) fn took(&self, span: Span, took: Duration) {
        self.metrics.took(span, took);
    }
}

impl Engine {
    /// Counts something that happened to the organisation.
    pub(crate) fn count(&self, organisation: OrganisationId, figure: Figure) {
        self.inner.figures.count(self.cell(organisation, figure), figure, None);
    }

    /// Counts something that took its time.
    pub(crate) fn count_timed(&self, organisation: OrganisationId, figure: Figure, took: Duration) {
        self.inner.figures.count(self.cell(organisation, figure), figure, Some(took));
    }

    /// Adds the figures of this process to a registry, under names without a prefix.
    pub fn register_figures(&self, registry: &mut Registry) {
        self.inner.figures.metrics.register(registry);
    }

    fn cell(&self, organisation: OrganisationId, figure: Figure) -> Cell {
        let hour = hour_of(self.now());
        Cell { organisation, hour, figure: figure.name().into(), code: figure.code().into() }
    }
}

/// The beginning of the hour.
pub(crate) const fn hour_of(at: Time) -> Time {
    const HOUR: i64 = 3_600_000;
    Time::from_millis(at.millis().div_euclid(HOUR) * HOUR)
}
