//! What a chain promised so far, kept apart from what it remembers itself.

use std::collections::BTreeMap;

use chain::{
    Chain, Credentials, Doubt, Effect, Effort, Event, Received, RecoveryFailure, State, Time, Verdict,
};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use crate::world::World;

#[derive(Default)]
pub struct Model {
    /// What was sent of the newest link, without proof that it was not spent.
    unproven: Vec<u32>,
    /// Since when it is not known whether the newest link was spent.
    doubted: Option<Time>,
    /// Every attempt that ever was sent.
    sent: BTreeMap<u32, u32>,
    calls: Day,
    runs: Day,
    /// The password is known to be wrong.
    wrong_password: bool,
    /// The newest attempt when the credentials were stored.
    runs_before: u32,
    /// The end of the newest access token as the provider sees it, and its life.
    access: Option<(Time, Time)>,
}

/// A count of one day; a day that was left never comes back.
#[derive(Default)]
struct Day {
    day: i64,
    count: u32,
}

impl Model {
    pub fn keeps_its_promises(
        &mut self,
        before: &Chain,
        event: Event,
        world: &World,
        effects: &[Effect],
    ) -> TestCaseResult {
        let after = &world.chain;
        prop_assert!(after.attempts >= before.attempts);
        prop_assert!(generation(after) >= generation(before), "a generation never falls");
        self.hears(before, event, world);
        keeps_what_it_receives(before, event, after, effects)?;
        for effect in effects {
            match *effect {
                Effect::Prepare { attempt } => self.leases(attempt, world)?,
                Effect::Send { attempt, generation, .. } => self.sends(attempt, generation, before, world)?,
                Effect::Recover { attempt } => self.recovers(attempt, world)?,
                Effect::Activate { generation: newest } => prop_assert_eq!(newest, generation(after)),
                Effect::KeepBeside | Effect::Alert(_) => {}
            }
        }
        self.doubts(before, world)?;
        self.lends(world)
    }

    /// Takes note of what the provider proved.
    fn hears(&mut self, before: &Chain, event: Event, world: &World) {
        match event {
            Event::NeverSent { attempt } => self.proves(attempt),
            Event::Refused { attempt, fault } if fault.verdict() == Verdict::Intact => self.proves(attempt),
            Event::RecoveryFailed { failure: RecoveryFailure::WrongPassword, attempt } => {
                let stored = matches!(before.credentials, Credentials::Stored { .. });
                self.wrong_password |= stored && attempt > self.runs_before;
            }
            Event::RecoveryFailed { failure: RecoveryFailure::GrantInFlight, attempt } => {
                let ours = matches!(before.state, State::Recovering { attempt: run, .. } if run == attempt);
                let stored = matches!(before.credentials, Credentials::Stored { .. });
                if ours && stored && attempt > self.runs_before {
                    self.runs.count = self.runs.count.saturating_sub(1);
                }
            }
            Event::CredentialsStored => {
                self.runs_before = before.attempts;
                self.wrong_password = false;
                if !matches!(before.credentials, Credentials::Stored { .. }) {
                    self.runs = Day::default();
                }
            }
            Event::Adopted => self.access = None,
            Event::Linked(received) | Event::Recovered { received, .. } => self.receives(received, world),
            Event::Refreshed { generation: sent, received } if sent == generation(before) => {
                self.receives(received, world);
            }
            Event::Refreshed { .. }
            | Event::Refused { .. }
            | Event::RecoveryFailed { .. }
            | Event::Tick
            | Event::Asked { .. }
            | Event::RefreshNow
            | Event::Sending { .. }
            | Event::NoAnswer { .. }
            | Event::Activated { .. }
            | Event::ActivationFailed { .. }
            | Event::CredentialsRemoved
            | Event::CredentialsExpired
            | Event::Restart => {}
        }
        if generation(&world.chain) != generation(before) {
            self.unproven.clear();
            self.doubted = None;
        }
    }

    fn proves(&mut self, attempt: u32) {
        self.unproven.retain(|&sent| sent != attempt);
        if self.unproven.is_empty() {
            self.doubted = None;
        }
    }

    fn receives(&mut self, received: Received, world: &World) {
        let life = received.access_lifetime.unwrap_or(world.rules.access_lifetime);
        self.access = Some((received.sent_at, received.sent_at + life));
    }

    fn leases(&self, attempt: u32, world: &World) -> TestCaseResult {
        let Some(held) = world.chain.held() else { return Err(TestCaseError::fail("nothing to send")) };
        prop_assert_eq!(attempt, world.chain.attempts);
        prop_assert!(world.now >= held.received_at + world.rules.minimum_interval, "leased too early");
        prop_assert!(world.now < held.refresh_until, "leased when dead");
        if let Some(since) = self.doubted {
            prop_assert!(world.now < since + world.rules.resend.window, "leased again too late");
        }
        Ok(())
    }

