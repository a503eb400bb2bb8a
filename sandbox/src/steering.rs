//! `/sandbox/…`: the same verbs as the library, over HTTP, as JSON or as plain forms.

pub(crate) mod front;
pub(crate) mod sign_ins;
mod told;

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::chains::Holder;
use crate::clients::{Client, ClientId};
use crate::companies::Company;
use crate::counts::Counts;
use crate::faults::Fault;
use crate::generation::Generation;
use crate::users::{User, UserName};
use crate::world::Shared;
use told::{Told, wrong};

/// The name that stops the listening itself for some seconds.
pub(crate) const REFUSED_CONNECTIONS: &str = "connection_refused";

/// `GET /sandbox/clock`.
pub(crate) async fn clock(State(shared): State<Shared>) -> Response {
    let now = shared.lock().now();
    let at = jiff::Timestamp::from_millisecond(now).map(|at| at.to_string()).unwrap_or_default();
    Json(json!({ "now": now, "at": at })).into_response()
}

#[derive(Debug, Deserialize)]
pub(crate) struct Advance {
    advance_seconds: u64,
}

/// `POST /sandbox/clock`.
pub(crate) async fn advance(State(shared): State<Shared>, told: Told<Advance>) -> Response {
    let now = {
        let mut world = shared.lock();
        world.clock.advance(Duration::from_secs(told.value.advance_seconds));
        world.now()
    };
    told.done(json!({ "now": now }))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Fail {
    fault: String,
    seconds: Option<u64>,
    times: Option<u32>,
}

/// `POST /sandbox/faults`: `seconds` is for `delayed` and `connection_refused` (10 if absent).
pub(crate) async fn fail(State(shared): State<Shared>, told: Told<Fail>) -> Response {
    let time = Duration::from_secs(told.value.seconds.unwrap_or(10));
    let mut world = shared.lock();
    if told.value.fault == REFUSED_CONNECTIONS {
        if let Some(pauses) = &world.pauses {
            // Nobody listens for it only while the sandbox is being dropped.
            let _dropped = pauses.send(time);
        }
        return told.done(json!({ "seconds": time.as_secs() }));
    }
    let Some(fault) = Fault::named(&told.value.fault, time) else {
        let names = Fault::NAMES.join(", ");
        return wrong(&format!("no such fault; known are {names}, {REFUSED_CONNECTIONS}"));
    };
    for _ in 0..told.value.times.unwrap_or(1).min(1_000) {
        world.faults.push(fault);
    }
    told.done(json!({ "waiting": world.faults.waiting() }))
}

/// `DELETE /sandbox/faults`: forgets those that wait.
pub(crate) async fn forget_faults(State(shared): State<Shared>) -> Response {
    shared.lock().faults.forget();
    Json(json!({ "waiting": 0 })).into_response()
}

/// `GET /sandbox/counts`.
pub(crate) async fn counts(State(shared): State<Shared>) -> Json<Counts> {
    Json(shared.lock().counts())
}

#[derive(Debug, Serialize)]
struct ShownUser {
    name: String,
    password: String,
    one_time_code: Option<String>,
    user_id: Uuid,
    locked: bool,
    generation: Generation,
}

/// `GET /sandbox/users`: with passwords and current one-time codes, for scripts that sign in.
pub(crate) async fn users(State(shared): State<Shared>) -> Response {
    let world = shared.lock();
    let users: Vec<ShownUser> = world
        .users
        .all()
        .map(|account| ShownUser {
            name: account.user.name.clone(),
            password: account.user.password.clone(),
            one_time_code: account.user.one_time_code(world.now()),
            user_id: account.user.user_id,
            locked: account.is_locked(),
            generation: account.user.generation.unwrap_or(world.options.generation),
        })
        .collect();
    Json(users).into_response()
}

#[derive(Debug, Deserialize)]
pub(crate) struct NewUser {
    name: String,
    password: String,
    totp_secret: Option<String>,
    user_id: Option<Uuid>,
    full_name: Option<String>,
    divisions: Option<Vec<i64>>,
    #[serde(default)]
    consented: bool,
    generation: Option<Generation>,
}

/// `POST /sandbox/users`: adds one, or replaces the one of that name.
pub(crate) async fn add_user(State(shared): State<Shared>, told: Told<NewUser>) -> Response {
    let new = &told.value;
    let mut user = User::new(&new.name, &new.password);
    user.totp_secret = new.totp_secret.clone().filter(|secret| !secret.is_empty());
    user.user_id = new.user_id.unwrap_or(user.user_id);
    user.full_name = new.full_name.clone().unwrap_or(user.full_name);
    user.divisions = new.divisions.clone().unwrap_or(user.divisions);
    user.consented = new.consented;
    user.generation = new.generation;
    if user.totp_secret.is_some() && user.one_time_code(0).is_none() {
        return wrong("totp_secret is not base32");
    }
    let answer = json!({ "user_id": user.user_id });
    shared.lock().users.add(user);
    told.done(answer)
}

#[derive(Debug, Deserialize)]
pub(crate) struct NewClient {
    id: String,
    secret: String,
    redirect_uris: Vec<String>,
}

/// `POST /sandbox/clients`.
pub(crate) async fn add_client(State(shared): State<Shared>, told: Told<NewClient>) -> Response {
    let new = &told.value;
    shared.lock().clients.add(Client {
        id: new.id.clone(),
        secret: new.secret.clone(),
        redirect_uris: new.redirect_uris.clone(),
    });
    told.done(json!({ "id": new.id }))
}

#[derive(Debug, Deserialize)]
pub(crate) struct NewCompany {
    division: i64,
    name: String,
    accounts: Option<u32>,
}

/// `POST /sandbox/companies`.
pub(crate) async fn add_company(State(shared): State<Shared>, told: Told<NewCompany>) -> Response {
    let new = &told.value;
    shared.lock().companies.add(Company {
        division: new.division,
        name: new.name.clone(),
        accounts: new.accounts.unwrap_or(150),
    });
    told.done(json!({ "division": new.division }))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Whose {
    client_id: String,
    user: String,
}

impl Whose {
    fn holder(&self) -> Holder {
        Holder { client: ClientId::new(&self.client_id), user: UserName::new(&self.user) }
    }
}

/// `POST /sandbox/issue`: a pair of tokens as if it was granted elsewhere.
pub(crate) async fn issue(State(shared): State<Shared>, told: Told<Whose>) -> Response {
    let holder = told.value.holder();
    let mut world = shared.lock();
    if !world.clients.is_known(&holder.client) || world.users.find(&holder.user).is_none() {
        return wrong("no such client or user");
    }
    let issued = world.begin_chain(holder);
    told.done(json!({ "access_token": issued.access_token, "refresh_token": issued.refresh_token }))
}

/// `POST /sandbox/break`: kills the live chain.
pub(crate) async fn break_chain(State(shared): State<Shared>, told: Told<Whose>) -> Response {
    let broken = shared.lock().chains.kill(&told.value.holder());
    told.done(json!({ "broken": broken }))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Lifetimes {
    access_seconds: Option<u64>,
    minimum_interval_seconds: Option<u64>,
    idle_seconds: Option<u64>,
    code_seconds: Option<u64>,
    grace_seconds: Option<u64>,
    token_calls_a_day: Option<u32>,
}

/// `POST /sandbox/lifetimes`: changes what is named; a grace of 0 is none.
pub(crate) async fn lifetimes(State(shared): State<Shared>, told: Told<Lifetimes>) -> Response {
    let new = &told.value;
    let mut world = shared.lock();
    let options = &mut world.options;
    let set = |field: &mut Duration, seconds: Option<u64>| {
        *field = seconds.map_or(*field, Duration::from_secs);
    };
    set(&mut options.access_lifetime, new.access_seconds);
    set(&mut options.minimum_interval, new.minimum_interval_seconds);
    set(&mut options.idle_life, new.idle_seconds);
    set(&mut options.code_lifetime, new.code_seconds);
    if let Some(seconds) = new.grace_seconds {
        options.grace = (seconds > 0).then(|| Duration::from_secs(seconds));
    }
    options.token_calls_a_day = new.token_calls_a_day.unwrap_or(options.token_calls_a_day);
    told.done(json!({
        "access_seconds": options.access_lifetime.as_secs(),
        "minimum_interval_seconds": options.minimum_interval.as_secs(),
        "idle_seconds": options.idle_life.as_secs(),
        "code_seconds": options.code_lifetime.as_secs(),
        "grace_seconds": options.grace.map_or(0, |grace| grace.as_secs()),
        "token_calls_a_day": options.token_calls_a_day,
    }))
}
