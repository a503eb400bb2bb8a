//! What happened hour by hour, for charts.

use std::time::Duration;

use chain::{Fault, Time};

use super::{RunOutcome, StateName};
use crate::figures::{GateAnswer, IssueAnswer, LendAnswer, RepairedBy, TokenOutcome};
use crate::store::hours::{CHAINS, Cell, Sum};

/// The most hours that are shown at once: a year and a little.
pub const MOST_HOURS: u32 = 9_000;

/// One hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HourView {
    /// When it begins.
    pub hour: Time,
    /// How many chains stood where, as it was seen last within the hour; empty when nobody looked.
    pub chains: Vec<(StateName, u64)>,
    /// Tokens that programs asked for.
    pub lends: Vec<(LendAnswer, u64)>,
    /// Requests that programs sent through the gate.
    pub gate: Vec<(GateAnswer, u64)>,
    /// Pairs of short-lived tokens that programs asked for.
    pub issues: Vec<(IssueAnswer, u64)>,
    /// Token calls that ended.
    pub token_calls: Vec<(TokenOutcome, u64)>,
    /// Chains that broke.
    pub breaks: Vec<(Fault, u64)>,
    /// Chains that were mended, and how long they were broken, together.
    pub repairs: Vec<(RepairedBy, u64, Duration)>,
    /// Recovery runs that ended, and how long they took, together.
    pub runs: Vec<(RunOutcome, u64, Duration)>,
}

impl HourView {
    /// An hour in which nothing happened.
    pub const fn quiet(hour: Time) -> Self {
        Self {
            hour,
            chains: Vec::new(),
            lends: Vec::new(),
            gate: Vec::new(),
            issues: Vec::new(),
            token_calls: Vec::new(),
            breaks: Vec::new(),
            repairs: Vec::new(),
            runs: Vec::new(),
        }
    }

    /// Links that arrived by a refresh.
    pub fn refreshes(&self) -> u64 {
        amount(&self.token_calls, TokenOutcome::Refreshed)
    }

    /// Tokens that were lent.
    pub fn lent(&self) -> u64 {
        amount(&self.lends, LendAnswer::Lent)
    }

    /// Answers of the provider that programs got through the gate, those that were kept included.
    pub fn passed(&self) -> u64 {
        amount(&self.gate, GateAnswer::Passed) + amount(&self.gate, GateAnswer::Kept)
    }

    /// Pairs of short-lived tokens that programs got.
    pub fn issued(&self) -> u64 {
        amount(&self.issues, IssueAnswer::Issued) + amount(&self.issues, IssueAnswer::Rotated)
    }

    /// Authorizations that were kept, in whatever state; `None` when nobody looked.
    pub fn authorizations(&self) -> Option<u64> {
        let kept = |(state, many): &(StateName, u64)| (*state != StateName::Unlinked).then_some(*many);
        (!self.chains.is_empty()).then(|| self.chains.iter().filter_map(kept).sum())
    }

    /// Breaks of this cause; of every cause without one.
    pub fn breaks_of(&self, cause: Option<Fault>) -> u64 {
        self.breaks
            .iter()
            .filter(|(fault, _)| cause.is_none_or(|cause| cause == *fault))
            .map(|(_, many)| many)
            .sum()
    }

    /// How long the chains that were mended in this hour had been broken, on average.
    pub fn time_to_repair(&self) -> Option<Duration> {
        let many: u64 = self.repairs.iter().map(|(_, many, _)| many).sum();
        let took: Duration = self.repairs.iter().map(|(_, _, took)| *took).sum();
        u32::try_from(many).ok().filter(|many| *many > 0).map(|many| took / many)
    }

    /// Takes a sum of this hour up. A word that this version does not know is left out: a newer replica
    /// may have written it.
    pub(crate) fn take(&mut self, cell: &Cell, sum: Sum) {
        let (code, Sum { amount, took }) = (cell.code.as_ref(), sum);
        match cell.figure.as_ref() {
            CHAINS => self.chains.extend(StateName::from_word(code).map(|state| (state, amount))),
            "lend" => self.lends.extend(LendAnswer::from_word(code).map(|answer| (answer, amount))),
            "gate" => self.gate.extend(GateAnswer::from_word(code).map(|answer| (answer, amount))),
            "issue" => self.issues.extend(IssueAnswer::from_word(code).map(|answer| (answer, amount))),
            "token_call" => {
                self.token_calls.extend(TokenOutcome::from_word(code).map(|outcome| (outcome, amount)));
            }
            "break" => self.breaks.extend(Fault::from_code(code).map(|fault| (fault, amount))),
            "repair" => self.repairs.extend(RepairedBy::from_word(code).map(|by| (by, amount, took))),
            "run" => self.runs.extend(RunOutcome::from_code(code).map(|outcome| (outcome, amount, took))),
            _ => {}
        }
    }
}

fn amount<T: PartialEq>(counted: &[(T, u64)], of: T) -> u64 {
    counted.iter().filter(|(what, _)| *what == of).map(|(_, many)| many).sum()
}
