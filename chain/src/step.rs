use std::fmt;
use std::time::Duration;

use crate::spend::{break_off, doubt, free_again, go_on, keeps, relink, retry, spend};
use crate::{
    Activation, Alert, Calls, Chain, Credentials, Effect, Effort, Event, Fault, Held, Phase, Received,
    RecoveryFailure, Rules, State, Time, Verdict,
};

/// What a link has left at least where stricter rules would have ended it already.
pub const TO_RENEW: Duration = Duration::from_secs(86_400);

/// What a chain became, and what is to be done now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The chain after the event.
    pub chain: Chain,
    /// To be performed in this order, after the chain was committed.
    pub effects: Vec<Effect>,
}

/// An event that only a bug can cause: news of an attempt or a generation that never was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnexpectedEvent(pub Event);

impl fmt::Display for UnexpectedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "news of something that never was: {:?}", self.0)
    }
}

impl std::error::Error for UnexpectedEvent {}

impl Chain {
    /// Takes one event and says what the chain is now and what is to be done.
    ///
    /// # Errors
    /// [`UnexpectedEvent`] for news of an attempt or generation later than any that was begun.
    pub fn step(self, event: Event, now: Time, rules: &Rules) -> Result<Step, UnexpectedEvent> {
        self.expect(event)?;
        let chain = self.within(now, rules);
        Ok(chain.answer(event, now, rules))
    }

    fn answer(self, event: Event, now: Time, rules: &Rules) -> Step {
        match event {
            Event::Tick => self.tick(now, rules),
            Event::Asked { minimum } => self.asked(minimum, now, rules),
            Event::RefreshNow => self.refresh_now(now, rules),
            Event::Linked(received) => {
                let granted_at = received.received_at;
                relink(self, received, granted_at, Alert::Repaired, rules)
            }
            Event::Adopted => self.adopted(now, rules),
            Event::Sending { attempt } => self.sending(attempt, now, rules),
            Event::Refreshed { generation, received } => self.refreshed(generation, received, rules),
            Event::Refused { attempt, fault } => self.refused(attempt, fault, now, rules),
            Event::NeverSent { attempt } => self.never_sent(attempt, now, rules),
            Event::NoAnswer { attempt } => self.no_answer(attempt, now, rules),
            Event::Activated { generation } => self.activated(generation),
            Event::ActivationFailed { generation } => self.activation_failed(generation, now, rules),
            Event::Recovered { attempt, received } => self.recovered(attempt, received, rules),
            Event::RecoveryFailed { attempt, failure } => self.recovery_failed(attempt, failure, now, rules),
            Event::CredentialsStored => self.credentials_stored(now, rules),
            Event::CredentialsRemoved | Event::CredentialsExpired => self.credentials_gone(),
            Event::Restart => self.restarted(now, rules),
        }
    }

    /// The rules may have become stricter since the link came: it ends by the present ones if those are
    /// earlier, and never later than it was to end. One that would have ended by them already has a day left
    /// to be renewed: stricter rules break no chain that the provider would renew.
    fn within(mut self, now: Time, rules: &Rules) -> Self {
        if let Some(held) = self.held_mut() {
            // One that a person pasted may have been received before that.
            let came = held.received_at.max(held.granted_at);
            let end = (came + rules.idle_life).max(now + TO_RENEW);
            held.refresh_until = held.refresh_until.min(end);
        }
        self
    }

    fn expect(&self, event: Event) -> Result<(), UnexpectedEvent> {
        let newest = self.held().map_or(0, |held| held.generation);
        let known = match event {
            Event::Sending { attempt }
            | Event::Refused { attempt, .. }
            | Event::NeverSent { attempt }
            | Event::NoAnswer { attempt }
            | Event::Recovered { attempt, .. }
            | Event::RecoveryFailed { attempt, .. } => attempt <= self.attempts,
            Event::Refreshed { generation, .. }
            | Event::Activated { generation }
            | Event::ActivationFailed { generation } => generation <= newest,
            Event::Tick
            | Event::Asked { .. }
            | Event::RefreshNow
            | Event::Linked(_)
            | Event::Adopted
            | Event::CredentialsStored
            | Event::CredentialsRemoved
            | Event::CredentialsExpired
            | Event::Restart => true,
        };
        if known { Ok(()) } else { Err(UnexpectedEvent(event)) }
    }

