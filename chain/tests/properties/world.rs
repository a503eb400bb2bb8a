//! What may happen to a chain, and the shell and the provider around it.

use std::collections::BTreeMap;
use std::time::Duration;

use chain::{
    Chain, ChainId, Effect, Event, Fault, Received, RecoveryFailure, RecoveryRules, Resend, Rules, State,
    Step, Time, UnexpectedEvent, Window,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::rules::{DAY, HOUR, MIDNIGHT, at, rules};

/// Time passes, or goes back a little, and something happens.
#[derive(Clone, Debug)]
pub struct Act {
    pause: i64,
    deed: Deed,
    which: Index,
}

#[derive(Clone, Copy, Debug)]
enum Deed {
    Tick,
    /// Sleep until it is time, then tick.
    Wake,
    /// What comes next where nothing goes wrong but every answer is lost.
    Silence,
    /// What comes next where nothing goes wrong.
    Onward,
    Asked(u64),
    RefreshNow,
    Linked,
    Adopted,
    /// The newest attempt is about to leave.
    Sending,
    /// Some attempt that has no answer is said to be about to leave.
    SendingOther,
    Answer,
    Refuse(Fault),
    NeverSent,
    NoAnswer,
    Activated,
    ActivationFailed,
    Recovered,
    RecoveryFailed(RecoveryFailure),
    CredentialsStored,
    CredentialsRemoved,
    CredentialsExpired,
    Restart,
}

pub struct World {
    pub chain: Chain,
    pub rules: Rules,
    pub now: Time,
    /// Attempts that were sent and not yet answered, with the generation they carried.
    open: BTreeMap<u32, u32>,
    runs: Vec<u32>,
}

impl World {
    pub fn new(rules: Rules) -> Self {
        let chain = Chain::unlinked(ChainId(0x5eed));
        Self { chain, rules, now: at(MIDNIGHT - HOUR), open: BTreeMap::new(), runs: Vec::new() }
    }

    /// Lets time pass and says what happens; `None` where there is nothing that it could happen to.
    pub fn begin(&mut self, act: &Act) -> Option<Event> {
        let at_once = matches!(act.deed, Deed::Silence | Deed::Onward);
        let pause = Duration::from_millis(if at_once { 1 } else { act.pause.unsigned_abs() });
        self.now = if act.pause < 0 { self.now - pause } else { self.now + pause };
        let generation = self.chain.held().map_or(0, |held| held.generation);
        let some = |open: Vec<u32>| (!open.is_empty()).then(|| open[act.which.index(open.len())]);
        let open = || some(self.open.keys().copied().collect());
        let received = received(self.now);
        Some(match act.deed {
            Deed::Tick => Event::Tick,
            Deed::Wake => self.wake(),
            Deed::Silence => match self.leased() {
                Some(attempt) if self.open.contains_key(&attempt) => Event::NoAnswer { attempt },
                Some(attempt) => Event::Sending { attempt },
                None if generation == 0 => Event::Linked(received),
                None => self.wake(),
            },
            Deed::Onward => match self.leased() {
                Some(attempt) if self.open.remove(&attempt).is_some() => {
                    Event::Refreshed { generation, received }
                }
                Some(attempt) => Event::Sending { attempt },
                None if generation == 0 => Event::Linked(received),
                None => self.wake(),
            },
            Deed::Asked(seconds) => Event::Asked { minimum: Duration::from_secs(seconds) },
            Deed::RefreshNow => Event::RefreshNow,
            Deed::Linked => Event::Linked(received),
            Deed::Adopted => Event::Adopted,
            Deed::Sending => Event::Sending { attempt: self.chain.attempts },
            Deed::SendingOther => Event::Sending { attempt: open()? },
            Deed::Answer => {
                let generation = self.open.remove(&open()?)?;
                Event::Refreshed { generation, received }
            }
            Deed::Refuse(fault) => {
                let attempt = open()?;
                self.open.remove(&attempt);
                Event::Refused { attempt, fault }
            }
            Deed::NeverSent => {
                let attempt = self.unsent().or_else(open)?;
                self.open.remove(&attempt);
                Event::NeverSent { attempt }
            }
            Deed::NoAnswer => Event::NoAnswer { attempt: open()? },
            Deed::Activated => {
                Event::Activated { generation: generation.saturating_sub(act.which.index(2) as u32) }
            }
            Deed::ActivationFailed => Event::ActivationFailed { generation },
            Deed::Recovered => Event::Recovered { attempt: some(self.runs.clone())?, received },
            Deed::RecoveryFailed(failure) => {
                Event::RecoveryFailed { attempt: some(self.runs.clone())?, failure }
            }
            Deed::CredentialsStored => Event::CredentialsStored,
            Deed::CredentialsRemoved => Event::CredentialsRemoved,
            Deed::CredentialsExpired => Event::CredentialsExpired,
            Deed::Restart => Event::Restart,
        })
    }

    pub fn try_step(&self, event: Event) -> Result<Step, UnexpectedEvent> {
        self.chain.clone().step(event, self.now, &self.rules)
    }

    pub fn step(&mut self, event: Event) -> Vec<Effect> {
        let step = self.try_step(event).expect("only what was begun is told");
        self.chain = step.chain;
        for effect in &step.effects {
            match *effect {
                Effect::Send { attempt, generation, .. } => drop(self.open.insert(attempt, generation)),
                Effect::Recover { attempt } => self.runs.push(attempt),
                Effect::Prepare { .. } | Effect::Activate { .. } | Effect::KeepBeside | Effect::Alert(_) => {}
            }
        }
        step.effects
    }

    fn wake(&mut self) -> Event {
        if let Some((wake, _)) = self.chain.wake(self.now, &self.rules) {
            self.now = self.now.max(wake);
        }
        Event::Tick
    }

    /// The attempt that is leased and was not sent.
    fn unsent(&self) -> Option<u32> {
        self.leased().filter(|attempt| !self.open.contains_key(attempt))
    }

    const fn leased(&self) -> Option<u32> {
        match self.chain.state {
            State::Spending { attempt, .. } => Some(attempt),
            State::Unlinked
            | State::Live(_)
            | State::InDoubt { .. }
            | State::Waiting { .. }
            | State::Recovering { .. }
            | State::Broken { .. } => None,
        }
    }
}

/// An answer to a request that was sent two seconds before.
pub fn received(now: Time) -> Received {
    Received { sent_at: now - Duration::from_secs(2), received_at: now, access_lifetime: None }
}

/// One event of each kind that names an attempt or a generation.
pub fn news(attempt: u32, generation: u32, now: Time) -> [Event; 9] {
    let received = received(now);
    [
        Event::Sending { attempt },
        Event::Refused { attempt, fault: Fault::Outage },
        Event::NeverSent { attempt },
        Event::NoAnswer { attempt },
        Event::Recovered { attempt, received },
        Event::RecoveryFailed { attempt, failure: RecoveryFailure::Captcha },
        Event::Refreshed { generation, received },
        Event::Activated { generation },
        Event::ActivationFailed { generation },
    ]
}

pub fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = (pauses(), select(deeds()), any::<Index>()).prop_map(|(pause, deed, which)| Act {
        pause,
        deed,
        which,
    });
    vec(act, 1..60)
}

