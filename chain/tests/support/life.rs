//! A chain that lives through a story: its clock, and what it wanted done.

use std::time::Duration;

use chain::{Chain, ChainId, Effect, Event, Received, Rules, State, Time};

use crate::rules::{at, seconds};
use crate::wanted;

pub struct Life {
    pub chain: Chain,
    pub rules: Rules,
    now: Time,
    log: Vec<String>,
    wakes_at_once: u32,
}

impl Life {
    /// Never linked; it is 0.
    pub fn unlinked(rules: Rules) -> Self {
        Self { chain: Chain::unlinked(ChainId(7)), rules, now: at(0), log: Vec::new(), wakes_at_once: 0 }
    }

    /// Linked by a person at 0, g1, and its access token was used.
    pub fn linked(rules: Rules) -> Self {
        let mut life = Self::unlinked(rules);
        life.happens(0, Event::Linked(received(0)));
        life.happens(0, Event::Activated { generation: 1 });
        life.forget();
        life
    }

    /// At that second, that event.
    pub fn happens(&mut self, seconds: i64, event: Event) {
        self.now = at(seconds);
        self.step(event);
    }

    /// Somebody asks for a token at that second.
    pub fn asked(&mut self, seconds: i64) {
        self.happens(seconds, Event::Asked { minimum: Duration::ZERO });
    }

    /// The newest attempt is about to leave.
    pub fn sending(&mut self, seconds: i64) {
        self.happens(seconds, Event::Sending { attempt: self.chain.attempts });
    }

    /// Time passes until that second, and nothing else happens.
    pub fn sleeps_until(&mut self, seconds: i64) {
        while self.wakes_by(seconds) {
            self.step(Event::Tick);
        }
        self.now = at(seconds);
    }

    /// Time passes until that second, and every attempt is sent and answered at once.
    pub fn works_until(&mut self, until: i64) {
        while self.wakes_by(until) {
            self.step(Event::Tick);
            if let State::Spending { held, attempt, .. } = self.chain.state {
                self.step(Event::Sending { attempt });
                let received = received(seconds(self.now));
                self.step(Event::Refreshed { generation: held.generation, received });
                self.step(Event::Activated { generation: held.generation + 1 });
            }
        }
        self.now = at(until);
    }

    /// How many seconds the access token is lent at that second.
    pub fn lends(&self, seconds: i64) -> Option<u64> {
        self.chain.lends(at(seconds)).map(|left| left.as_secs())
    }

    /// What it wanted done, each with its second; attempts count when they are sent.
    pub fn log(&self) -> Vec<&str> {
        self.log.iter().map(String::as_str).collect()
    }

    /// Begins the log anew.
    pub fn forget(&mut self) {
        self.log.clear();
    }

    /// Where it stands, in short.
    pub fn stands(&self) -> String {
        let generation = self.chain.held().map_or(0, |held| held.generation);
        match &self.chain.state {
            State::Unlinked => "unlinked".to_owned(),
            State::Live(_) => format!("live g{generation}"),
            State::Spending { .. } => format!("spending g{generation}"),
            State::InDoubt { .. } => format!("in doubt g{generation}"),
            State::Waiting { cause, .. } => format!("waiting g{generation} {cause:?}"),
            State::Recovering { .. } => format!("recovering g{generation}"),
            State::Broken { fault, .. } => format!("broken g{generation} {fault:?}"),
        }
    }

    /// Lets time pass until the chain wakes, if that is by then.
    fn wakes_by(&mut self, until: i64) -> bool {
        let Some((wake, _)) = self.chain.wake(self.now, &self.rules) else { return false };
        let moment = wake.max(self.now);
        self.wakes_at_once = if moment == self.now { self.wakes_at_once + 1 } else { 0 };
        assert!(self.wakes_at_once < 10, "it wakes again and again: {:?}", self.chain);
        if moment <= at(until) {
            self.now = moment;
        }
        moment <= at(until)
    }

    fn step(&mut self, event: Event) {
        let step = self.chain.clone().step(event, self.now, &self.rules).expect("news of something that was");
        self.chain = step.chain;
        for effect in step.effects {
            if !matches!(effect, Effect::Prepare { .. }) {
                self.log.push(format!("{} {}", seconds(self.now), wanted::effects(&[effect])));
            }
        }
    }
}

/// An answer to a request that was sent ten seconds before.
pub fn received(seconds: i64) -> Received {
    Received { sent_at: at(seconds - 10), received_at: at(seconds), access_lifetime: None }
}
