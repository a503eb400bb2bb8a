//! What a chain's step is counted as.

use chain::{Chain, Event, State, Time};

use super::{Figure, RepairedBy, TokenOutcome};
use crate::actor::Actor;
use crate::engine::Engine;
use crate::store::chains;

impl Engine {
    /// Counts the end of a token call, if the event is one.
    pub(crate) fn count_call(&self, row: &chains::Row, event: &Event) {
        let outcome = match event {
            Event::Refreshed { .. } => TokenOutcome::Refreshed,
            Event::Linked(_) => TokenOutcome::Exchanged,
            Event::Refused { .. } => TokenOutcome::Refused,
            Event::NoAnswer { .. } => TokenOutcome::NoAnswer,
            Event::NeverSent { .. } => TokenOutcome::NeverSent,
            Event::Tick
            | Event::Asked { .. }
            | Event::RefreshNow
            | Event::Adopted
            | Event::Sending { .. }
            | Event::Activated { .. }
            | Event::ActivationFailed { .. }
            | Event::Recovered { .. }
            | Event::RecoveryFailed { .. }
            | Event::CredentialsStored
            | Event::CredentialsRemoved
            | Event::CredentialsExpired
            | Event::Restart => return,
        };
        self.count(row.organisation, Figure::TokenCall(outcome));
    }

    /// Counts that a chain broke or was mended, if it did or was; `by` is who told the event.
    pub(crate) fn count_turn(&self, row: &chains::Row, after: &Chain, event: &Event, by: &Actor, now: Time) {
        match (is_down(&row.chain), is_down(after)) {
            (false, true) => {
                if let Some(fault) = after.fault() {
                    self.count(row.organisation, Figure::Break(fault));
                }
            }
            (true, false) => {
                let down_for = row.broke_at.map(|at| now.since(at)).unwrap_or_default();
                self.count_timed(row.organisation, Figure::Repair(mender(event, by)), down_for);
            }
            (true, true) | (false, false) => {}
        }
    }
}

const fn is_down(chain: &Chain) -> bool {
    matches!(chain.state, State::Broken { .. } | State::Recovering { .. })
}

fn mender(event: &Event, by: &Actor) -> RepairedBy {
    match event {
        Event::Recovered { .. } => RepairedBy::Itself,
        Event::Linked(_) => RepairedBy::Person,
        // Evergrant itself takes up a link that was kept beside.
        Event::Adopted if *by != Actor::System => RepairedBy::Person,
        Event::Adopted
        | Event::Refreshed { .. }
        | Event::Tick
        | Event::Asked { .. }
        | Event::RefreshNow
        | Event::Sending { .. }
        | Event::Refused { .. }
        | Event::NoAnswer { .. }
        | Event::NeverSent { .. }
        | Event::Activated { .. }
        | Event::ActivationFailed { .. }
        | Event::RecoveryFailed { .. }
        | Event::CredentialsStored
        | Event::CredentialsRemoved
        | Event::CredentialsExpired
        | Event::Restart => RepairedBy::LateLink,
    }
}