    fn tick(self, now: Time, rules: &Rules) -> Step {
        match self.state {
            State::Unlinked => stay(self),
            State::Live(held) => self.tick_live(held, now, rules),
            State::Spending { deadline, .. } if now >= deadline => self.restarted(now, rules),
            State::Spending { .. } => stay(self),
            State::InDoubt { next, .. } if now < next => stay(self),
            State::InDoubt { held, .. } if !keeps(&held, now) => {
                break_off(self, Some(held), Fault::AnswerLost, now, rules)
            }
            State::InDoubt { held, doubt, .. } => {
                go_on(self, held, Effort { tries: 0, doubt: Some(doubt) }, now, rules)
            }
            State::Waiting { held, .. } if !keeps(&held, now) => {
                break_off(self, Some(held), Fault::RefreshTokenExpired, now, rules)
            }
            State::Waiting { until, .. } if now < until => stay(self),
            State::Waiting { held, effort, .. } => go_on(self, held, effort, now, rules),
            State::Recovering { since, attempt, .. } if now >= since + rules.recovery.deadline => {
                self.recovery_failed(attempt, RecoveryFailure::Interrupted, now, rules)
            }
            State::Recovering { .. } => stay(self),
            State::Broken { held, fault, since } => retry(self, held, fault, since, now, rules),
        }
    }

    fn tick_live(self, held: Held, now: Time, rules: &Rules) -> Step {
        if !keeps(&held, now) {
            return break_off(self, Some(held), Fault::RefreshTokenExpired, now, rules);
        }
        if now >= held.planned_at(self.id, now, rules) && held.may_send(now, rules) {
            return spend(self, held, Effort::default(), now, rules);
        }
        let Activation::Pending { tries, next } = held.activation else { return stay(self) };
        if now < next {
            return stay(self);
        }
        // Planned again before the call is made: a call that is lost is made once more.
        let tries = tries.saturating_add(1);
        let activation = Activation::Pending { tries, next: now + rules.activation.after(tries) };
        let state = State::Live(Held { activation, ..held });
        let effects = vec![Effect::Activate { generation: held.generation }];
        Step { chain: Self { state, ..self }, effects }
    }

    fn asked(self, minimum: Duration, now: Time, rules: &Rules) -> Step {
        let State::Live(held) = self.state else { return stay(self) };
        // A wish for more than a token's life would renew it at every call.
        let lifetime = held.access_until.since(held.received_at);
        let minimum = minimum.min(lifetime * 9 / 10).max(rules.refresh_ahead);
        let left = held.access_until.since(now);
        if (left >= minimum && !left.is_zero()) || !held.may_send(now, rules) {
            return stay(self);
        }
        if !keeps(&held, now) {
            return break_off(self, Some(held), Fault::RefreshTokenExpired, now, rules);
        }
        spend(self, held, Effort::default(), now, rules)
    }

    fn refresh_now(self, now: Time, rules: &Rules) -> Step {
        match self.state {
            State::Live(held) if !keeps(&held, now) => {
                break_off(self, Some(held), Fault::RefreshTokenExpired, now, rules)
            }
            State::Live(held) if held.may_send(now, rules) => {
                spend(self, held, Effort::default(), now, rules)
            }
            State::Waiting {
                held,
                cause: Fault::ClientRefused | Fault::Outage | Fault::Unreachable,
                effort,
                ..
            } if held.may_send(now, rules) && keeps(&held, now) => go_on(self, held, effort, now, rules),
            State::Unlinked
            | State::Live(_)
            | State::Spending { .. }
            | State::InDoubt { .. }
            | State::Waiting { .. }
            | State::Recovering { .. }
            | State::Broken { .. } => stay(self),
        }
    }

    fn adopted(self, now: Time, rules: &Rules) -> Step {
        let received = Received { sent_at: now, received_at: now, access_lifetime: Some(Duration::ZERO) };
        let mut step = relink(self, received, now, Alert::Repaired, rules);
        if let State::Live(held) = &mut step.chain.state {
            // When it was received is unknown; the provider says so if it is too early. It comes
            // without an access token, so there is nothing to lend or to activate.
            held.received_at = now - rules.minimum_interval;
            held.access_until = held.received_at;
            held.activation = Activation::Done;
        }
        step.effects.retain(|effect| !matches!(effect, Effect::Activate { .. }));
        step
    }

    fn sending(self, asked: u32, now: Time, rules: &Rules) -> Step {
        match self.state {
            // The clock was set back since the lease.
            State::Spending { held, attempt, phase: Phase::Intended, effort, .. }
                if attempt == asked
                    && (!held.may_send(now, rules) || self.calls.on(now) >= rules.token_calls_a_day) =>
            {
                free_again(self, held, attempt, effort, now)
            }
            State::Spending { held, attempt, since, deadline, phase: Phase::Intended, effort }
                if attempt == asked && now < deadline =>
            {
                let effort = effort.sent_again();
                let state = State::Spending { held, attempt, since, deadline, phase: Phase::Sent, effort };
                let calls = self.calls.plus_one(now);
                let effects = vec![Effect::Send { attempt, generation: held.generation, deadline }];
                Step { chain: Self { state, calls, ..self }, effects }
            }
            // The lease went to somebody else, or a newer link came: nothing is sent.
            State::Spending { .. }
            | State::Unlinked
            | State::Live(_)
            | State::InDoubt { .. }
            | State::Waiting { .. }
            | State::Recovering { .. }
            | State::Broken { .. } => stay(self),
        }
    }

