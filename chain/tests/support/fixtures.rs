//! One chain for each thing that can be said of one. Its newest link is g3, received at 0 after a
//! request sent at -10; its newest attempt or run is #7; no credentials are stored.

use chain::{
    Activation, Calls, Chain, ChainId, Credentials, Doubt, Effort, Fault, Held, Phase, RecoveryFailure, State,
};

use crate::rules::{DAY, MIDNIGHT, at};

pub fn unlinked() -> Chain {
    Chain { attempts: 7, ..Chain::unlinked(ChainId(0)) }
}

pub fn live() -> Chain {
    chain(State::Live(held()))
}

/// Its access token was not used yet.
pub fn fresh() -> Chain {
    unused(live())
}

/// The token calls of the day are used up.
pub fn used_up() -> Chain {
    no_calls_left(live())
}

pub fn intended() -> Chain {
    spending(Phase::Intended, Effort::default())
}

pub fn intended_used_up() -> Chain {
    no_calls_left(intended())
}

pub fn sent() -> Chain {
    spending(Phase::Sent, Effort::default())
}

/// After four failures in a row.
pub fn sent_5th() -> Chain {
    spending(Phase::Sent, Effort { tries: 4, doubt: None })
}

/// About to be sent a second time.
pub fn intended_again() -> Chain {
    spending(Phase::Intended, doubtful(0, 0))
}

/// About to be sent a third time.
pub fn intended_third() -> Chain {
    spending(Phase::Intended, doubtful(0, 1))
}

/// Sent a second time.
pub fn sent_again() -> Chain {
    spending(Phase::Sent, doubtful(0, 1))
}

/// Sent as often as is allowed.
pub fn sent_enough() -> Chain {
    spending(Phase::Sent, doubtful(0, 2))
}

/// Sent once.
pub fn doubted() -> Chain {
    in_doubt(0)
}

/// Sent twice.
pub fn doubted_again() -> Chain {
    in_doubt(1)
}

/// Sent as often as is allowed.
pub fn doubted_enough() -> Chain {
    in_doubt(2)
}

/// Its refresh token ends at the moment at which it might be sent again.
pub fn doubted_expiring() -> Chain {
    let doubt = Doubt { since: at(700), resends: 0 };
    let held = Held { refresh_until: at(730), ..held() };
    chain(State::InDoubt { held, attempt: 7, doubt, next: at(730) })
}

pub fn doubted_used_up() -> Chain {
    no_calls_left(doubted())
}

pub fn waiting() -> Chain {
    waiting_for(Fault::Outage, Effort { tries: 1, doubt: None })
}

/// Until its refresh token ends.
pub fn waiting_too_long() -> Chain {
    let effort = Effort { tries: 1, doubt: None };
    chain(State::Waiting { held: held(), until: at(30 * DAY), cause: Fault::Outage, effort })
}

pub fn waiting_unreachable() -> Chain {
    waiting_for(Fault::Unreachable, Effort { tries: 1, doubt: None })
}

pub fn waiting_client() -> Chain {
    waiting_for(Fault::ClientRefused, Effort { tries: 1, doubt: None })
}

pub fn waiting_early() -> Chain {
    waiting_for(Fault::TooEarly, Effort { tries: 1, doubt: None })
}

pub fn waiting_limit() -> Chain {
    no_calls_left(waiting_for(Fault::DailyLimit, Effort { tries: 1, doubt: None }))
}

/// Sent twice, once without an answer.
pub fn waiting_doubt() -> Chain {
    waiting_for(Fault::Outage, doubtful(1, 1))
}

/// Sent as often as is allowed, once without an answer.
pub fn waiting_enough() -> Chain {
    waiting_for(Fault::Outage, doubtful(1, 2))
}

pub fn recovering() -> Chain {
    let fault = Fault::OldRefreshTokenUsed;
    let state = State::Recovering { held: Some(held()), fault, since: at(700), attempt: 7 };
    Chain { credentials: stored(1, None), ..chain(state) }
}

/// Other credentials were stored while the run went on.
pub fn recovering_replaced() -> Chain {
    let Chain { credentials: Credentials::Stored { runs, not_before, .. }, .. } = recovering() else {
        unreachable!("recovering needs credentials")
    };
    Chain { credentials: Credentials::Stored { runs, not_before, since: 7 }, ..recovering() }
}

