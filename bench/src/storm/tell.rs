//! What the storm is told as.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use engine::lend::LendError;

use super::sample::Samples;
use super::{
    BREAKS, GOOD, LATE_ANSWER, Lived, OUTAGE, OUTAGES, PAGE_FAULTS, ROUNDS, SEED, Storm, TIMING,
    TOKEN_FAULTS, WRONG,
};
use crate::report::{Report, quantile};

/// Chains that are named when they did not heal.
const SHOWN: usize = 8;

/// Runs by how they ended.
pub type Outcomes = BTreeMap<&'static str, usize>;

/// What was seen.
pub struct Figures {
    pub lived: Vec<Lived>,
    pub unhealed: Vec<String>,
    pub samples: Samples,
    /// Absent where chains had not healed.
    pub dead: Option<Result<u64, LendError>>,
    pub outcomes: Outcomes,
    pub took: Duration,
}

/// How the runs of all chains ended, as far as they are shown.
pub async fn outcomes(storm: &Storm) -> Result<Outcomes> {
    let operator = storm.engine.administrator().await?;
    let mut outcomes = Outcomes::new();
    for one in storm.good.iter().chain(&storm.wrong) {
        let view = operator.recovery(one.container.id).await?.context("a container is gone")?;
        for run in view.runs {
            *outcomes.entry(run.outcome.code()).or_default() += 1;
        }
    }
    Ok(outcomes)
}

/// Tells.
pub fn tell(storm: &Storm, figures: &Figures, report: &mut Report) {
    let sign_ins = |user: &str| storm.sandbox.sign_ins(user);
    let refused = storm.good.iter().map(|one| sign_ins(&one.user).wrong_passwords).sum::<u64>();
    let again = storm.wrong.iter().map(|one| sign_ins(&one.user).wrong_passwords.saturating_sub(1));
    let resent = refused + again.sum::<u64>();
    let wrong: u64 = storm.wrong.iter().map(|one| sign_ins(&one.user).wrong_passwords).sum();
    let breaks: usize = figures.lived.iter().map(|one| one.breaks).sum();
    let times: Vec<f64> = figures.lived.iter().flat_map(|one| one.healed.iter().copied()).collect();
    let counts = storm.sandbox.counts();
    let left = figures.lived.iter().filter(|one| one.left).count();
    let unhealed = figures.unhealed.len().max(left);
    let samples = &figures.samples;

    report.note(&format!(
        "{GOOD} users with a good stored sign-in, whose chains break {ROUNDS} times, and {WRONG} with a wrong password,"
    ));
    report.note("half of all at each sign-in generation; one process, SQLite, real clocks and HTTP. The good ones were");
    report.note("tested by an operator before the storm: of a password that was never accepted, an answer that is lost");
    report.note("stops auto-recovery until somebody replaces it (evg211), because a wrong one is sent once.");
    report.note(&format!(
        "Faults by chance, seed {SEED:#x}: {:.0} % of the token calls (answers lost or {} s late after the link was",
        TOKEN_FAULTS * 100.0,
        LATE_ANSWER.as_secs()
    ));
    report.note(&format!(
        "spent, gateway errors, HTML, half an answer, outages), {:.0} % of the sign-in pages and of the proofs (status",
        PAGE_FAULTS * 100.0
    ));
    report.note("500 and 503, closed, slow, captcha, unknown page, endless, foreign host, code refused, consent asked,");
    report.note(&format!(
        "another user came back), and {OUTAGES} times no connection at all for {} s. Left out: a good password refused and",
        OUTAGE.as_secs()
    ));
    report.note("an account locked, which need a person.");
    let timing: String = TIMING.split_whitespace().collect();
    report.note(&format!("timing of the app registration: {timing}"));
    report.note(&format!(
        "the storm took {:.0} s; {} token calls and {} sign-in requests, {} and {} of them with a fault",
        figures.took.as_secs_f64(),
        counts.token_calls,
        counts.sign_in_requests,
        counts.faults,
        counts.sign_in_faults
    ));
    let ended: Vec<String> = figures.outcomes.iter().map(|(code, many)| format!("{code} {many}")).collect();
    report.note(&format!("runs (20 a chain at most): {}", ended.join(", ")));
    report.note(&format!(
        "from break to token, waits for one-time periods included: p50 {:.1} s, p90 {:.1} s, p99 {:.1} s, most {:.1} s",
        quantile(&times, 0.5),
        quantile(&times, 0.9),
        quantile(&times, 0.99),
        quantile(&times, 1.0)
    ));
    report.note(&format!(
        "false_repairs: {} looks, {} while chains recovered; each reads, in one transaction, the count behind",
        samples.looks, samples.while_recovering
    ));
    report.note("Operator::repair_count, the list of repairs, the states of all chains and the runs under way. Between");
    report.note(&format!(
        "two runs a chain counts as a repair, because a person may help then; the most at once were {}.",
        samples.most
    ));
    report.note("dead_links: refused when, at the end, every good chain was renewed once without any fault.");

    report.figure_with_limit("unhealed", unhealed as f64, "", "exactly 0");
    report.figure_with_limit("wrong_password_resent", resent as f64, "", "exactly 0");
    report.figure_with_limit("code_reused", counts.codes_reused as f64, "", "exactly 0");
    report.figure_with_limit("false_repairs", samples.false_repairs as f64, "", "exactly 0");
    report.figure_with_limit("breaks", breaks as f64, "", &format!("of {BREAKS}"));
    report.figure_with_limit("healed", times.len() as f64, "", &format!("of {}", GOOD * ROUNDS));
    report.figure("wrong_passwords", wrong as f64, "");
    match &figures.dead {
        Some(Ok(dead)) => report.figure_with_limit("dead_links", *dead as f64, "", "exactly 0"),
        Some(Err(error)) => {
            report.note(&format!("a chain did not lend at the end: {}", engine::report(error)))
        }
        None => report.note(&format!("not healed: {}", first(&figures.unhealed))),
    }
}

/// A few of many.
fn first(many: &[String]) -> String {
    many.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ")
}
