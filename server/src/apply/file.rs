//! What a file lists.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use engine::AlertTargetForm;
use engine::guard::secret::{ClientSecret, Password, RefreshToken, TotpText, UserName, WebhookSecret};
use engine::provider::Custom;
use serde::Deserialize;

use super::ApplyError;
use super::alert::AlertEntry;
use super::secret::Reference;
use crate::config::{self, Line};

/// What a file lists, with its secrets.
pub struct Wanted {
    pub(super) registrations: Vec<Registration>,
    pub(super) databases: Vec<Database>,
    pub(super) alerts: Vec<Alert>,
}

/// Somebody who is told.
pub(super) struct Alert {
    pub(super) form: AlertTargetForm,
    pub(super) secret: Option<WebhookSecret>,
    pub(super) enabled: bool,
}

/// An app registration.
pub(super) struct Registration {
    pub(super) name: String,
    pub(super) provider: Provider,
    pub(super) country: String,
    pub(super) base_url: Option<String>,
    pub(super) client_id: String,
    pub(super) client_secret: ClientSecret,
    pub(super) timing: Option<String>,
    pub(super) custom: Custom,
    pub(super) pkce: bool,
}

/// The kind of provider.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Provider {
    #[default]
    Exact,
    Custom,
}

impl Provider {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Custom => "custom",
        }
    }
}

/// A database.
pub(super) struct Database {
    pub(super) slug: Option<String>,
    pub(super) name: String,
    pub(super) containers: Vec<Container>,
}

/// A data container.
pub(super) struct Container {
    pub(super) alias: String,
    pub(super) registration: String,
    pub(super) warm: bool,
    pub(super) cache_seconds: u32,
    pub(super) refresh_token: Option<RefreshToken>,
    pub(super) recovery: Option<Recovery>,
}

/// The sign-in that a container's chain is recovered with.
pub(super) struct Recovery {
    pub(super) user_name: UserName,
    pub(super) password: Password,
    pub(super) one_time: Option<TotpText>,
    pub(super) days: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    registration: Vec<RegistrationEntry>,
    #[serde(default)]
    database: Vec<DatabaseEntry>,
    #[serde(default)]
    alert: Vec<AlertEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegistrationEntry {
    name: String,
    #[serde(default)]
    provider: Provider,
    country: Option<String>,
    base_url: Option<String>,
    client_id: String,
    client_secret: Reference,
    timing: Option<toml::Table>,
    #[serde(default)]
    custom: Custom,
    #[serde(default)]
    pkce: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DatabaseEntry {
    slug: Option<String>,
    name: String,
    #[serde(default)]
    container: Vec<ContainerEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContainerEntry {
    alias: String,
    registration: String,
    #[serde(default)]
    warm: bool,
    #[serde(default)]
    cache_seconds: u32,
    refresh_token: Option<Reference>,
    recovery: Option<RecoveryEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecoveryEntry {
    user_name: Reference,
    password: Reference,
    one_time: Option<Reference>,
    days: Option<u32>,
}

/// Reads a file and the secrets that it refers to.
///
/// # Errors
/// When it is not of the known shape, or a secret is missing or written in it.
pub fn read(path: &Path) -> Result<Wanted, ApplyError> {
    let text = fs::read_to_string(path)
        .map_err(|source| ApplyError::Unreadable { path: path.to_owned(), source })?;
    let file: File = toml::from_str(&text).map_err(|error| ApplyError::Malformed {
        path: path.to_owned(),
        line: Line::of(&error, &text),
        message: error.message().replace('\n', " "),
    })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let wanted = resolve(file, folder)?;
    nothing_twice(&wanted)?;
    Ok(wanted)
}

fn resolve(file: File, folder: &Path) -> Result<Wanted, ApplyError> {
    let environment = config::environment();
    let secret = |reference: &Reference| reference.resolve(folder, &environment);
    let mut registrations = Vec::new();
    for entry in file.registration {
        let country = entry.country()?;
        registrations.push(Registration {
            client_secret: ClientSecret::new(secret(&entry.client_secret)?),
            name: entry.name.trim().to_owned(),
            provider: entry.provider,
            country,
            base_url: entry.base_url,
            client_id: entry.client_id,
            timing: entry.timing.map(|timing| serde_json::json!(timing).to_string()),
            custom: entry.custom,
            pkce: entry.pkce,
        });
    }
    let mut databases = Vec::new();
    for entry in file.database {
        let mut containers = Vec::new();
        for entry in entry.container {
            let refresh_token = entry.refresh_token.as_ref().map(secret).transpose()?.map(RefreshToken::new);
            let recovery = match &entry.recovery {
                Some(recovery) => Some(Recovery {
                    user_name: UserName::new(secret(&recovery.user_name)?),
                    password: Password::new(secret(&recovery.password)?),
                    one_time: recovery.one_time.as_ref().map(secret).transpose()?.map(TotpText::new),
                    days: recovery.days,
                }),
                None => None,
            };
            containers.push(Container {
                recovery,
                alias: entry.alias.trim().to_owned(),
                registration: entry.registration.trim().to_owned(),
                warm: entry.warm,
                cache_seconds: entry.cache_seconds,
                refresh_token,
            });
        }
        databases.push(Database { slug: entry.slug, name: entry.name.trim().to_owned(), containers });
    }
    let mut alerts = Vec::new();
    for entry in file.alert {
        let secret = entry.secret.as_ref().map(secret).transpose()?.map(WebhookSecret::new);
        let enabled = entry.enabled;
        alerts.push(Alert { form: entry.form()?, secret, enabled });
    }
    Ok(Wanted { registrations, databases, alerts })
}

impl RegistrationEntry {
    /// The country, which Exact Online has and a custom provider has not.
    fn country(&self) -> Result<String, ApplyError> {
        let refuse = |field| ApplyError::NotForCustom { registration: self.name.clone(), field };
        match (self.provider, &self.country, &self.base_url) {
            (Provider::Exact, Some(country), _) => Ok(country.clone()),
            (Provider::Exact, None, _) => Err(ApplyError::NoCountry(self.name.clone())),
            (Provider::Custom, Some(_), _) => Err(refuse("country")),
            (Provider::Custom, None, Some(_)) => Err(refuse("base_url")),
            (Provider::Custom, None, None) => Ok(String::new()),
        }
    }
}

fn nothing_twice(wanted: &Wanted) -> Result<(), ApplyError> {
    let mut seen = BTreeSet::new();
    let registrations = wanted.registrations.iter().map(|entry| format!("app registration {}", entry.name));
    let databases = wanted.databases.iter().map(|entry| {
        entry
            .slug
            .as_ref()
            .map_or_else(|| format!("database {}", entry.name), |slug| format!("database {slug}"))
    });
    let containers = wanted.databases.iter().flat_map(|database| {
        database.containers.iter().map(|entry| format!("container {}/{}", database.name, entry.alias))
    });
    let alerts = wanted.alerts.iter().map(|entry| format!("alert {}", entry.form.name));
    for name in registrations.chain(databases).chain(containers).chain(alerts) {
        if !seen.insert(name.clone()) {
            return Err(ApplyError::Twice(name));
        }
    }
    Ok(())
}
