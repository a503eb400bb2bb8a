//! Whole lives, each named by what it shows.

#[path = "support/life.rs"]
mod life;
#[path = "support/rules.rs"]
mod rules;
#[path = "support/wanted.rs"]
mod wanted;

#[path = "stories/clocks.rs"]
mod clocks;
#[path = "stories/crashes.rs"]
mod crashes;
#[path = "stories/limits.rs"]
mod limits;
#[path = "stories/recovery.rs"]
mod recovery;

use chain::{Event, Fault, RecoveryFailure, Resend, Rules};
use std::time::Duration;

use life::{Life, received};
use rules::{DAY, HOUR, MIDNIGHT, at, rules};

/// What was wanted, in this order and at these seconds, and where it ended.
fn check(life: &Life, log: &[&str], stands: &str) {
    assert_eq!((life.log(), life.stands()), (log.to_vec(), stands.to_owned()));
}

fn refused(attempt: u32, fault: Fault) -> Event {
    Event::Refused { attempt, fault }
}

fn refreshed(generation: u32, seconds: i64) -> Event {
    Event::Refreshed { generation, received: received(seconds) }
}

fn failed(attempt: u32, failure: RecoveryFailure) -> Event {
    Event::RecoveryFailed { attempt, failure }
}
