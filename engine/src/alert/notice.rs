//! Which of a chain's steps people are told of.
//!
//! A chain that breaks and heals by itself is told of once it has healed. It needs a person once no
//! further run is tried on the same day: that is looked at in each state that is committed, because
//! what takes the last hope away may be a run, a deleted sign-in, or the organisation's switch. The
//! generation of the dead link tells one break from the next, since whatever mends a chain brings a
//! new link.

use chain::{Alert, Chain, Credentials, Effect, Rules, State, Step, Time};

use super::Event;

/// Something that people are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What happened.
    pub event: Event,
    /// Tells this time from the next.
    pub occasion: String,
    /// The message code.
    pub code: Option<&'static str>,
    /// When something ends.
    pub until: Option<Time>,
    /// How many days ahead of that it is told.
    pub days: Option<u32>,
}

impl Notice {
    /// Something that is told once for each occasion.
    pub(crate) const fn new(event: Event, occasion: String) -> Self {
        Self { event, occasion, code: None, until: None, days: None }
    }

    /// What a committed step is told as.
    pub(crate) fn of_step(step: &Step, now: Time, rules: &Rules) -> Vec<Self> {
        let chain = &step.chain;
        let generation = chain.held().map_or(0, |held| held.generation);
        let by_link = |event| Self::new(event, format!("{}:{generation}", chain.id));
        let mut notices = Vec::new();
        if let State::Broken { fault, .. } = &chain.state
            && is_given_up(chain, now, rules)
        {
            notices.push(Self { code: Some(fault.code()), ..by_link(Event::NeedsRepair) });
        }
        for effect in &step.effects {
            match effect {
                Effect::Alert(Alert::Repaired) => notices.push(by_link(Event::Repaired)),
                Effect::Alert(Alert::RecoveredByItself) => notices.push(by_link(Event::Recovered)),
                Effect::Alert(Alert::RecoveryBlocked) => notices.push(blocked(chain)),
                // Whether a person is needed was looked at above.
                Effect::Alert(Alert::NeedsRepair(_))
                | Effect::Prepare { .. }
                | Effect::Send { .. }
                | Effect::Activate { .. }
                | Effect::KeepBeside
                | Effect::Recover { .. } => {}
            }
        }
        notices
    }
}

fn blocked(chain: &Chain) -> Notice {
    let code = match chain.credentials {
        Credentials::Blocked(failure) => Some(failure.code()),
        Credentials::Absent | Credentials::Stored { .. } => None,
    };
    let occasion = format!("{}:{}", chain.id, chain.attempts);
    Notice { code, ..Notice::new(Event::RecoveryBlocked, occasion) }
}

/// Whether no run mends a broken chain today.
fn is_given_up(chain: &Chain, now: Time, rules: &Rules) -> bool {
    match &chain.credentials {
        Credentials::Absent | Credentials::Blocked(_) => true,
        Credentials::Stored { runs, not_before, .. } => {
            let next = not_before.map_or(now, |at| at.max(now));
            runs.on(next) >= rules.recovery.tries_a_day
        }
    }
}
