//! What has to be done so that what is there becomes what a file lists.

use std::collections::BTreeMap;
use std::fmt;

use engine::access::{ContainerEntry, DatabaseEntry, check_alias, check_cache_seconds, check_registration};
use engine::alert::Kind;
use engine::guard::one_time::OneTime;
use engine::provider::{Custom, Settings};
use engine::view::RegistrationView;
use engine::{AlertTargetForm, CredentialsForm, FormError, OneTimeInput, Operator, Problem};

use super::ApplyError;
use super::alert::{self, Need};
use super::file::{Alert, Container, Database, Recovery, Registration, Wanted};

/// The steps, each pointing into the file's lists and at what is there.
#[derive(Default)]
pub struct Plan {
    pub(super) steps: Vec<Step>,
    /// How many things are as the file lists them.
    pub(super) unchanged: usize,
}

/// One thing to do.
pub(super) enum Step {
    CreateRegistration {
        entry: Registration,
    },
    ChangeRegistration {
        there: Box<RegistrationView>,
        entry: Registration,
        what: Vec<&'static str>,
    },
    CreateDatabase {
        slug: Option<String>,
        name: String,
    },
    RenameDatabase {
        slug: String,
        name: String,
    },
    CreateContainer {
        database: Place,
        entry: Container,
    },
    ChangeWarm {
        database: String,
        there: ContainerEntry,
        warm: bool,
    },
    ChangeCache {
        database: String,
        there: ContainerEntry,
        seconds: u32,
    },
    Adopt {
        database: String,
        there: ContainerEntry,
        token: engine::guard::secret::RefreshToken,
    },
    StoreCredentials {
        database: String,
        there: ContainerEntry,
        form: Box<CredentialsForm>,
    },
    AddAlert {
        entry: Alert,
    },
    ChangeAlert {
        id: String,
        entry: Alert,
        what: Vec<&'static str>,
    },
    /// Nothing is done: what is not authorized has nothing that could be recovered.
    LeaveCredentials {
        container: String,
    },
}

/// A database that is there, or one that the plan makes.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// There already: its slug.
    There(String),
    /// To be made: its number among those that the plan makes, and its name.
    New(usize, String),
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::There(name) | Self::New(_, name) => out.write_str(name),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreateRegistration { entry } => write!(out, "+ create app registration {}", entry.name),
            Self::ChangeRegistration { entry, what, .. } => {
                write!(out, "~ change app registration {}: {}", entry.name, what.join(", "))
            }
            Self::CreateDatabase { name, .. } => write!(out, "+ create database {name}"),
            Self::RenameDatabase { slug, name } => write!(out, "~ change database {slug}: name {name}"),
            Self::CreateContainer { database, entry } => {
                let adopted = if entry.refresh_token.is_some() { ", with a refresh token" } else { "" };
                write!(out, "+ create container {database}/{}{adopted}", entry.alias)
            }
            Self::ChangeWarm { database, there, warm } => {
                write!(out, "~ change container {database}/{}: warm {warm}", there.alias)
            }
            Self::ChangeCache { database, there, seconds } => {
                write!(out, "~ change container {database}/{}: cache_seconds {seconds}", there.alias)
            }
            Self::Adopt { database, there, .. } => {
                write!(out, "~ change container {database}/{}: refresh token", there.alias)
            }
            Self::StoreCredentials { database, there, form } => {
                let (alias, days) = (&there.alias, form.days);
                write!(out, "~ change container {database}/{alias}: recovery credentials, kept {days} days")
            }
            Self::AddAlert { entry } => {
                let AlertTargetForm { kind, name, .. } = &entry.form;
                let printed = match (kind, &entry.secret) {
                    (Kind::Webhook, None) => ", whose secret is printed once",
                    (Kind::Webhook, Some(_)) | (Kind::Mail, _) => "",
                };
                write!(out, "+ create alert {name}{printed}")
            }
            Self::ChangeAlert { entry, what, .. } => {
                write!(out, "~ change alert {}: {}", entry.form.name, what.join(", "))
            }
            Self::LeaveCredentials { container } => write!(
                out,
                "! container {container}: not authorized yet, so its recovery credentials are left out; apply again once it is"
            ),
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            writeln!(out, "{step}")?;
        }
        write!(out, "= {} unchanged", self.unchanged)
    }
}