    fn refreshed(self, generation: u32, received: Received, rules: &Rules) -> Step {
        match self.held() {
            Some(held) if held.generation == generation => {
                let granted_at = held.granted_at;
                relink(self, received, granted_at, Alert::Repaired, rules)
            }
            // A newer link came in the meantime, by a grant: this one is kept, but not used.
            Some(_) | None => Step { chain: self, effects: vec![Effect::KeepBeside] },
        }
    }

    fn refused(self, answered: u32, fault: Fault, now: Time, rules: &Rules) -> Step {
        let (held, effort) = match self.state {
            State::Spending { held, attempt, phase: Phase::Sent, effort, .. } if attempt == answered => {
                (held, effort)
            }
            // What leaves a doubt tells nothing new about a link in doubt.
            State::InDoubt { held, attempt, doubt, .. }
                if attempt == answered && fault.verdict() != Verdict::Doubt =>
            {
                (held, Effort { tries: 0, doubt: (doubt.resends > 0).then_some(doubt) })
            }
            State::Unlinked
            | State::Live(_)
            | State::Spending { .. }
            | State::InDoubt { .. }
            | State::Waiting { .. }
            | State::Recovering { .. }
            | State::Broken { .. } => return stay(self),
        };
        match (fault, fault.verdict()) {
            // The provider made a token a moment ago: the first sending had been spent.
            (Fault::TooEarly, _) if effort.doubt.is_some() => {
                break_off(self, Some(held), Fault::AnswerLost, now, rules)
            }
            // The first sending had been spent, and its answer is the one that was lost.
            (Fault::OldRefreshTokenUsed, _) if effort.doubt.is_some() => {
                break_off(self, Some(held), Fault::AnswerLost, now, rules)
            }
            (cause, Verdict::Intact) => self.wait(held, cause, effort, now, rules),
            (_, Verdict::Doubt) => doubt(self, held, answered, effort, now, rules),
            (dead, Verdict::Dead) => break_off(self, Some(held), dead, now, rules),
        }
    }

    fn never_sent(self, failed: u32, now: Time, rules: &Rules) -> Step {
        match self.state {
            State::Spending { held, attempt, phase, effort, .. } if attempt == failed => {
                let effort = if phase == Phase::Sent { effort.unsent() } else { effort };
                self.wait(held, Fault::Unreachable, effort, now, rules)
            }
            State::Unlinked
            | State::Live(_)
            | State::Spending { .. }
            | State::InDoubt { .. }
            | State::Waiting { .. }
            | State::Recovering { .. }
            | State::Broken { .. } => stay(self),
        }
    }

    fn wait(self, held: Held, cause: Fault, effort: Effort, now: Time, rules: &Rules) -> Step {
        let effort = Effort { tries: effort.tries.saturating_add(1), ..effort };
        let pause = now + rules.retry.after(effort.tries);
        let until = match cause {
            Fault::TooEarly => pause.max(held.received_at + rules.minimum_interval),
            Fault::DailyLimit => now.next_day(),
            Fault::ClientRefused => now + rules.client_retry,
            Fault::Outage
            | Fault::Unreachable
            | Fault::OldRefreshTokenUsed
            | Fault::ChainMismatch
            | Fault::RefreshTokenExpired
            | Fault::AnswerLost
            | Fault::GatewayFailed
            | Fault::Unintelligible
            | Fault::Refused => pause,
        };
        stay(Self { state: State::Waiting { held, until, cause, effort }, ..self })
    }

    fn no_answer(self, silent: u32, now: Time, rules: &Rules) -> Step {
        match self.state {
            State::Spending { held, attempt, effort, .. } if attempt == silent => {
                doubt(self, held, attempt, effort, now, rules)
            }
            State::Unlinked
            | State::Live(_)
            | State::Spending { .. }
            | State::InDoubt { .. }
            | State::Waiting { .. }
            | State::Recovering { .. }
            | State::Broken { .. } => stay(self),
        }
    }

    fn activated(mut self, generation: u32) -> Step {
        if let Some(held) = self.held_mut().filter(|held| held.generation == generation) {
            held.activation = Activation::Done;
        }
        stay(self)
    }

