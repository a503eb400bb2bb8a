//! What the journal says, and that nobody changes it afterwards.

mod chained;
mod tip;
mod verify;

pub use chained::ChainError;
pub use verify::{Misfit, SoundJournal, VerifyError};

use chain::{Chain, ChainId, Event, OrganisationId, State, Time};

use crate::actor::Actor;
use crate::engine::Engine;
use crate::keeper::News;
use crate::store;
use crate::store::chains;
use crate::store::journal::Entry;

/// The line that a step leaves, if it is worth one.
pub(crate) fn entry(
    engine: &Engine,
    before: &chains::Row,
    after: &Chain,
    news: &News,
    now: Time,
) -> Option<Entry> {
    let action = match &news.event {
        Event::Linked(_) => "linked",
        Event::Adopted => "adopted",
        Event::Refreshed { .. } => "refreshed",
        Event::Refused { .. } => "refused",
        Event::NeverSent { .. } => "never_sent",
        Event::NoAnswer { .. } => "no_answer",
        Event::Recovered { .. } => "recovered",
        Event::RecoveryFailed { .. } => "recovery_failed",
        Event::Activated { .. } => "activated",
        Event::ActivationFailed { .. } => "activation_failed",
        Event::Restart => "restarted",
        Event::Tick if turned(&before.chain, after) => outcome(after),
        // What happens to credentials is written together with their row.
        Event::CredentialsStored
        | Event::CredentialsRemoved
        | Event::CredentialsExpired
        | Event::Tick
        | Event::Asked { .. }
        | Event::RefreshNow
        | Event::Sending { .. } => return None,
    };
    let code = match &news.event {
        Event::Refused { fault, .. } => Some(fault.code()),
        Event::RecoveryFailed { failure, .. } => Some(failure.code()),
        Event::Tick => after.fault().map(chain::Fault::code),
        Event::Linked(_)
        | Event::Adopted
        | Event::Asked { .. }
        | Event::RefreshNow
        | Event::Sending { .. }
        | Event::Refreshed { .. }
        | Event::NeverSent { .. }
        | Event::NoAnswer { .. }
        | Event::Activated { .. }
        | Event::ActivationFailed { .. }
        | Event::Recovered { .. }
        | Event::CredentialsStored
        | Event::CredentialsRemoved
        | Event::CredentialsExpired
        | Event::Restart => None,
    };
    let detail = after.needs_repair().then(|| "needs a person".to_owned());
    Some(Entry {
        code: code.map(str::to_owned),
        detail,
        ..line(engine, before, after, &news.actor, action, now)
    })
}

fn line(
    engine: &Engine,
    before: &chains::Row,
    after: &Chain,
    actor: &Actor,
    action: &str,
    now: Time,
) -> Entry {
    Entry {
        id: store::new_id(&engine.inner.clock),
        at: now,
        organisation: before.organisation,
        actor: actor.word(),
        from_address: actor.from().map(|from| from.to_string()),
        action: action.to_owned(),
        code: None,
        database: None,
        container: None,
        chain: Some(before.chain.id),
        generation: after.held().map(|held| held.generation),
        detail: None,
    }
}

/// Something of the organisation's own was changed.
pub(crate) fn setting(
    engine: &Engine,
    organisation: OrganisationId,
    actor: &Actor,
    action: &str,
    detail: Option<String>,
) -> Entry {
    // Of no chain in particular.
    Entry { chain: None, ..credentials(engine, organisation, ChainId(0), actor, action, detail) }
}

/// Something happened to the recovery credentials of a chain.
pub(crate) fn credentials(
    engine: &Engine,
    organisation: OrganisationId,
    chain: ChainId,
    actor: &Actor,
    action: &str,
    detail: Option<String>,
) -> Entry {
    Entry {
        id: store::new_id(&engine.inner.clock),
        at: engine.now(),
        organisation,
        actor: actor.word(),
        from_address: actor.from().map(|from| from.to_string()),
        action: action.to_owned(),
        code: None,
        database: None,
        container: None,
        chain: Some(chain),
        generation: None,
        detail,
    }
}

/// A chain of the same user took over the newer link.
pub(crate) fn joined(
    engine: &Engine,
    target: &chains::Row,
    news: &Event,
    generation: u32,
    actor: &Actor,
) -> Entry {
    let now = engine.now();
    let by_itself = matches!(news, Event::Recovered { .. });
    let action = if by_itself { "recovered" } else { "linked" };
    let detail = (!by_itself).then(|| "the same user signed in".to_owned());
    let generation = Some(generation);
    Entry { generation, detail, ..line(engine, target, &target.chain, actor, action, now) }
}

/// Whether time alone brought the chain into trouble.
fn turned(before: &Chain, after: &Chain) -> bool {
    std::mem::discriminant(&before.state) != std::mem::discriminant(&after.state)
        && !matches!(after.state, State::Spending { .. } | State::Live(_))
}

fn outcome(after: &Chain) -> &'static str {
    match after.state {
        State::Broken { .. } => "broken",
        State::InDoubt { .. } => "in_doubt",
        State::Waiting { .. } => "waiting",
        State::Recovering { .. } => "recovering",
        State::Unlinked | State::Live(_) | State::Spending { .. } => "moved",
    }
}