impl Plan {
    /// Compares what a file lists with what is there; changes nothing.
    pub(super) async fn make(operator: &Operator, wanted: Wanted) -> Result<Self, ApplyError> {
        let mut plan = Self::default();
        let there = operator.registrations().await?;
        let listed: Vec<String> = wanted.registrations.iter().map(|entry| entry.name.clone()).collect();
        for entry in wanted.registrations {
            check(&entry)?;
            let mut named = there.iter().filter(|view| view.name == entry.name);
            let known = named.next();
            if named.next().is_some() {
                return Err(ApplyError::SeveralRegistrations(entry.name));
            }
            plan.registration(operator, known, entry).await?;
        }
        let inventory = Inventory::of(operator.inventory().await?);
        let mut made = 0;
        for database in wanted.databases {
            plan.database(operator, &inventory, &there, &listed, &mut made, database).await?;
        }
        let told = operator.alert_targets().await?;
        for entry in wanted.alerts {
            match alert::compare(operator, &told, &entry).await? {
                Need::Nothing => plan.unchanged += 1,
                Need::Add => plan.steps.push(Step::AddAlert { entry }),
                Need::Change(id, what) => plan.steps.push(Step::ChangeAlert { id, entry, what }),
            }
        }
        Ok(plan)
    }

    async fn registration(
        &mut self,
        operator: &Operator,
        known: Option<&RegistrationView>,
        entry: Registration,
    ) -> Result<(), ApplyError> {
        let Some(there) = known else {
            self.steps.push(Step::CreateRegistration { entry });
            return Ok(());
        };
        let mut what = differences(there, &entry);
        let same = operator.secret_is(there.id, &entry.client_secret).await;
        let same = same.map_err(|source| ApplyError::Compare { registration: entry.name.clone(), source })?;
        if !same {
            what.push("client_secret");
        }
        if what.is_empty() {
            self.unchanged += 1;
        } else {
            self.steps.push(Step::ChangeRegistration { there: Box::new(there.clone()), entry, what });
        }
        Ok(())
    }

    async fn database(
        &mut self,
        operator: &Operator,
        inventory: &Inventory,
        registrations: &[RegistrationView],
        listed: &[String],
        made: &mut usize,
        wanted: Database,
    ) -> Result<(), ApplyError> {
        let there = inventory.find(&wanted)?;
        let place = match there {
            Some(entry) => Place::There(entry.slug.clone()),
            None => Place::New(*made, wanted.name.clone()),
        };
        match there {
            None => {
                *made += 1;
                self.steps.push(Step::CreateDatabase { slug: wanted.slug, name: wanted.name });
            }
            Some(entry) if entry.name != wanted.name => {
                self.steps.push(Step::RenameDatabase { slug: entry.slug.clone(), name: wanted.name });
            }
            Some(_) => self.unchanged += 1,
        }
        for container in wanted.containers {
            let known =
                there.and_then(|entry| entry.containers.iter().find(|known| known.alias == container.alias));
            let path = format!("{place}/{}", container.alias);
            let registration = registrations.iter().find(|view| view.name == container.registration);
            if registration.is_none() && !listed.contains(&container.registration) {
                return Err(ApplyError::NoRegistration {
                    container: path,
                    registration: container.registration,
                });
            }
            check_container(operator, &path, &container).await?;
            match known {
                None => {
                    let left = container.recovery.is_some();
                    self.steps.push(Step::CreateContainer { database: place.clone(), entry: container });
                    if left {
                        self.steps.push(Step::LeaveCredentials { container: path });
                    }
                }
                Some(known) if registration.is_none_or(|view| view.id != known.registration) => {
                    let is = registrations.iter().find(|view| view.id == known.registration);
                    return Err(ApplyError::OtherRegistration {
                        container: path,
                        is: is.map_or_else(|| "another one".to_owned(), |view| view.name.clone()),
                        wanted: container.registration,
                    });
                }
                Some(known) => self.container(operator, &place.to_string(), known, container).await?,
            }
        }
        Ok(())
    }

    /// A refresh token only starts a container: once it is linked, the token in the file is spent.
    async fn container(
        &mut self,
        operator: &Operator,
        database: &str,
        there: &ContainerEntry,
        wanted: Container,
    ) -> Result<(), ApplyError> {
        let before = self.steps.len();
        if there.warm != wanted.warm {
            let (database, there) = (database.to_owned(), there.clone());
            self.steps.push(Step::ChangeWarm { database, there, warm: wanted.warm });
        }
        if there.cache_seconds != wanted.cache_seconds {
            let (database, there) = (database.to_owned(), there.clone());
            self.steps.push(Step::ChangeCache { database, there, seconds: wanted.cache_seconds });
        }
        if let (Some(token), false) = (wanted.refresh_token, there.linked) {
            self.steps.push(Step::Adopt { database: database.to_owned(), there: there.clone(), token });
        }
        if let Some(recovery) = wanted.recovery {
            self.recovery(operator, database, there, recovery).await?;
        }
        if self.steps.len() == before {
            self.unchanged += 1;
        }
        Ok(())
    }

