//! `/sandbox/sign_…`: what sign-ins meet, at which pages they happen, and what was sent.

use std::time::Duration;

use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::told::{Told, wrong};
use crate::generation::{Cut, Generation};
use crate::sign_in_faults::{Arranged, SignInFault, SignInStep};
use crate::users::UserName;
use crate::world::{Shared, World};

/// `GET /sandbox/sign_ins`: the numbers of every user name.
pub(crate) async fn numbers(State(shared): State<Shared>) -> Response {
    Json(shared.lock().sign_ins.all()).into_response()
}

#[derive(Debug, Deserialize)]
pub(crate) struct Fail {
    fault: String,
    /// Absent is anybody.
    user: Option<String>,
    /// Absent is the first step that fits.
    at: Option<String>,
    /// 1 if absent.
    times: Option<u32>,
    /// Until it is forgotten.
    #[serde(default)]
    always: bool,
    /// For `slow`; 10 if absent.
    seconds: Option<u64>,
    /// For `slow`, instead of seconds.
    milliseconds: Option<u64>,
    /// For `other_user`: who comes back.
    other_user: Option<String>,
    /// For `foreign_host`: where it leads.
    address: Option<String>,
}

/// `POST /sandbox/sign_in_faults`.
pub(crate) async fn fail(State(shared): State<Shared>, told: Told<Fail>) -> Response {
    let wish = &told.value;
    // The page sends what was left open as empty text.
    let given = |field: &Option<String>| field.clone().filter(|text| !text.is_empty());
    let delay =
        wish.milliseconds.map_or(Duration::from_secs(wish.seconds.unwrap_or(10)), Duration::from_millis);
    let detail = given(&wish.other_user).or_else(|| given(&wish.address));
    let Some(fault) = SignInFault::named(&wish.fault, delay, detail.as_deref()) else {
        let names = SignInFault::NAMES.join(", ");
        return wrong(&format!("no such fault; known are {names}; other_user wants `other_user`"));
    };
    let at = given(&wish.at);
    let step = at.as_deref().map(SignInStep::named);
    if step == Some(None) {
        let names = SignInStep::NAMES.map(|(name, _)| name).join(", ");
        return wrong(&format!("no such step; known are {names}"));
    }
    let mut world = shared.lock();
    if let SignInFault::OtherUser(other) = &fault
        && world.users.find(&UserName::new(other)).is_none()
    {
        return wrong("no such other_user");
    }
    world.sign_in_faults.push(Arranged {
        user: given(&wish.user).map(|user| UserName::new(&user)),
        at: step.flatten(),
        fault,
        times: (!wish.always).then(|| wish.times.unwrap_or(1).max(1)),
    });
    told.done(json!({ "waiting": world.sign_in_faults.waiting() }))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Whose {
    user: Option<String>,
}

/// `DELETE /sandbox/sign_in_faults`: forgets those that wait, with `?user=` those of one user.
pub(crate) async fn forget(State(shared): State<Shared>, Query(whose): Query<Whose>) -> Response {
    let mut world = shared.lock();
    let user = whose.user.as_deref().map(UserName::new);
    world.sign_in_faults.forget(user.as_ref());
    Json(json!({ "waiting": world.sign_in_faults.waiting() })).into_response()
}

#[derive(Debug, Deserialize)]
pub(crate) struct Rates {
    rate: f64,
    /// Begins a new sequence; without one, neither here nor at the start, nothing is random.
    seed: Option<u64>,
    /// The names to choose from.
    faults: Option<Vec<String>>,
    delay_milliseconds: Option<u64>,
}

/// `POST /sandbox/sign_in_faults/random`: changes what is named.
pub(crate) async fn rates(State(shared): State<Shared>, told: Told<Rates>) -> Response {
    let wish = &told.value;
    if !(0.0..=1.0).contains(&wish.rate) {
        return wrong("a rate from 0 to 1 is wanted");
    }
    let mut world = shared.lock();
    if let Some(names) = &wish.faults {
        let faults: Option<Vec<_>> =
            names.iter().map(|name| SignInFault::named(name, Duration::ZERO, None)).collect();
        match faults {
            Some(faults) => world.options.sign_in_faults = faults,
            None => return wrong("one of the faults is not known, or does not come by chance"),
        }
    }
    world.options.sign_in_fault_rate = wish.rate;
    if let Some(late) = wish.delay_milliseconds {
        world.options.random_page_delay = Duration::from_millis(late);
    }
    if wish.seed.is_some() {
        world.sign_in_faults.sow(wish.seed);
    }
    told.done(json!({ "rate": wish.rate }))
}

/// `GET /sandbox/generation`.
pub(crate) async fn generation(State(shared): State<Shared>) -> Response {
    Json(chosen(&shared.lock())).into_response()
}

#[derive(Debug, Deserialize)]
pub(crate) struct Choice {
    generation: Option<Generation>,
    /// Absent is everybody without a choice of their own.
    user: Option<String>,
    cut: Option<Cut>,
    user_name_field: Option<String>,
    user_agent: Option<bool>,
    extra_fields: Option<Vec<String>>,
    lock_after: Option<u32>,
}

/// `POST /sandbox/generation`: changes what is named; the pages are those of everybody.
pub(crate) async fn choose(State(shared): State<Shared>, told: Told<Choice>) -> Response {
    let choice = &told.value;
    let mut guard = shared.lock();
    let world = &mut *guard;
    match (choice.generation, choice.user.as_deref().filter(|user| !user.is_empty())) {
        (Some(generation), Some(user)) => match world.users.find_mut(&UserName::new(user)) {
            Some(account) => account.user.generation = Some(generation),
            None => return wrong("no such user"),
        },
        (Some(generation), None) => world.options.generation = generation,
        (None, _) => {}
    }
    let pages = &mut world.options.identity_pages;
    pages.cut = choice.cut.unwrap_or(pages.cut);
    pages.user_agent = choice.user_agent.unwrap_or(pages.user_agent);
    if let Some(field) = &choice.user_name_field {
        pages.user_name_field.clone_from(field);
    }
    if let Some(fields) = &choice.extra_fields {
        pages.extra_fields.clone_from(fields);
    }
    world.options.wrong_passwords_allowed =
        choice.lock_after.unwrap_or(world.options.wrong_passwords_allowed);
    told.done(chosen(world))
}

fn chosen(world: &World) -> Value {
    json!({
        "generation": world.options.generation,
        "identity_url": world.origins.identity,
        "pages": world.options.identity_pages,
        "lock_after": world.options.wrong_passwords_allowed,
    })
}

#[derive(Debug, Deserialize)]
pub(crate) struct Locked {
    user: String,
}

/// `POST /sandbox/unlock`: forgets the wrong passwords of an account.
pub(crate) async fn unlock(State(shared): State<Shared>, told: Told<Locked>) -> Response {
    let mut world = shared.lock();
    let Some(account) = world.users.find_mut(&UserName::new(&told.value.user)) else {
        return wrong("no such user");
    };
    account.unlock();
    told.done(json!({ "locked": false }))
}
