//! The moves that several events share: spending a link, doubting it, breaking off, linking anew.

use crate::step::{Step, stay};
use crate::{
    Activation, Alert, Chain, Credentials, Doubt, Effect, Effort, Fault, Held, Phase, Received, Rules, State,
    Time,
};

impl Held {
    /// Whether the provider's minimum interval allows sending the refresh token.
    pub fn may_send(&self, now: Time, rules: &Rules) -> bool {
        now >= self.received_at + rules.minimum_interval
    }
}

impl Doubt {
    /// Whether the profile allows sending the link once more.
    pub fn may_resend(&self, now: Time, rules: &Rules) -> bool {
        self.resends < rules.resend.tries && now < self.since + rules.resend.window
    }
}

impl Effort {
    /// Counts a resend when there is a doubt.
    pub(crate) fn sent_again(self) -> Self {
        let doubt = self.doubt.map(|doubt| Doubt { resends: doubt.resends + 1, ..doubt });
        Self { doubt, ..self }
    }

    /// Takes the resend back: it turned out that nothing left.
    pub(crate) fn unsent(self) -> Self {
        let doubt = self.doubt.map(|doubt| Doubt { resends: doubt.resends.saturating_sub(1), ..doubt });
        Self { doubt, ..self }
    }
}

/// Whether the refresh token still lives.
pub(crate) fn keeps(held: &Held, now: Time) -> bool {
    now < held.refresh_until
}

/// Leases the next attempt, unless it is too early or the calls of the day are used up.
pub(crate) fn spend(chain: Chain, held: Held, effort: Effort, now: Time, rules: &Rules) -> Step {
    if !held.may_send(now, rules) {
        let until = held.received_at + rules.minimum_interval;
        let state = State::Waiting { held, until, cause: Fault::TooEarly, effort };
        return stay(Chain { state, ..chain });
    }
    if chain.calls.on(now) >= rules.token_calls_a_day {
        let state = State::Waiting { held, until: now.next_day(), cause: Fault::DailyLimit, effort };
        return stay(Chain { state, ..chain });
    }
    let attempt = chain.attempts.saturating_add(1);
    let deadline = now + rules.lease();
    let state = State::Spending { held, attempt, since: now, deadline, phase: Phase::Intended, effort };
    Step { chain: Chain { state, attempts: attempt, ..chain }, effects: vec![Effect::Prepare { attempt }] }
}

/// Spends after a wait; a link in doubt only as often as the profile allows.
pub(crate) fn go_on(chain: Chain, held: Held, effort: Effort, now: Time, rules: &Rules) -> Step {
    match effort.doubt {
        Some(doubt) if !doubt.may_resend(now, rules) => {
            break_off(chain, Some(held), Fault::AnswerLost, now, rules)
        }
        Some(_) | None => spend(chain, held, effort, now, rules),
    }
}

/// The attempt was leased and certainly not sent: back to where it came from.
pub(crate) fn free_again(chain: Chain, held: Held, attempt: u32, effort: Effort, now: Time) -> Step {
    let state = match effort.doubt {
        Some(doubt) => State::InDoubt { held, attempt, doubt, next: now },
        None => State::Live(held),
    };
    stay(Chain { state, ..chain })
}

/// The link was sent and silence came back.
pub(crate) fn doubt(
    chain: Chain,
    held: Held,
    attempt: u32,
    effort: Effort,
    now: Time,
    rules: &Rules,
) -> Step {
    let doubt = effort.doubt.unwrap_or(Doubt { since: now, resends: 0 });
    let next = if doubt.may_resend(now, rules) { now + rules.retry.after(doubt.resends + 1) } else { now };
    stay(Chain { state: State::InDoubt { held, attempt, doubt, next }, ..chain })
}

/// The link is dead: recover where that is possible, else a person is needed.
pub(crate) fn break_off(chain: Chain, held: Option<Held>, fault: Fault, now: Time, rules: &Rules) -> Step {
    if let Some(step) = recover(&chain, held, fault, now, rules) {
        return step;
    }
    let state = State::Broken { held, fault, since: now };
    Step { chain: Chain { state, ..chain }, effects: vec![Effect::Alert(Alert::NeedsRepair(fault))] }
}

/// A broken chain tries recovery again once its cool-down is over.
pub(crate) fn retry(
    chain: Chain,
    held: Option<Held>,
    fault: Fault,
    since: Time,
    now: Time,
    rules: &Rules,
) -> Step {
    recover(&chain, held, fault, now, rules)
        .unwrap_or_else(|| stay(Chain { state: State::Broken { held, fault, since }, ..chain }))
}

fn recover(chain: &Chain, held: Option<Held>, fault: Fault, now: Time, rules: &Rules) -> Option<Step> {
    let Credentials::Stored { runs, not_before, since } = chain.credentials else { return None };
    if runs.on(now) >= rules.recovery.tries_a_day || not_before.is_some_and(|at| now < at) {
        return None;
    }
    let attempt = chain.attempts.saturating_add(1);
    let next = Chain {
        state: State::Recovering { held, fault, since: now, attempt },
        attempts: attempt,
        credentials: Credentials::Stored { runs: runs.plus_one(now), not_before, since },
        ..chain.clone()
    };
    Some(Step { chain: next, effects: vec![Effect::Recover { attempt }] })
}

/// A new link came; it mends any state.
pub(crate) fn relink(
    chain: Chain,
    received: Received,
    granted_at: Time,
    mended: Alert,
    rules: &Rules,
) -> Step {
    let was_broken = chain.needs_repair() || matches!(chain.state, State::Recovering { .. });
    let lifetime = received.access_lifetime.unwrap_or(rules.access_lifetime);
    let idle_end = received.received_at + rules.idle_life;
    let held = Held {
        generation: Held::next_generation(chain.held()),
        granted_at,
        received_at: received.received_at,
        access_until: received.sent_at + lifetime,
        refresh_until: rules.absolute_life.map_or(idle_end, |life| idle_end.min(granted_at + life)),
        activation: Activation::Pending { tries: 1, next: received.received_at + rules.activation.after(1) },
    };
    let mut effects = vec![Effect::Activate { generation: held.generation }];
    if was_broken {
        effects.push(Effect::Alert(mended));
    }
    Step { chain: Chain { state: State::Live(held), ..chain }, effects }
}
