//! What the provider makes of a token call.

use super::answer::Answer;
use crate::chains::{Holder, Refusal};
use crate::clients::ClientId;
use crate::codes::CodeRefusal;
use crate::world::World;

/// A client id and the spellings of the secret that came with it.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub(crate) id: String,
    pub(crate) secrets: Vec<String>,
}

/// A token call as it was read.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) form: Vec<(String, String)>,
    pub(crate) credentials: Option<Credentials>,
}

impl Call {
    fn field(&self, name: &str) -> Option<&str> {
        let mut values = self.form.iter().filter(|(key, _)| key == name);
        values.next().map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
}

/// Applies the rules and keeps the counts.
pub(crate) fn answer(world: &mut World, call: &Option<Call>) -> Answer {
    let before = world.counts.clone();
    let answer = decide(world, call.as_ref());
    let after = &mut world.counts;
    let counted = after.code_exchanges > before.code_exchanges
        || after.refreshes_accepted > before.refreshes_accepted
        || after.too_early > before.too_early;
    after.refused += u64::from(!counted);
    answer
}

fn decide(world: &mut World, call: Option<&Call>) -> Answer {
    let Some(call) = call else {
        return Answer::invalid_request("The body is not form-urlencoded.");
    };
    let Some(credentials) = &call.credentials else {
        return Answer::invalid_client();
    };
    let client = ClientId::new(&credentials.id);
    let secrets: Vec<&str> = credentials.secrets.iter().map(String::as_str).collect();
    if !world.clients.authenticates(&client, &secrets) {
        return Answer::invalid_client();
    }
    match call.field("grant_type") {
        Some("authorization_code") => exchange(world, &client, call),
        Some("refresh_token") => refresh(world, &client, call),
        Some(_) => Answer::unsupported_grant_type(),
        None => Answer::invalid_request("grant_type is missing."),
    }
}

fn exchange(world: &mut World, client: &ClientId, call: &Call) -> Answer {
    let (Some(code), Some(redirect_uri)) = (call.field("code"), call.field("redirect_uri")) else {
        return Answer::invalid_request("code or redirect_uri is missing.");
    };
    if let Some(holder) = world.codes.holder_of(client, code).cloned()
        && !may_call(world, holder)
    {
        return Answer::too_many_calls();
    }
    let now = world.now();
    let verifier = call.field("code_verifier");
    match world.codes.take(client, code, redirect_uri, verifier, now) {
        Ok(holder) => {
            world.counts.code_exchanges += 1;
            let issued = world.begin_chain(holder);
            Answer::issued(&issued, world.options.access_lifetime.as_secs())
        }
        Err(CodeRefusal::Wrong) => Answer::wrong_chain(),
        Err(CodeRefusal::WrongVerifier) => Answer::wrong_verifier(),
    }
}

fn refresh(world: &mut World, client: &ClientId, call: &Call) -> Answer {
    let Some(token) = call.field("refresh_token") else {
        return Answer::invalid_request("refresh_token is missing.");
    };
    if let Some(holder) = world.chains.holder_of(client, token).cloned()
        && !may_call(world, holder)
    {
        return Answer::too_many_calls();
    }
    let now = world.now();
    match world.chains.refresh(client, token, now, &world.options) {
        Ok(issued) => {
            world.counts.refreshes_accepted += 1;
            Answer::issued(&issued, world.options.access_lifetime.as_secs())
        }
        Err(Refusal::TooEarly { seconds_left }) => {
            world.counts.too_early += 1;
            Answer::too_early(seconds_left)
        }
        Err(Refusal::Spent) => {
            world.counts.spent_presented += 1;
            Answer::spent()
        }
        Err(Refusal::Idle { expired_at }) => Answer::idle(expired_at, now),
        // The answer to a link that was never activated is not documented; the chain text
        // is the one that asks for a new authorization without calling the link old.
        Err(Refusal::Unknown | Refusal::NotActivated) => Answer::wrong_chain(),
    }
}

/// Counts a call that belongs to a user, refused ones too; days are UTC days.
fn may_call(world: &mut World, holder: Holder) -> bool {
    let day = world.now().div_euclid(24 * 3_600_000);
    let allowed = world.options.token_calls_a_day;
    let calls = world.token_calls.entry(holder).or_insert((day, 0));
    if calls.0 != day {
        *calls = (day, 0);
    }
    calls.1 = calls.1.saturating_add(1);
    calls.1 <= allowed
}
