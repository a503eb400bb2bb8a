//! The figures of this process, as counters and histograms that only grow.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::Figure;
use crate::view::RunOutcome;

type Labels = [(&'static str, &'static str); 1];
type Counts = Family<Labels, Counter>;
type Times = Family<Labels, Histogram, fn() -> Histogram>;

/// The grants that a token call can be about, by their OAuth names.
const REFRESH: &str = "refresh_token";
const CODE: &str = "authorization_code";
/// Upper bounds of what a caller waits for, in seconds.
const WAITS: [f64; 15] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// Upper bounds of what a person waits for, in seconds: up to a day.
const REPAIRS: [f64; 10] = [1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3_600.0, 14_400.0, 43_200.0, 86_400.0];

/// Something that takes time and is not counted otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    /// A token call with a refresh token.
    Refresh,
    /// A token call with an authorization code.
    CodeExchange,
    /// Writing a chain's next state.
    Commit,
}

/// Counters and histograms; clones share their values.
#[derive(Clone)]
pub(super) struct Metrics {
    lends: Counts,
    gate_requests: Counts,
    issues: Counts,
    token_calls: Counts,
    breaks: Counts,
    runs: Counts,
    lend_times: Histogram,
    gate_times: Histogram,
    token_call_times: Times,
    run_times: Times,
    repair_times: Times,
    commit_times: Histogram,
}

impl Default for Metrics {
    fn default() -> Self {
        let waits: fn() -> Histogram = || Histogram::new(WAITS);
        let repairs: fn() -> Histogram = || Histogram::new(REPAIRS);
        let metrics = Self {
            lends: Counts::default(),
            gate_requests: Counts::default(),
            issues: Counts::default(),
            token_calls: Counts::default(),
            breaks: Counts::default(),
            runs: Counts::default(),
            lend_times: waits(),
            gate_times: waits(),
            token_call_times: Times::new_with_constructor(waits),
            run_times: Times::new_with_constructor(repairs),
            repair_times: Times::new_with_constructor(repairs),
            commit_times: waits(),
        };
        for figure in Figure::all() {
            metrics.stand_at_zero(figure);
        }
        drop(metrics.run_times.get_or_create(&[("outcome", RunOutcome::Recovered.code())]));
        for grant in [REFRESH, CODE] {
            drop(metrics.token_call_times.get_or_create(&[("grant", grant)]));
        }
        metrics
    }
}

impl Metrics {
    pub(super) fn count(&self, figure: Figure, took: Option<Duration>) {
        let seconds = took.map(|took| took.as_secs_f64());
        let code = figure.code();
        match figure {
            Figure::Lend(_) => {
                self.lends.get_or_create(&[("answer", code)]).inc();
                seconds.into_iter().for_each(|seconds| self.lend_times.observe(seconds));
            }
            Figure::Gate(_) => {
                self.gate_requests.get_or_create(&[("answer", code)]).inc();
                seconds.into_iter().for_each(|seconds| self.gate_times.observe(seconds));
            }
            Figure::Issue(_) => {
                self.issues.get_or_create(&[("answer", code)]).inc();
            }
            Figure::TokenCall(_) => {
                self.token_calls.get_or_create(&[("outcome", code)]).inc();
            }
            Figure::Break(_) => {
                self.breaks.get_or_create(&[("cause", code)]).inc();
            }
            Figure::Run(_) => {
                self.runs.get_or_create(&[("outcome", code)]).inc();
                let times = self.run_times.get_or_create(&[("outcome", code)]);
                seconds.into_iter().for_each(|seconds| times.observe(seconds));
            }
            Figure::Repair(_) => {
                let times = self.repair_times.get_or_create(&[("by", code)]);
                times.observe(seconds.unwrap_or(0.0));
            }
        }
    }

    pub(super) fn took(&self, span: Span, took: Duration) {
        let seconds = took.as_secs_f64();
        match span {
            Span::Refresh => self.token_call_times.get_or_create(&[("grant", REFRESH)]).observe(seconds),
            Span::CodeExchange => self.token_call_times.get_or_create(&[("grant", CODE)]).observe(seconds),
            Span::Commit => self.commit_times.observe(seconds),
        }
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        let counts = [
            ("lends", "Tokens that programs asked for, by answer", &self.lends),
            ("gate_requests", "Requests that programs sent through the gate, by answer", &self.gate_requests),
            ("issues", "Pairs of tokens that programs asked for, by answer", &self.issues),
            ("token_calls", "Token calls that ended, by outcome", &self.token_calls),
            ("breaks", "Chains that broke, by message code", &self.breaks),
            ("recovery_runs", "Runs of auto-recovery that ended, by outcome", &self.runs),
        ];
        for (name, help, family) in counts {
            registry.register(name, help, family.clone());
        }
        let times = [
            ("token_call", "How long token calls took", &self.token_call_times),
            ("recovery_run", "How long runs of auto-recovery took", &self.run_times),
            ("repair", "How long chains were broken, by who mended them", &self.repair_times),
        ];
        for (name, help, family) in times {
            registry.register_with_unit(name, help, Unit::Seconds, family.clone());
        }
        let lends = self.lend_times.clone();
        registry.register_with_unit("lend", "How long programs waited for an answer", Unit::Seconds, lends);
        let gate = self.gate_times.clone();
        let help = "How long programs waited at the gate until an answer began";
        registry.register_with_unit("gate", help, Unit::Seconds, gate);
        let commits = self.commit_times.clone();
        let help = "How long writing a chain's next state took";
        registry.register_with_unit("commit", help, Unit::Seconds, commits);
    }

    fn stand_at_zero(&self, figure: Figure) {
        let code = figure.code();
        match figure {
            Figure::Lend(_) => drop(self.lends.get_or_create(&[("answer", code)])),
            Figure::Gate(_) => drop(self.gate_requests.get_or_create(&[("answer", code)])),
            Figure::Issue(_) => drop(self.issues.get_or_create(&[("answer", code)])),
            Figure::TokenCall(_) => drop(self.token_calls.get_or_create(&[("outcome", code)])),
            Figure::Break(_) => drop(self.breaks.get_or_create(&[("cause", code)])),
            Figure::Run(_) => drop(self.runs.get_or_create(&[("outcome", code)])),
            Figure::Repair(_) => drop(self.repair_times.get_or_create(&[("by", code)])),
        }
    }
}
