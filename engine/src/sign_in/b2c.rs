//! One Exact Identity: an Azure AD B2C policy, whose pages are sent by a script that declares itself.
//!
//! A step is posted to `SelfAsserted`, which answers in JSON; the next page is behind `confirmed`.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::AGENT;
use super::control::Kind;
use super::form::{Blank, Form};
use super::page::{Page, Place};
use super::words::{self, Said};

/// The most places of a script where a declaration is looked for.
const MOST_PLACES: usize = 8;
/// The most fields of one step.
const MOST_FIELDS: usize = 50;
/// The name of the step whose confirmation says whether the browser is remembered.
const COMBINED: &str = "CombinedSigninAndSignup";

#[derive(Deserialize)]
struct Settings {
    api: String,
    csrf: String,
    #[serde(rename = "transId")]
    transaction: String,
    hosts: Hosts,
}

#[derive(Deserialize)]
struct Hosts {
    tenant: String,
    policy: String,
}

/// What a step was answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The step is taken.
    Accepted,
    /// It was refused, in these words.
    Refused(Said),
    /// The provider failed.
    Failed,
    /// It is no such answer.
    NotUnderstood,
}

/// Reads the answer to a step.
pub fn read_answer(body: &[u8]) -> Answer {
    let Ok(Value::Object(answer)) = serde_json::from_slice(body) else { return Answer::NotUnderstood };
    let text = |name: &str| match answer.get(name) {
        Some(Value::String(text)) => text.to_lowercase(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | None => String::new(),
    };
    match text("status").as_str() {
        "200" => Answer::Accepted,
        "" => Answer::NotUnderstood,
        status if status.starts_with('5') => Answer::Failed,
        _ => Answer::Refused(words::said(&format!("{}\n{}", text("message"), text("errorCode")))),
    }
}

/// Reads a page of a policy; a step that asks for something unheard of is not answered.
pub(super) fn read(place: &Place<'_>) -> Option<Page> {
    let settings: Settings = serde_json::from_value(declared(place, "SETTINGS")?).ok()?;
    let fields = fields(place).unwrap_or_default();
    if fields.iter().any(|(name, _)| name.to_ascii_lowercase().contains("captcha")) {
        return Some(Page::Captcha);
    }
    let form = step(place, &settings, &fields);
    Some(form.map_or(Page::Unknown, Page::B2cStep))
}

fn step(place: &Place<'_>, settings: &Settings, fields: &[(String, bool)]) -> Option<Form> {
    let Settings { api, csrf, transaction, hosts } = settings;
    let is_plain = |text: &str| !text.is_empty() && text.bytes().all(|letter| letter.is_ascii_alphanumeric());
    if !is_plain(api) || csrf.bytes().any(|letter| !(b' '..=b'~').contains(&letter)) {
        return None;
    }
    let at = |path: &str| -> Option<Url> {
        let tenant = hosts.tenant.trim_end_matches('/');
        let mut url = place.url.join(&format!("{tenant}{path}")).ok()?;
        url.set_query(None);
        url.set_fragment(None);
        // The script sends to its own host only.
        (url.origin() == place.url.origin()).then_some(url)
    };
    let mut to = at("/SelfAsserted")?;
    to.query_pairs_mut().append_pair("tx", transaction).append_pair("p", &hosts.policy);
    let mut then = at(&format!("/api/{api}/confirmed"))?;
    if api == COMBINED {
        then.query_pairs_mut().append_pair("rememberMe", "false");
    }
    then.query_pairs_mut()
        .append_pair("csrf_token", csrf)
        .append_pair("tx", transaction)
        .append_pair("p", &hosts.policy);
    let headers = vec![("X-CSRF-TOKEN", csrf.clone()), ("X-Requested-With", "XMLHttpRequest".to_owned())];
    let mut form = Form::scripted(to, headers, then);
    form.push("request_type", "RESPONSE");
    let mut known = false;
    for (name, required) in fields {
        match name.as_str() {
            "signInName"
            | "signInNames.emailAddress"
            | "email"
            | "emailAddress"
            | "logonIdentifier"
            | "username" => {
                form.push_blank(name, Blank::UserName);
            }
            "password" => form.push_blank(name, Blank::Password),
            "totpVerificationCode" | "otpCode" => form.push_blank(name, Blank::Code),
            // No new secret is asked for, and none is what the page itself sends.
            "reset_totp" => form.push(name, "false"),
            "totp_skip_days" => form.push(name, "true"),
            "userAgent" => form.push(name, AGENT),
            // The one explains something, the other is for a helper in the page.
            "rememberMePeriodChangeInfo" | "exactAssistantPayload" => continue,
            _ if *required => return None,
            _ => continue,
        }
        known = true;
    }
    if form.asks(Blank::Code) {
        for (name, value) in [("reset_totp", "false"), ("totp_skip_days", "true")] {
            if form.value(name).is_none() {
                form.push(name, value);
            }
        }
    }
    known.then_some(form)
}

/// The fields that the step asks for and whether each must be there.
fn fields(place: &Place<'_>) -> Option<Vec<(String, bool)>> {
    let Some(declared) = declared(place, "SA_FIELDS") else { return Some(shown(place)) };
    let list = declared.get("AttributeFields").and_then(Value::as_array)?;
    if list.len() > MOST_FIELDS {
        return None;
    }
    let of = |field: &Value| {
        let name = field.get("ID").and_then(Value::as_str)?.to_owned();
        let required = match field.get("IS_REQ").or_else(|| field.get("IS_REQUIRED")) {
            Some(Value::Bool(required)) => *required,
            Some(Value::String(required)) => required.eq_ignore_ascii_case("true"),
            Some(Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_)) | None => false,
        };
        Some((name, required))
    };
    list.iter().map(of).collect()
}

/// A page that declares no fields shows them.
fn shown(place: &Place<'_>) -> Vec<(String, bool)> {
    let open = place.sheet.controls.iter().filter(|control| {
        matches!(control.kind, Kind::Text | Kind::Password) && !control.disabled && !control.id.is_empty()
    });
    open.map(|control| (control.id.clone(), control.required)).take(MOST_FIELDS).collect()
}

/// The value of `var NAME = {…}` in the page's scripts.
fn declared(place: &Place<'_>, name: &str) -> Option<Value> {
    let places = place
        .sheet
        .scripts
        .iter()
        .flat_map(|script| script.match_indices(name).map(move |(at, _)| (script, at)));
    places.take(MOST_PLACES).find_map(|(script, at)| {
        let rest = script.get(at + name.len()..)?.trim_start().strip_prefix('=')?;
        let before = script[..at].chars().next_back();
        if before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_' || letter == '$') {
            return None;
        }
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        values.next()?.ok().filter(Value::is_object)
    })
}
