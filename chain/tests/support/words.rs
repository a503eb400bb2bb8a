//! Chains in words, so that a table of them can be read.

use chain::{Activation, Chain, Credentials, Effort, Held, Phase, State};

use crate::wanted::clock;

/// What became of a chain: its state, and after a bar what else changed; `stays` if nothing did.
pub fn becomes(before: &Chain, after: &Chain) -> String {
    if before == after {
        return "stays".to_owned();
    }
    let mut words = state(before.held(), &after.state);
    if after.calls != before.calls {
        words += &format!(" | calls {}", after.calls.used);
    }
    if after.credentials != before.credentials {
        words += &format!(" | credentials {}", credentials(&after.credentials));
    }
    words
}

fn state(before: Option<&Held>, state: &State) -> String {
    let link = |now: &Held| held(before, now);
    let maybe = |now: &Option<Held>| now.as_ref().map_or_else(|| "nothing".to_owned(), link);
    match state {
        State::Unlinked => "unlinked".to_owned(),
        State::Live(held) => format!("live {}", link(held)),
        State::Spending { held, attempt, since, deadline, phase, effort } => {
            let phase = match phase {
                Phase::Intended => "intended",
                Phase::Sent => "sent",
            };
            let (since, deadline) = (clock(*since), clock(*deadline));
            format!("spending {} #{attempt} {phase} {since} to {deadline}{}", link(held), failures(effort))
        }
        State::InDoubt { held, attempt, doubt, next } => {
            let (since, resends, next) = (clock(doubt.since), doubt.resends, clock(*next));
            format!("in doubt {} #{attempt} since {since} resends {resends} next {next}", link(held))
        }
        State::Waiting { held, until, cause, effort } => {
            format!("waiting {} until {} {cause:?}{}", link(held), clock(*until), failures(effort))
        }
        State::Recovering { held, fault, since, attempt } => {
            format!("recovering {} {fault:?} since {} #{attempt}", maybe(held), clock(*since))
        }
        State::Broken { held, fault, since } => {
            format!("broken {} {fault:?} since {}", maybe(held), clock(*since))
        }
    }
}

/// The generation alone for the link that was there before; what is new of it otherwise.
fn held(before: Option<&Held>, now: &Held) -> String {
    let mut words = format!("g{}", now.generation);
    if before.is_some_and(|before| before == now) {
        return words;
    }
    if before.is_none_or(|before| before.generation != now.generation) {
        let (granted, got) = (clock(now.granted_at), clock(now.received_at));
        let (access, refresh) = (clock(now.access_until), clock(now.refresh_until));
        words += &format!(" granted {granted} got {got} access {access} refresh {refresh}");
    }
    match now.activation {
        Activation::Done => words + " active",
        Activation::Pending { tries, next } => words + &format!(" activate {tries} at {}", clock(next)),
    }
}

fn failures(effort: &Effort) -> String {
    let mut words = String::new();
    if effort.tries > 0 {
        words += &format!(" tries {}", effort.tries);
    }
    if let Some(doubt) = effort.doubt {
        words += &format!(" doubt since {} resends {}", clock(doubt.since), doubt.resends);
    }
    words
}

fn credentials(credentials: &Credentials) -> String {
    match credentials {
        Credentials::Absent => "absent".to_owned(),
        Credentials::Stored { runs, not_before, since } => {
            let mut words = format!("stored runs {}", runs.used);
            if let Some(at) = not_before {
                words += &format!(" not before {}", clock(*at));
            }
            if *since > 0 {
                words += &format!(" after #{since}");
            }
            words
        }
        Credentials::Blocked(failure) => format!("blocked {failure:?}"),
    }
}