    fn sends(&mut self, attempt: u32, sent: u32, before: &Chain, world: &World) -> TestCaseResult {
        let Some(held) = before.held() else { return Err(TestCaseError::fail("nothing to send")) };
        prop_assert_eq!(sent, held.generation, "only the newest link is sent");
        prop_assert!(world.now >= held.received_at + world.rules.minimum_interval, "sent too early");
        prop_assert_eq!(self.sent.insert(attempt, sent), None, "an attempt is sent once");
        let allowed = usize::try_from(world.rules.resend.tries).unwrap_or(usize::MAX);
        prop_assert!(self.unproven.len() <= allowed, "{:?} were sent already", self.unproven);
        self.unproven.push(attempt);
        prop_assert!(self.calls.plus_one(world.now) <= world.rules.token_calls_a_day, "too many calls a day");
        Ok(())
    }

    fn recovers(&mut self, attempt: u32, world: &World) -> TestCaseResult {
        prop_assert_eq!(attempt, world.chain.attempts);
        prop_assert!(!self.wrong_password, "a wrong password is not sent again");
        let recovering =
            matches!(world.chain.state, State::Recovering { attempt: run, .. } if run == attempt);
        let stored = matches!(world.chain.credentials, Credentials::Stored { .. });
        prop_assert!(recovering && stored);
        let most = world.rules.recovery.tries_a_day;
        prop_assert!(self.runs.plus_one(world.now) <= most, "too many runs a day");
        Ok(())
    }

    /// What was sent and not answered is remembered until it is proven intact or ends.
    fn doubts(&mut self, before: &Chain, world: &World) -> TestCaseResult {
        let doubt = doubt_of(&world.chain);
        if matches!(world.chain.state, State::InDoubt { .. }) && !self.unproven.is_empty() {
            let since = *self.doubted.get_or_insert(world.now);
            prop_assert!(doubt.is_some_and(|doubt| doubt.since <= since), "{:?} is since {since:?}", doubt);
        }
        let at_rest = matches!(world.chain.state, State::Live(_));
        prop_assert!(
            !at_rest || self.unproven.is_empty(),
            "{:?} is forgotten after {before:?}",
            self.unproven
        );
        let waits = matches!(world.chain.state, State::Waiting { .. });
        prop_assert!(
            !waits || self.unproven.is_empty() || doubt.is_some(),
            "{:?} is forgotten",
            self.unproven
        );
        Ok(())
    }

    fn lends(&self, world: &World) -> TestCaseResult {
        let Some(left) = world.chain.lends(world.now) else { return Ok(()) };
        let Some((from, until)) = self.access else { return Err(TestCaseError::fail("nothing to lend")) };
        prop_assert!(!left.is_zero() && world.now < until);
        prop_assert!(world.now + left <= until, "lent beyond its end");
        prop_assert!(left <= until.since(from), "lent for longer than it lives");
        Ok(())
    }
}

impl Day {
    fn plus_one(&mut self, now: Time) -> u32 {
        if now.day() > self.day {
            *self = Self { day: now.day(), count: 0 };
        }
        self.count += 1;
        self.count
    }
}

/// A link that came is the newest one, or is kept beside it.
fn keeps_what_it_receives(before: &Chain, event: Event, after: &Chain, effects: &[Effect]) -> TestCaseResult {
    let received = match event {
        Event::Linked(received) | Event::Recovered { received, .. } => received,
        Event::Refreshed { generation: sent, received } if sent == generation(before) => received,
        Event::Refreshed { .. } => {
            prop_assert_eq!(effects, &[Effect::KeepBeside]);
            prop_assert_eq!(after, before);
            return Ok(());
        }
        Event::Tick
        | Event::Asked { .. }
        | Event::RefreshNow
        | Event::Adopted
        | Event::Sending { .. }
        | Event::Refused { .. }
        | Event::NeverSent { .. }
        | Event::NoAnswer { .. }
        | Event::Activated { .. }
        | Event::ActivationFailed { .. }
        | Event::RecoveryFailed { .. }
        | Event::CredentialsStored
        | Event::CredentialsRemoved
        | Event::CredentialsExpired
        | Event::Restart => return Ok(()),
    };
    prop_assert_eq!(generation(after), generation(before) + 1);
    prop_assert_eq!(after.held().map(|held| held.received_at), Some(received.received_at));
    prop_assert!(matches!(after.state, State::Live(_)));
    Ok(())
}

fn generation(chain: &Chain) -> u32 {
    chain.held().map_or(0, |held| held.generation)
}

const fn doubt_of(chain: &Chain) -> Option<Doubt> {
    match &chain.state {
        State::InDoubt { doubt, .. } => Some(*doubt),
        State::Spending { effort: Effort { doubt, .. }, .. }
        | State::Waiting { effort: Effort { doubt, .. }, .. } => *doubt,
        State::Unlinked | State::Live(_) | State::Recovering { .. } | State::Broken { .. } => None,
    }
}
