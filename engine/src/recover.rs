//! Auto-recovery: Evergrant walks the authorization code grant itself, with the stored sign-in.
//!
//! A run is asked for by the chain alone. It begins a grant of its own, as a person would, walks the
//! provider's pages to the code, and exchanges that into a chain of its own. Only when the probe
//! has named the same user does the link go to the chain that broke; see [`mend`](self::mend). What a
//! killed run leaves is a grant like any other, and is brought home as one.

mod companion;
mod dry_run;
mod mend;
mod proof;
mod run;

pub(crate) use proof::Proofs;

use chain::RecoveryFailure;

use crate::store::recovery_runs::TraceLine;

/// The stages of a run, as people are shown them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Opening = 1,
    SigningIn = 2,
    OneTimeCode = 3,
    Returning = 4,
    Exchanging = 5,
}

impl Stage {
    const fn of(step: crate::sign_in::Step) -> Self {
        use crate::sign_in::Step;
        match step {
            Step::Opening => Self::Opening,
            Step::UserName | Step::Password => Self::SigningIn,
            Step::OneTimeCode => Self::OneTimeCode,
            Step::Consent | Step::Returning => Self::Returning,
        }
    }
}

/// Something of ours failed: it is logged here, and the run ends without a verdict.
fn fell(error: &dyn std::error::Error) -> RecoveryFailure {
    tracing::error!(error = crate::report(error), "a recovery run could not go on");
    RecoveryFailure::Interrupted
}

/// A trace fit to be stored.
fn lines(trace: Vec<crate::sign_in::Trace>) -> Vec<TraceLine> {
    let line = |trace: crate::sign_in::Trace| TraceLine {
        step: step_word(trace.step).to_owned(),
        host: trace.host,
        outcome: trace.outcome.to_owned(),
        took_ms: u64::try_from(trace.took.as_millis()).unwrap_or(u64::MAX),
    };
    trace.into_iter().map(line).collect()
}

const fn step_word(step: crate::sign_in::Step) -> &'static str {
    use crate::sign_in::Step;
    match step {
        Step::Opening => "opening",
        Step::UserName => "user_name",
        Step::Password => "password",
        Step::OneTimeCode => "one_time_code",
        Step::Consent => "consent",
        Step::Returning => "returning",
    }
}
