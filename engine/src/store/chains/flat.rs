//! A chain's state and all that it carries, as cells of one row.

use chain::{
    Activation, Calls, Chain, Credentials, Doubt, Effort, Fault, Held, Phase, RecoveryFailure, State, Time,
};
use sea_orm::ActiveValue::Set;

use crate::store::StoreError;
use crate::store::cells::Cells;
use crate::store::entity::chains::{ActiveModel, Model};

/// Sets every cell that says where the chain stands; what does not belong to its state is emptied.
pub(super) fn flatten(chain: &Chain) -> ActiveModel {
    let mut row = ActiveModel {
        attempts: Set(chain.attempts.into()),
        calls_day: Set(chain.calls.day),
        calls_used: Set(chain.calls.used.into()),
        attempt: Set(None),
        since: Set(None),
        deadline: Set(None),
        phase: Set(None),
        next_at: Set(None),
        fault: Set(None),
        ..ActiveModel::default()
    };
    flatten_held(&mut row, chain.held());
    flatten_effort(&mut row, None);
    flatten_credentials(&mut row, &chain.credentials);
    match &chain.state {
        State::Unlinked => row.state = word("unlinked"),
        State::Live(_) => row.state = word("live"),
        State::Spending { held: _, attempt, since, deadline, phase, effort } => {
            row.state = word("spending");
            row.attempt = Set(Some((*attempt).into()));
            row.since = Set(Some(since.millis()));
            row.deadline = Set(Some(deadline.millis()));
            row.phase = Set(Some(phase_word(*phase).to_owned()));
            flatten_effort(&mut row, Some(effort));
        }
        State::InDoubt { held: _, attempt, doubt, next } => {
            row.state = word("in_doubt");
            row.attempt = Set(Some((*attempt).into()));
            row.doubt_since = Set(Some(doubt.since.millis()));
            row.doubt_resends = Set(Some(doubt.resends.into()));
            row.next_at = Set(Some(next.millis()));
        }
        State::Waiting { held: _, until, cause, effort } => {
            row.state = word("waiting");
            row.next_at = Set(Some(until.millis()));
            row.fault = Set(Some(cause.code().to_owned()));
            flatten_effort(&mut row, Some(effort));
        }
        State::Recovering { held: _, fault, since, attempt } => {
            row.state = word("recovering");
            row.fault = Set(Some(fault.code().to_owned()));
            row.since = Set(Some(since.millis()));
            row.attempt = Set(Some((*attempt).into()));
        }
        State::Broken { held: _, fault, since } => {
            row.state = word("broken");
            row.fault = Set(Some(fault.code().to_owned()));
            row.since = Set(Some(since.millis()));
        }
    }
    row
}

fn word(text: &str) -> sea_orm::ActiveValue<String> {
    Set(text.to_owned())
}

const fn phase_word(phase: Phase) -> &'static str {
    match phase {
        Phase::Intended => "intended",
        Phase::Sent => "sent",
    }
}

fn flatten_held(row: &mut ActiveModel, held: Option<&Held>) {
    row.generation = Set(held.map(|held| held.generation.into()));
    row.granted_at = Set(held.map(|held| held.granted_at.millis()));
    row.received_at = Set(held.map(|held| held.received_at.millis()));
    row.access_until = Set(held.map(|held| held.access_until.millis()));
    row.refresh_until = Set(held.map(|held| held.refresh_until.millis()));
    let (tries, next) = match held.map(|held| held.activation) {
        Some(Activation::Pending { tries, next }) => (Some(tries.into()), Some(next.millis())),
        Some(Activation::Done) | None => (None, None),
    };
    row.activation_tries = Set(tries);
    row.activation_next = Set(next);
}

fn flatten_effort(row: &mut ActiveModel, effort: Option<&Effort>) {
    let doubt = effort.and_then(|effort| effort.doubt);
    row.tries = Set(effort.map(|effort| effort.tries.into()));
    row.doubt_since = Set(doubt.map(|doubt| doubt.since.millis()));
    row.doubt_resends = Set(doubt.map(|doubt| doubt.resends.into()));
}

fn flatten_credentials(row: &mut ActiveModel, credentials: &Credentials) {
    row.runs_day = Set(None);
    row.runs_used = Set(None);
    row.not_before = Set(None);
    row.credentials_since = Set(None);
    row.blocked_code = Set(None);
    match credentials {
        Credentials::Absent => row.credentials = word("absent"),
        Credentials::Stored { runs, not_before, since } => {
            row.credentials = word("stored");
            row.runs_day = Set(Some(runs.day));
            row.runs_used = Set(Some(runs.used.into()));
            row.not_before = Set(not_before.map(Time::millis));
            row.credentials_since = Set(Some((*since).into()));
        }
        Credentials::Blocked(failure) => {
            row.credentials = word("blocked");
            row.blocked_code = Set(Some(failure.code().to_owned()));
        }
    }
}