fn pauses() -> impl Strategy<Value = i64> {
    prop_oneof![
        4 => Just(0_i64),
        1 => -5_000..0_i64,
        6 => 0..60_000_i64,
        4 => 500_000..700_000_i64,
        1 => 0..HOUR * 1_000,
        1 => 0..10 * DAY * 1_000,
    ]
}

/// Each as often as its weight says.
fn deeds() -> Vec<Deed> {
    let weights = [
        (3, Deed::Tick),
        (8, Deed::Wake),
        (24, Deed::Silence),
        (24, Deed::Onward),
        (2, Deed::Asked(0)),
        (2, Deed::Asked(100)),
        (1, Deed::Asked(10_000)),
        (3, Deed::RefreshNow),
        (2, Deed::Linked),
        (1, Deed::Adopted),
        (8, Deed::Sending),
        (2, Deed::SendingOther),
        (4, Deed::Answer),
        (2, Deed::Refuse(Fault::Outage)),
        (2, Deed::Refuse(Fault::OldRefreshTokenUsed)),
        (2, Deed::NeverSent),
        (5, Deed::NoAnswer),
        (1, Deed::Activated),
        (1, Deed::ActivationFailed),
        (1, Deed::Recovered),
        (2, Deed::RecoveryFailed(RecoveryFailure::WrongPassword)),
        (2, Deed::RecoveryFailed(RecoveryFailure::ProviderDown)),
        (1, Deed::RecoveryFailed(RecoveryFailure::GrantInFlight)),
        (3, Deed::CredentialsStored),
        (1, Deed::CredentialsRemoved),
        (1, Deed::CredentialsExpired),
        (2, Deed::Restart),
    ];
    let faults = Fault::ALL.map(|fault| (1, Deed::Refuse(fault)));
    weights.into_iter().chain(faults).flat_map(|(weight, deed)| std::iter::repeat_n(deed, weight)).collect()
}

pub fn some_rules() -> impl Strategy<Value = Rules> {
    let seconds = |range: std::ops::Range<u64>| range.prop_map(Duration::from_secs);
    let resend = (seconds(1..900), 0..3_u32).prop_map(|(window, tries)| Resend { window, tries });
    let quiet = prop::option::of((0..20 * HOUR, 1..3 * HOUR));
    let absolute_life = prop::option::of(seconds(86_400..40 * 86_400));
    let recovery = (1..3_u32, seconds(1..7_200), seconds(1..600));
    let numbers = (prop_oneof![Just(0), 1..700_u64], 0..700_u64, 1..6_u32);
    (resend, quiet, absolute_life, recovery, numbers, any::<bool>()).prop_map(
        |(resend, quiet, absolute_life, recovery, (minimum_interval, ahead, calls), warm)| {
            let (tries_a_day, cool_down, deadline) = recovery;
            Rules {
                resend,
                quiet: quiet.map(|(from, long)| Window { from: at(from), until: at(from + long) }),
                absolute_life,
                recovery: RecoveryRules { tries_a_day, cool_down, deadline, ..rules().recovery },
                minimum_interval: Duration::from_secs(minimum_interval),
                refresh_ahead: Duration::from_secs(ahead),
                token_calls_a_day: calls,
                warm,
                ..rules()
            }
        },
    )
}
