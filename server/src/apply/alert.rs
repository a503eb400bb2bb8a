//! Who is told, as a file lists it: `[[alert]]`.

use std::collections::BTreeSet;

use engine::alert::{Event, Kind, Language};
use engine::guard::secret::WebhookSecret;
use engine::view::AlertTargetView;
use engine::{AlertTargetForm, FormError, Operator};
use serde::Deserialize;
use serde::de::{Deserializer, Error};

use super::ApplyError;
use super::file::Alert;
use super::secret::Reference;

/// A target as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AlertEntry {
    name: String,
    webhook: Option<String>,
    mail: Option<String>,
    pub(super) secret: Option<Reference>,
    events: Option<Vec<Word<Event>>>,
    language: Option<Word<Language>>,
    #[serde(default = "yes")]
    pub(super) enabled: bool,
}

const fn yes() -> bool {
    true
}

/// A word of ours, in the file.
struct Word<T>(T);

impl<'de> Deserialize<'de> for Word<Event> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let known = Event::CHOICES.into_iter().find(|event| event.as_str() == word);
        known.map(Self).ok_or_else(|| {
            let known = Event::CHOICES.map(Event::as_str).join(", ");
            D::Error::custom(format!("there is no event {word}; there are {known}"))
        })
    }
}

impl<'de> Deserialize<'de> for Word<Language> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Language::from_word(&word)
            .map(Self)
            .ok_or_else(|| D::Error::custom("the languages of alerts are en and nl"))
    }
}

impl AlertEntry {
    /// What is entered where there is no file.
    pub(super) fn form(self) -> Result<AlertTargetForm, ApplyError> {
        let name = self.name.trim().to_owned();
        let (kind, address) = match (self.webhook, self.mail) {
            (Some(address), None) => (Kind::Webhook, address),
            (None, Some(address)) => (Kind::Mail, address),
            (Some(_), Some(_)) | (None, None) => return Err(ApplyError::AlertAddress(name)),
        };
        let events = match self.events {
            Some(events) => events.into_iter().map(|Word(event)| event).collect(),
            None => Event::CHOICES.to_vec(),
        };
        let language = self.language.map_or(Language::English, |Word(language)| language);
        Ok(AlertTargetForm { kind, name, address, events, language })
    }
}

/// What has to be done about one target.
pub(super) enum Need {
    /// Nothing.
    Nothing,
    /// It is made.
    Add,
    /// It is changed: its id, and what differs.
    Change(String, Vec<&'static str>),
}

/// Compares what is wanted with what is there; changes nothing.
pub(super) async fn compare(
    operator: &Operator,
    there: &[AlertTargetView],
    wanted: &Alert,
) -> Result<Need, ApplyError> {
    let name = &wanted.form.name;
    let refused = |source| ApplyError::Refused { what: format!("alert {name}"), source };
    let address = operator.check_listed_target(&wanted.form, wanted.secret.as_ref()).map_err(refused)?;
    let Some(there) = there.iter().find(|view| view.name == *name) else { return Ok(Need::Add) };
    if there.kind != wanted.form.kind {
        return Err(ApplyError::OtherKind(name.clone()));
    }
    let events = |list: &[Event]| list.iter().map(|event| event.as_str()).collect::<BTreeSet<_>>();
    let signs = match &wanted.secret {
        Some(secret) => operator.webhook_secret_is(&there.id, secret).await.map_err(refused)?,
        None => true,
    };
    let fields = [
        ("address", there.address != address),
        ("events", events(&there.events) != events(&wanted.form.events)),
        ("language", there.language != wanted.form.language),
        ("secret", !signs),
        ("enabled", there.enabled != wanted.enabled),
    ];
    let differ: Vec<_> = fields.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect();
    Ok(if differ.is_empty() { Need::Nothing } else { Need::Change(there.id.clone(), differ) })
}

/// Makes a target; a webhook's secret that was made with it is returned this once.
pub(super) async fn add(operator: &Operator, wanted: Alert) -> Result<Option<WebhookSecret>, FormError> {
    let name = wanted.form.name.clone();
    let secret = operator.add_listed_target(wanted.form, wanted.secret).await?;
    if !wanted.enabled {
        let made = operator.alert_targets().await?.into_iter().find(|view| view.name == name);
        operator.enable_alert_target(&made.ok_or(FormError::NotFound)?.id, false).await?;
    }
    Ok(secret)
}

/// Changes what differs.
pub(super) async fn change(
    operator: &Operator,
    id: &str,
    wanted: Alert,
    what: &[&str],
) -> Result<(), FormError> {
    if what.iter().any(|field| *field != "enabled") {
        operator.change_alert_target(id, wanted.form, wanted.secret).await?;
    }
    if what.contains(&"enabled") {
        operator.enable_alert_target(id, wanted.enabled).await?;
    }
    Ok(())
}
