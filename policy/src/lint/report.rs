//! What a check came to.

use super::{Finding, Origin, Severity, Unread, Unreadable};

/// What was found, and what could not be read.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How many policies were read.
    pub policies: usize,
    /// What is missing or unsafe, by file and place.
    pub findings: Vec<Finding>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
}

/// What a check came to, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was read, and nothing was found.
    Clean,
    /// Everything was read, and something was found.
    Findings,
    /// Something could not be read.
    Unreadable,
}

impl Report {
    /// What it came to.
    pub fn outcome(&self) -> Outcome {
        match (self.unreadable.is_empty(), self.findings.is_empty()) {
            (false, _) => Outcome::Unreadable,
            (true, false) => Outcome::Findings,
            (true, true) => Outcome::Clean,
        }
    }

    /// How many findings are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.rule.severity() == severity).count()
    }

    /// Adds what another check came to.
    pub fn join(&mut self, other: Self) {
        self.policies += other.policies;
        self.findings.extend(other.findings);
        self.unreadable.extend(other.unreadable);
    }

    /// Notes a file that could not be read.
    pub fn refuse(&mut self, origin: Origin, why: Unread) {
        self.unreadable.push(Unreadable { origin, why });
    }

    /// Takes what was found in one policy, in the order in which it stands there.
    pub(super) fn take(&mut self, mut findings: Vec<Finding>) {
        findings.sort_by_key(|finding| (finding.place, finding.rule));
        self.policies += 1;
        self.findings.extend(findings);
    }
}