    fn activation_failed(mut self, generation: u32, now: Time, rules: &Rules) -> Step {
        if let Some(held) = self.held_mut().filter(|held| held.generation == generation)
            && let Activation::Pending { tries, .. } = held.activation
        {
            let next = now + rules.activation.after(tries);
            held.activation = Activation::Pending { tries, next };
        }
        stay(self)
    }

    fn recovered(mut self, run: u32, received: Received, rules: &Rules) -> Step {
        let ours = matches!(self.state, State::Recovering { attempt, .. } if attempt == run);
        if let Credentials::Stored { not_before, .. } = &mut self.credentials {
            *not_before = None;
        }
        let alert = if ours { Alert::RecoveredByItself } else { Alert::Repaired };
        // A grant ends every older link, so its link is the newest even when the run was given up.
        let granted_at = received.received_at;
        relink(self, received, granted_at, alert, rules)
    }

    fn recovery_failed(mut self, run: u32, failure: RecoveryFailure, now: Time, rules: &Rules) -> Step {
        let blocked = self.learn(run, failure, now, rules);
        match self.state {
            State::Recovering { held, fault, attempt, .. } if attempt == run => {
                let state = State::Broken { held, fault, since: now };
                let mut effects = vec![Effect::Alert(Alert::NeedsRepair(fault))];
                if blocked {
                    effects.push(Effect::Alert(Alert::RecoveryBlocked));
                }
                Step { chain: Self { state, ..self }, effects }
            }
            State::Unlinked
            | State::Live(_)
            | State::Spending { .. }
            | State::InDoubt { .. }
            | State::Waiting { .. }
            | State::Recovering { .. }
            | State::Broken { .. } => stay(self),
        }
    }

    /// What a failed run says of the credentials; `true` when they are not to be used again.
    fn learn(&mut self, run: u32, failure: RecoveryFailure, now: Time, rules: &Rules) -> bool {
        let ours = matches!(self.state, State::Recovering { attempt, .. } if attempt == run);
        match &mut self.credentials {
            Credentials::Stored { runs, not_before, since } if run > *since => {
                if failure.blocks() {
                    self.credentials = Credentials::Blocked(failure);
                    return true;
                }
                let pause = if failure.postpones() && ours {
                    *runs = runs.minus_one(now);
                    rules.recovery.postponed
                } else {
                    rules.recovery.cool_down
                };
                *not_before = Some(now + pause);
                false
            }
            // The run used credentials that were replaced or removed since.
            Credentials::Stored { .. } | Credentials::Absent | Credentials::Blocked(_) => false,
        }
    }

    fn credentials_stored(mut self, now: Time, rules: &Rules) -> Step {
        let runs = match self.credentials {
            Credentials::Stored { runs, .. } => runs,
            Credentials::Absent | Credentials::Blocked(_) => Calls::default(),
        };
        self.credentials = Credentials::Stored { runs, not_before: None, since: self.attempts };
        match self.state {
            State::Broken { held, fault, since } => retry(self, held, fault, since, now, rules),
            State::Unlinked
            | State::Live(_)
            | State::Spending { .. }
            | State::InDoubt { .. }
            | State::Waiting { .. }
            | State::Recovering { .. } => stay(self),
        }
    }

    fn credentials_gone(mut self) -> Step {
        self.credentials = Credentials::Absent;
        stay(self)
    }

    fn restarted(self, now: Time, rules: &Rules) -> Step {
        match self.state {
            State::Spending { held, attempt, phase: Phase::Intended, effort, .. } => {
                free_again(self, held, attempt, effort, now)
            }
            State::Spending { held, attempt, phase: Phase::Sent, effort, .. } => {
                doubt(self, held, attempt, effort, now, rules)
            }
            State::Recovering { attempt, .. } => {
                let mut step = self.recovery_failed(attempt, RecoveryFailure::Interrupted, now, rules);
                // The provider refused nothing: the next run need not wait for long.
                if let Credentials::Stored { not_before: Some(at), .. } = &mut step.chain.credentials {
                    *at = now + rules.recovery.postponed;
                }
                step
            }
            State::Unlinked
            | State::Live(_)
            | State::InDoubt { .. }
            | State::Waiting { .. }
            | State::Broken { .. } => stay(self),
        }
    }

    const fn held_mut(&mut self) -> Option<&mut Held> {
        match &mut self.state {
            State::Unlinked => None,
            State::Live(held)
            | State::Spending { held, .. }
            | State::InDoubt { held, .. }
            | State::Waiting { held, .. } => Some(held),
            State::Recovering { held, .. } | State::Broken { held, .. } => held.as_mut(),
        }
    }
}

/// The chain as it is, with nothing to do.
pub(crate) const fn stay(chain: Chain) -> Step {
    Step { chain, effects: Vec::new() }
}