    /// Credentials that are stored already are left to end in their time: storing them again would
    /// prolong them each time the file is applied.
    async fn recovery(
        &mut self,
        operator: &Operator,
        database: &str,
        there: &ContainerEntry,
        wanted: Recovery,
    ) -> Result<(), ApplyError> {
        let container = format!("{database}/{}", there.alias);
        if !there.linked {
            self.steps.push(Step::LeaveCredentials { container });
            return Ok(());
        }
        let explicit = wanted.days.is_some();
        let days = match wanted.days {
            Some(days) => days,
            None => operator.retention().await?.usual,
        };
        let form = Box::new(CredentialsForm {
            user_name: Some(wanted.user_name),
            password: Some(wanted.password),
            one_time: wanted.one_time.map(OneTimeInput::Text),
            days,
            // Whoever writes the table into the file wants them stored.
            consent: true,
        });
        let what = || format!("container {container}: recovery credentials");
        let same = operator.credentials_are(there.id, &form, explicit).await;
        if !same.map_err(|source| ApplyError::Refused { what: what(), source })? {
            let (database, there) = (database.to_owned(), there.clone());
            self.steps.push(Step::StoreCredentials { database, there, form });
        }
        Ok(())
    }
}

/// What saving would refuse is refused before anything is done.
fn check(entry: &Registration) -> Result<(), ApplyError> {
    let custom = entry.custom.to_json();
    let settings = Settings {
        provider: entry.provider.word(),
        country: &entry.country,
        base_url: entry.base_url.as_deref().map(|url| url.trim().trim_end_matches('/')),
        timing: entry.timing.as_deref(),
        custom: custom.as_deref(),
    };
    let checked = check_registration(&entry.name, &entry.client_id, settings);
    checked.map_err(|source| ApplyError::Refused { what: format!("app registration {}", entry.name), source })
}

async fn check_container(operator: &Operator, path: &str, entry: &Container) -> Result<(), ApplyError> {
    let refused = |source| ApplyError::Refused { what: format!("container {path}"), source };
    check_alias(&entry.alias).and_then(|()| check_cache_seconds(entry.cache_seconds)).map_err(refused)?;
    let Some(recovery) = &entry.recovery else { return Ok(()) };
    let what = || format!("container {path}: recovery credentials");
    let refused = |source| ApplyError::Refused { what: what(), source };
    if let Some(days) = recovery.days {
        operator.check_days(days).await.map_err(refused)?;
    }
    let secret = recovery.one_time.as_ref().map(|text| OneTime::parse(text.expose()));
    match secret.transpose() {
        Ok(_) => Ok(()),
        Err(problem) => {
            Err(refused(FormError::Invalid { field: "one_time", problem: Problem::OneTime(problem) }))
        }
    }
}

fn differences(there: &RegistrationView, wanted: &Registration) -> Vec<&'static str> {
    let timing = |text: &Option<String>| {
        let text = text.as_deref().unwrap_or("{}");
        serde_json::from_str::<serde_json::Value>(text).unwrap_or_default()
    };
    let address =
        |text: &Option<String>| text.as_deref().map(|text| text.trim().trim_end_matches('/').to_owned());
    let custom = Custom::parse(there.custom.as_deref()).ok();
    let fields = [
        ("provider", there.provider != wanted.provider.word()),
        ("country", there.country != wanted.country),
        ("base_url", address(&there.base_url) != address(&wanted.base_url)),
        ("client_id", there.client_id != wanted.client_id.trim()),
        ("timing", timing(&there.timing) != timing(&wanted.timing)),
        ("custom", custom.as_ref() != Some(&wanted.custom)),
        ("pkce", there.pkce != wanted.pkce),
    ];
    fields.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}

/// The databases that are there, found by slug or by name.
struct Inventory {
    by_slug: BTreeMap<String, DatabaseEntry>,
    by_name: BTreeMap<String, Vec<String>>,
}

impl Inventory {
    fn of(entries: Vec<DatabaseEntry>) -> Self {
        let mut by_name: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for entry in &entries {
            by_name.entry(entry.name.clone()).or_default().push(entry.slug.clone());
        }
        Self { by_slug: entries.into_iter().map(|entry| (entry.slug.clone(), entry)).collect(), by_name }
    }

    fn find(&self, wanted: &Database) -> Result<Option<&DatabaseEntry>, ApplyError> {
        if let Some(slug) = &wanted.slug {
            return Ok(self.by_slug.get(slug));
        }
        match self.by_name.get(&wanted.name).map(Vec::as_slice) {
            Some([slug]) => Ok(self.by_slug.get(slug)),
            Some([_, _, ..]) => Err(ApplyError::Ambiguous(wanted.name.clone())),
            Some([]) | None => Ok(None),
        }
    }
}
