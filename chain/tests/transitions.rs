//! The transition table: each state, each event, what the chain becomes and what is to be done.
//!
//! A line reads: a chain, seconds after its newest link came, the event, the chain after it, the
//! effects. `g3` is the link of generation 3 that all of them hold, `#7` their newest attempt or run.

#[path = "support/fixtures.rs"]
mod fixtures;
#[path = "support/rules.rs"]
mod rules;
#[path = "support/wanted.rs"]
mod wanted;
#[path = "support/words.rs"]
mod words;

#[path = "transitions/broken.rs"]
mod broken;
#[path = "transitions/live.rs"]
mod live;
#[path = "transitions/spending.rs"]
mod spending;
#[path = "transitions/waiting.rs"]
mod waiting;
#[path = "transitions/waking.rs"]
mod waking;

use std::collections::BTreeSet;
use std::time::Duration;

use chain::Event::{self, *};
use chain::Fault::{
    AnswerLost, ChainMismatch, ClientRefused, DailyLimit, GatewayFailed, OldRefreshTokenUsed, Outage,
    RefreshTokenExpired, TooEarly, Unintelligible, Unreachable,
};
use chain::RecoveryFailure::*;
use chain::{Chain, Fault, Received, RecoveryFailure, State};

use fixtures::*;
use rules::{DAY, MIDNIGHT, at, rules};

/// A grant walked at 700, and a token handed over then.
const GRANTED: &str = "live g4 granted 700 got 700 access 1290 refresh 30d+700 activate 1 at 710";
const ADOPTED: &str = "live g4 granted 700 got 130 access 130 refresh 30d+700 active";
/// A refresh answered at 700: it goes back to the older grant.
const REFRESHED: &str = "live g4 granted -1d got 700 access 1290 refresh 30d+700 activate 1 at 710";
/// The same two for a chain that held nothing.
const GRANTED_FIRST: &str = "live g1 granted 700 got 700 access 1290 refresh 30d+700 activate 1 at 710";
const ADOPTED_FIRST: &str = "live g1 granted 700 got 130 access 130 refresh 30d+700 active";

type Line = (fn() -> Chain, i64, Event, &'static str, &'static str);

/// Every line holds, and together they name every event.
fn check(lines: &[Line]) {
    let mut wrong = Vec::new();
    for (number, &(chain, seconds, event, becomes, effects)) in lines.iter().enumerate() {
        let found = take(chain(), seconds, event);
        if found != (becomes.to_owned(), effects.to_owned()) {
            wrong.push(format!(
                "line {number}, {event:?} at {seconds}:\n  {becomes} / {effects}\n  {found:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    let states: BTreeSet<_> = lines.iter().map(|line| state_number(&line.0())).collect();
    assert_eq!(states.len(), 1, "a table is about one state");
    let events: BTreeSet<_> = lines.iter().map(|line| event_number(line.2)).collect();
    assert_eq!(events, (1..=18).collect(), "a table names every event");
}

fn take(before: Chain, seconds: i64, event: Event) -> (String, String) {
    match before.clone().step(event, at(seconds), &rules()) {
        Ok(step) => (words::becomes(&before, &step.chain), wanted::effects(&step.effects)),
        Err(_) => ("unexpected".to_owned(), String::new()),
    }
}

fn asked(seconds: u64) -> Event {
    Asked { minimum: Duration::from_secs(seconds) }
}

fn linked(seconds: i64) -> Event {
    Linked(received(seconds))
}

fn sending(attempt: u32) -> Event {
    Sending { attempt }
}

fn refreshed(generation: u32, seconds: i64) -> Event {
    Refreshed { generation, received: received(seconds) }
}

fn refused(attempt: u32, fault: Fault) -> Event {
    Refused { attempt, fault }
}

fn never_sent(attempt: u32) -> Event {
    NeverSent { attempt }
}

fn no_answer(attempt: u32) -> Event {
    NoAnswer { attempt }
}

fn activated(generation: u32) -> Event {
    Activated { generation }
}

fn activation_failed(generation: u32) -> Event {
    ActivationFailed { generation }
}

fn recovered(attempt: u32, seconds: i64) -> Event {
    Recovered { attempt, received: received(seconds) }
}

fn recovery_failed(attempt: u32, failure: RecoveryFailure) -> Event {
    RecoveryFailed { attempt, failure }
}

/// An answer to a request that was sent ten seconds before.
fn received(seconds: i64) -> Received {
    Received { sent_at: at(seconds - 10), received_at: at(seconds), access_lifetime: None }
}

const fn state_number(chain: &Chain) -> u8 {
    match chain.state {
        State::Unlinked => 1,
        State::Live(_) => 2,
        State::Spending { .. } => 3,
        State::InDoubt { .. } => 4,
        State::Waiting { .. } => 5,
        State::Recovering { .. } => 6,
        State::Broken { .. } => 7,
    }
}

const fn event_number(event: Event) -> u8 {
    match event {
        Tick => 1,
        Asked { .. } => 2,
        RefreshNow => 3,
        Linked(_) => 4,
        Adopted => 5,
        Sending { .. } => 6,
        Refreshed { .. } => 7,
        Refused { .. } => 8,
        NeverSent { .. } => 9,
        NoAnswer { .. } => 10,
        Activated { .. } => 11,
        ActivationFailed { .. } => 12,
        Recovered { .. } => 13,
        RecoveryFailed { .. } => 14,
        CredentialsStored => 15,
        CredentialsRemoved => 16,
        CredentialsExpired => 17,
        Restart => 18,
    }
}
