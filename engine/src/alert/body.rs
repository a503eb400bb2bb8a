//! What is sent: JSON to programs, a few lines to people.

use chain::Time;
use serde::Serialize;
use url::Url;

use super::facts::Container;
use super::{Facts, Language, text};
use crate::store::alerts;

/// What a webhook is sent; programs rely on these names.
#[derive(Serialize)]
struct Body<'a> {
    id: &'a str,
    event: &'static str,
    at: String,
    organisation: &'a str,
    /// The same in a sentence; what chat programs show.
    text: String,
    code: Option<&'a str>,
    until: Option<String>,
    days: Option<u32>,
    containers: Vec<Place<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    database: &'a str,
    name: &'a str,
    alias: &'a str,
    url: String,
}

/// How an alert is named in everything that is sent of it.
pub(super) fn id(alert: &alerts::Row) -> String {
    format!("{:032x}", alert.id)
}

/// The body for a webhook.
pub(super) fn json(alert: &alerts::Row, facts: &Facts, language: Language, public_url: &Url) -> String {
    let place = |container: &'_ Container| page(public_url, container);
    let body = Body {
        id: &id(alert),
        event: alert.event.as_str(),
        at: rfc3339(alert.at),
        organisation: &facts.organisation,
        text: text::sentence(language, alert.event, facts),
        code: facts.code.as_deref(),
        until: facts.until().map(rfc3339),
        days: facts.days,
        containers: facts
            .containers
            .iter()
            .map(|it| Place { database: &it.database, name: &it.name, alias: &it.alias, url: place(it) })
            .collect(),
    };
    serde_json::to_string(&body).unwrap_or_default()
}

/// The text of a mail.
pub(super) fn plain(alert: &alerts::Row, facts: &Facts, language: Language, public_url: &Url) -> String {
    let mut lines = vec![text::sentence(language, alert.event, facts), String::new()];
    if let Some(code) = &facts.code {
        lines.push(format!("{}: {code}", text::code(language)));
    }
    lines.push(text::moment(alert.at));
    lines.extend(facts.containers.iter().map(|container| page(public_url, container)));
    let settings = joined(public_url, &["settings", "alerts"]);
    lines.extend([String::new(), "-- ".to_owned(), text::footer(language, &facts.organisation, &settings)]);
    lines.join("\r\n") + "\r\n"
}

fn page(public_url: &Url, container: &Container) -> String {
    joined(public_url, &["databases", &container.database, &container.alias])
}

fn joined(public_url: &Url, parts: &[&str]) -> String {
    let mut url = public_url.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.clear().extend(parts);
    }
    url.into()
}

fn rfc3339(at: Time) -> String {
    jiff::Timestamp::from_millisecond(at.millis()).map(|at| at.to_string()).unwrap_or_default()
}