/// The chain that the row describes.
pub(super) fn unflatten(row: &Model) -> Result<Chain, StoreError> {
    let cells = Cells { table: "chains", row: &row.id };
    Ok(Chain {
        id: cells.parse("id", &row.id)?,
        state: state(row, cells)?,
        attempts: cells.count("attempts", row.attempts)?,
        calls: Calls { day: row.calls_day, used: cells.count("calls_used", row.calls_used)? },
        credentials: credentials(row, cells)?,
    })
}

fn state(row: &Model, cells: Cells<'_>) -> Result<State, StoreError> {
    let attempt = || cells.needed_count("attempt", row.attempt);
    let since = || cells.needed_time("since", row.since);
    let needed_held = || cells.needed("generation", held(row, cells)?);
    Ok(match row.state.as_str() {
        "unlinked" => State::Unlinked,
        "live" => State::Live(needed_held()?),
        "spending" => State::Spending {
            held: needed_held()?,
            attempt: attempt()?,
            since: since()?,
            deadline: cells.needed_time("deadline", row.deadline)?,
            phase: cells.word("phase", row.phase.as_deref().unwrap_or_default(), phase)?,
            effort: effort(row, cells)?,
        },
        "in_doubt" => State::InDoubt {
            held: needed_held()?,
            attempt: attempt()?,
            doubt: cells.needed("doubt_since", doubt(row, cells)?)?,
            next: cells.needed_time("next_at", row.next_at)?,
        },
        "waiting" => State::Waiting {
            held: needed_held()?,
            until: cells.needed_time("next_at", row.next_at)?,
            cause: fault(row, cells)?,
            effort: effort(row, cells)?,
        },
        "recovering" => State::Recovering {
            held: held(row, cells)?,
            fault: fault(row, cells)?,
            since: since()?,
            attempt: attempt()?,
        },
        "broken" => State::Broken { held: held(row, cells)?, fault: fault(row, cells)?, since: since()? },
        other => return Err(cells.impossible(format!("state is {other:?}"))),
    })
}

fn phase(word: &str) -> Option<Phase> {
    [Phase::Intended, Phase::Sent].into_iter().find(|phase| phase_word(*phase) == word)
}

fn fault(row: &Model, cells: Cells<'_>) -> Result<Fault, StoreError> {
    cells.word("fault", row.fault.as_deref().unwrap_or_default(), Fault::from_code)
}

fn held(row: &Model, cells: Cells<'_>) -> Result<Option<Held>, StoreError> {
    let Some(generation) = row.generation else { return Ok(None) };
    let activation = match (row.activation_tries, row.activation_next) {
        (None, None) => Activation::Done,
        (Some(tries), Some(next)) => Activation::Pending {
            tries: cells.count("activation_tries", tries)?,
            next: Time::from_millis(next),
        },
        (Some(_), None) | (None, Some(_)) => {
            return Err(cells.impossible("activation_tries and activation_next do not belong together"));
        }
    };
    Ok(Some(Held {
        generation: cells.count("generation", generation)?,
        granted_at: cells.needed_time("granted_at", row.granted_at)?,
        received_at: cells.needed_time("received_at", row.received_at)?,
        access_until: cells.needed_time("access_until", row.access_until)?,
        refresh_until: cells.needed_time("refresh_until", row.refresh_until)?,
        activation,
    }))
}

fn doubt(row: &Model, cells: Cells<'_>) -> Result<Option<Doubt>, StoreError> {
    let Some(since) = row.doubt_since else { return Ok(None) };
    let resends = cells.needed_count("doubt_resends", row.doubt_resends)?;
    Ok(Some(Doubt { since: Time::from_millis(since), resends }))
}

fn effort(row: &Model, cells: Cells<'_>) -> Result<Effort, StoreError> {
    Ok(Effort { tries: cells.needed_count("tries", row.tries)?, doubt: doubt(row, cells)? })
}

fn credentials(row: &Model, cells: Cells<'_>) -> Result<Credentials, StoreError> {
    Ok(match row.credentials.as_str() {
        "absent" => Credentials::Absent,
        "stored" => Credentials::Stored {
            runs: Calls {
                day: cells.needed("runs_day", row.runs_day)?,
                used: cells.needed_count("runs_used", row.runs_used)?,
            },
            not_before: row.not_before.map(Time::from_millis),
            since: cells.count("credentials_since", row.credentials_since.unwrap_or(0))?,
        },
        "blocked" => Credentials::Blocked(cells.word(
            "blocked_code",
            row.blocked_code.as_deref().unwrap_or_default(),
            RecoveryFailure::from_code,
        )?),
        other => return Err(cells.impossible(format!("credentials is {other:?}"))),
    })
}