pub fn broken() -> Chain {
    chain(State::Broken { held: Some(held()), fault: Fault::OldRefreshTokenUsed, since: at(700) })
}

/// It never held a link.
pub fn broken_nothing() -> Chain {
    chain(State::Broken { held: None, fault: Fault::OldRefreshTokenUsed, since: at(700) })
}

/// A run failed at 700.
pub fn broken_cooling() -> Chain {
    Chain { credentials: stored(1, Some(4_300)), ..broken() }
}

/// The runs of the day are used up.
pub fn broken_runs_out() -> Chain {
    Chain { credentials: stored(3, None), ..broken() }
}

/// The runs of the day are used up, and the cool-down of the last one ends tomorrow.
pub fn broken_runs_out_cooling() -> Chain {
    Chain { credentials: stored(3, Some(MIDNIGHT + 100)), ..broken() }
}

/// The same, but the clock was set back over midnight: the runs are those of tomorrow.
pub fn broken_runs_out_tomorrow() -> Chain {
    let runs = Calls { day: at(MIDNIGHT).day(), used: 3 };
    let credentials = Credentials::Stored { runs, not_before: Some(at(MIDNIGHT + 100)), since: 0 };
    Chain { credentials, ..broken() }
}

pub fn broken_blocked() -> Chain {
    Chain { credentials: Credentials::Blocked(RecoveryFailure::WrongPassword), ..broken() }
}

pub fn sent_fresh() -> Chain {
    unused(sent())
}

pub fn doubted_fresh() -> Chain {
    unused(doubted())
}

pub fn waiting_fresh() -> Chain {
    unused(waiting())
}

pub fn recovering_fresh() -> Chain {
    unused(recovering())
}

pub fn broken_fresh() -> Chain {
    unused(broken())
}

/// The same chain with credentials that were not used yet.
pub fn guarded(chain: Chain) -> Chain {
    Chain { credentials: stored(0, None), ..chain }
}

pub fn live_guarded() -> Chain {
    guarded(live())
}

pub fn sent_guarded() -> Chain {
    guarded(sent())
}

pub fn doubted_guarded() -> Chain {
    guarded(doubted_enough())
}

pub fn waiting_guarded() -> Chain {
    guarded(waiting())
}

/// The same chain while its access token was not used yet.
fn unused(mut chain: Chain) -> Chain {
    let now_unused = Held { activation: Activation::Pending { tries: 2, next: at(720) }, ..held() };
    match &mut chain.state {
        State::Unlinked => {}
        State::Live(held)
        | State::Spending { held, .. }
        | State::InDoubt { held, .. }
        | State::Waiting { held, .. } => *held = now_unused,
        State::Recovering { held, .. } | State::Broken { held, .. } => *held = Some(now_unused),
    }
    chain
}

fn chain(state: State) -> Chain {
    Chain { state, attempts: 7, calls: calls(5), ..Chain::unlinked(ChainId(0)) }
}

fn no_calls_left(chain: Chain) -> Chain {
    Chain { calls: calls(200), ..chain }
}

fn spending(phase: Phase, effort: Effort) -> Chain {
    chain(State::Spending { held: held(), attempt: 7, since: at(600), deadline: at(750), phase, effort })
}

fn in_doubt(resends: u32) -> Chain {
    let doubt = Doubt { since: at(700), resends };
    chain(State::InDoubt { held: held(), attempt: 7, doubt, next: at(730) })
}

fn waiting_for(cause: Fault, effort: Effort) -> Chain {
    chain(State::Waiting { held: held(), until: at(900), cause, effort })
}

fn doubtful(tries: u32, resends: u32) -> Effort {
    Effort { tries, doubt: Some(Doubt { since: at(650), resends }) }
}

fn stored(runs: u32, not_before: Option<i64>) -> Credentials {
    Credentials::Stored { runs: calls(runs), not_before: not_before.map(at), since: 0 }
}

fn calls(used: u32) -> Calls {
    Calls { day: at(0).day(), used }
}

fn held() -> Held {
    Held {
        generation: 3,
        granted_at: at(-DAY),
        received_at: at(0),
        access_until: at(590),
        refresh_until: at(30 * DAY),
        activation: Activation::Done,
    }
}
