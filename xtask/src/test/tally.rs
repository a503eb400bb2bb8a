//! What passed, what failed, and how long each step took.

use crate::{process, report};
use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;
use std::time::Duration;

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
}

/// The steps of one run.
#[derive(Default)]
pub struct Tally {
    steps: Vec<Step>,
    counts: Counts,
}

struct Step {
    name: &'static str,
    took: Duration,
    verdict: String,
    failed: bool,
}

impl Tally {
    /// Runs a check or a preparation; a failure is noted, and the next step still runs.
    pub fn step<T>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T>) -> Option<T> {
        let (took, result) = timed(name, work);
        match result {
            Ok(value) => {
                self.note(name, took, "ok".to_owned(), false);
                Some(value)
            }
            Err(error) => {
                report::failure(&error);
                self.note(name, took, format!("FAILED: {error:#}"), true);
                None
            }
        }
    }

    /// Runs tests and adds what they counted.
    pub fn tests(&mut self, name: &'static str, work: impl FnOnce() -> Result<Counts>) {
        let (took, result) = timed(name, work);
        match result {
            Ok(counts) => {
                self.counts.passed += counts.passed;
                self.counts.failed += counts.failed;
                let verdict = format!("{} passed, {} failed", counts.passed, counts.failed);
                self.note(name, took, verdict, counts.failed > 0);
            }
            Err(error) => {
                report::failure(&error);
                self.note(name, took, format!("FAILED: {error:#}"), true);
            }
        }
    }

    /// Notes a step that could not run; the run has failed.
    pub fn skip(&mut self, name: &'static str, why: &str) {
        self.note(name, Duration::ZERO, format!("not run: {why}"), true);
    }

    /// Prints the table and the sum; an error if anything failed.
    pub fn finish(&self, took: Duration) -> Result<()> {
        println!();
        for step in &self.steps {
            println!("{:<16}{:>14}  {}", step.name, report::seconds(step.took), step.verdict);
        }
        println!("{:<16}{:>14}", "all", report::seconds(took));
        println!("{} passed, {} failed", self.counts.passed, self.counts.failed);
        let failed: Vec<&str> = self.steps.iter().filter(|step| step.failed).map(|step| step.name).collect();
        if failed.is_empty() {
            return Ok(());
        }
        bail!("failed: {}", failed.join(", "))
    }

    fn note(&mut self, name: &'static str, took: Duration, verdict: String, failed: bool) {
        self.steps.push(Step { name, took, verdict, failed });
    }
}

fn timed<T>(name: &str, work: impl FnOnce() -> Result<T>) -> (Duration, Result<T>) {
    if process::interrupted() {
        return (Duration::ZERO, Err(anyhow!("interrupted")));
    }
    println!("== {name}");
    let start = report::now();
    let result = work();
    (start.elapsed(), result)
}

/// Sums the lines `test result: ok. 5 passed; 0 failed; …` of cargo.
pub fn of_cargo(output: &str) -> Counts {
    let mut counts = Counts::default();
    for line in output.lines().filter(|line| line.starts_with("test result: ")) {
        counts.passed += number_before(line, "passed");
        counts.failed += number_before(line, "failed");
    }
    counts
}

fn number_before(line: &str, word: &str) -> u64 {
    let words: Vec<&str> = line.split([' ', ';']).filter(|word| !word.is_empty()).collect();
    let at = words.iter().position(|found| *found == word);
    at.and_then(|at| words.get(at.checked_sub(1)?)).and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// Reads the counts of Playwright's JSON report; a test that passed only in a repetition failed.
pub fn of_playwright(report: &str) -> Result<Counts> {
    let report: Value = serde_json::from_str(report).context("could not read Playwright's report")?;
    let number = |name: &str| report.get("stats").and_then(|stats| stats.get(name)).and_then(Value::as_u64);
    Ok(Counts {
        passed: number("expected").context("Playwright's report has no stats")?,
        failed: number("unexpected").unwrap_or(0) + number("flaky").unwrap_or(0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_all_test_programs_are_summed() {
        let output = "running 3 tests\ntest result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n\
            noise 9 passed\ntest result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured\n";
        assert_eq!(of_cargo(output), Counts { passed: 7, failed: 2 });
    }

    #[test]
    fn a_flaky_browser_test_counts_as_failed() -> Result<()> {
        let counts =
            of_playwright(r#"{"stats": {"expected": 5, "unexpected": 1, "flaky": 2, "skipped": 0}}"#)?;
        assert_eq!(counts, Counts { passed: 5, failed: 3 });
        assert!(of_playwright("{}").is_err());
        Ok(())
    }

    #[test]
    fn one_failed_step_fails_the_run() {
        let mut tally = Tally::default();
        tally.step("fine", || Ok(()));
        assert!(tally.finish(Duration::ZERO).is_ok());
        tally.step("broken", || -> Result<()> { bail!("no") });
        assert!(tally.finish(Duration::ZERO).is_err());
    }
}
