//! What was given as settings, and where.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use clap::Args;
use serde::Deserialize;
use thiserror::Error;

use super::SettingError;

/// The file that is read when none is named.
const FILE: &str = "evergrant.toml";
/// How the settings begin in the environment.
const PREFIX: &str = "EVERGRANT_";
/// All settings.
const NAMES: &[&str] = &[
    "listen",
    "public_url",
    "database_url",
    "data_dir",
    "master_key_file",
    "master_key",
    "return_to",
    "metrics_token",
    "trusted_proxies",
    "key_requests",
    "lifetimes",
    "log",
    "smtp_url",
    "smtp_url_file",
    "mail_from",
    "allow_private",
];
/// What begins like a setting in the environment and is none: building, testing, one command.
const NOT_SETTINGS: [&str; 4] =
    ["EVERGRANT_CONFIG", "EVERGRANT_PASSWORD", "EVERGRANT_SITE", "EVERGRANT_TEST_POSTGRES_URL"];

/// The settings that may be flags.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Settings")]
pub struct Flags {
    /// The settings file [default: evergrant.toml, if there is one; or EVERGRANT_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The address to listen on [default: 127.0.0.1:3000]
    #[arg(long, global = true, value_name = "ADDRESS")]
    listen: Option<String>,
    /// The address that browsers use [default: the one listened on]
    #[arg(long, global = true, value_name = "URL")]
    public_url: Option<String>,
    /// The store: sqlite://… or postgres://… [default: evergrant.db in the data folder]
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// The folder of the embedded store and its keys [default: ./data]
    #[arg(long, global = true, value_name = "FOLDER")]
    data_dir: Option<String>,
    /// The file with the master keys [default: one in the data folder, made at first]
    #[arg(long, global = true, value_name = "FILE")]
    master_key_file: Option<String>,
    /// What to log, such as info,engine=debug
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
}

/// Where a setting came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A flag of the command line.
    Flag,
    /// The environment.
    Environment,
    /// The settings file.
    File(PathBuf),
}

/// The settings that were given, each with where.
#[derive(Clone, Default)]
pub struct Given(BTreeMap<&'static str, (String, Source)>);

/// Settings that could not be gathered.
#[derive(Debug, Error)]
pub enum UnreadableSettings {
    /// The environment names something that is no setting.
    #[error("unknown setting {0} in the environment")]
    Unknown(String),
    /// The environment holds something that is not text.
    #[error("{0} in the environment is not text")]
    NotText(String),
    /// The named file cannot be read.
    #[error("could not read the settings file {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file is not TOML, or names something that is no setting.
    #[error("{path}{line}: {message}", path = path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where, as `:3`.
        line: Line,
        /// What.
        message: String,
    },
}

/// A line in a file, shown as `:3`; nothing when it is not known.
#[derive(Clone, Copy, Debug)]
pub struct Line(pub Option<usize>);

impl Line {
    /// The line of an error in a TOML text.
    pub fn of(error: &toml::de::Error, text: &str) -> Self {
        Self(error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1))
    }
}

impl fmt::Display for Line {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |line| write!(out, ":{line}"))
    }
}

/// The settings file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: Option<String>,
    public_url: Option<String>,
    database_url: Option<String>,
    data_dir: Option<String>,
    master_key_file: Option<String>,
    master_key: Option<String>,
    return_to: Option<Vec<String>>,
    metrics_token: Option<String>,
    trusted_proxies: Option<Vec<String>>,
    key_requests: Option<u32>,
    lifetimes: Option<BTreeMap<String, Lifetime>>,
    log: Option<String>,
    smtp_url: Option<String>,
    smtp_url_file: Option<String>,
    mail_from: Option<String>,
    allow_private: Option<Vec<String>>,
}

/// A lifetime in the settings file: `"30m"`, or milliseconds.
#[derive(Deserialize)]
#[serde(untagged)]
enum Lifetime {
    Millis(i64),
    Text(String),
}

impl fmt::Display for Lifetime {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Millis(millis) => write!(out, "{millis}"),
            Self::Text(text) => out.write_str(text),
        }
    }
}

/// The environment of this process; the one place that reads it.
pub fn environment() -> BTreeMap<OsString, OsString> {
    env::vars_os().collect()
}

/// Gathers file, environment and flags.
///
/// # Errors
/// When the file cannot be read or something in it or in the environment is no setting.
pub fn gather(
    flags: &Flags,
    environment: &BTreeMap<OsString, OsString>,
) -> Result<Given, UnreadableSettings> {
    let mut given = Given::default();
    let named = flags
        .config
        .clone()
        .or_else(|| environment.get(&OsString::from("EVERGRANT_CONFIG")).map(PathBuf::from));
    match named {
        Some(path) => given.add_file(&path)?,
        None if Path::new(FILE).exists() => given.add_file(Path::new(FILE))?,
        None => {}
    }
    given.add_environment(environment)?;
    given.add_flags(flags);
    Ok(given)
}

impl Given {
    /// The text of a setting; `None` when it was not given.
    pub(super) fn text(&self, name: &'static str) -> Result<Option<&str>, SettingError> {
        match self.0.get(name) {
            Some((text, _)) if text.trim().is_empty() => Err(SettingError::Empty(self.name_of(name))),
            Some((text, _)) => Ok(Some(text.as_str())),
            None => Ok(None),
        }
    }

    /// Where a setting came from.
    pub(super) fn source(&self, name: &str) -> Option<&Source> {
        self.0.get(name).map(|(_, source)| source)
    }

    /// A setting as its writer knows it.
    pub(super) fn name_of(&self, name: &str) -> String {
        match self.source(name) {
            Some(Source::Flag) => format!("--{}", name.replace('_', "-")),
            Some(Source::File(path)) => format!("{name} in {}", path.display()),
            Some(Source::Environment) | None => format!("{PREFIX}{}", name.to_uppercase()),
        }
    }

    /// The error for a setting whose value is not `wanted`.
    pub(super) fn malformed(&self, name: &str, wanted: &'static str) -> SettingError {
        let value = self.0.get(name).map(|(text, _)| text.clone()).unwrap_or_default();
        SettingError::Malformed { source_name: self.name_of(name), value, wanted }
    }

    fn add(&mut self, values: [(&'static str, Option<String>); NAMES.len()], source: &Source) {
        for (name, value) in values {
            if let Some(value) = value {
                self.0.insert(name, (value, source.clone()));
            }
        }
    }

    fn add_file(&mut self, path: &Path) -> Result<(), UnreadableSettings> {
        let text = fs::read_to_string(path)
            .map_err(|source| UnreadableSettings::Unreadable { path: path.to_owned(), source })?;
        let file: File = toml::from_str(&text).map_err(|error| UnreadableSettings::Malformed {
            path: path.to_owned(),
            line: Line::of(&error, &text),
            message: error.message().replace("unknown field", "unknown setting").replace('\n', " "),
        })?;
        let values = [
            ("listen", file.listen),
            ("public_url", file.public_url),
            ("database_url", file.database_url),
            ("data_dir", file.data_dir),
            ("master_key_file", file.master_key_file),
            ("master_key", file.master_key),
            ("return_to", file.return_to.map(|origins| origins.join(","))),
            ("metrics_token", file.metrics_token),
            ("trusted_proxies", file.trusted_proxies.map(|proxies| proxies.join(","))),
            ("key_requests", file.key_requests.map(|requests| requests.to_string())),
            ("lifetimes", file.lifetimes.map(|lifetimes| listed(&lifetimes))),
            ("log", file.log),
            ("smtp_url", file.smtp_url),
            ("smtp_url_file", file.smtp_url_file),
            ("mail_from", file.mail_from),
            ("allow_private", file.allow_private.map(|hosts| hosts.join(","))),
        ];
        self.add(values, &Source::File(path.to_owned()));
        Ok(())
    }

    fn add_environment(
        &mut self,
        environment: &BTreeMap<OsString, OsString>,
    ) -> Result<(), UnreadableSettings> {
        for (name, value) in environment {
            let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else {
                continue;
            };
            if NOT_SETTINGS.contains(&name) {
                continue;
            }
            let bare = name[PREFIX.len()..].to_lowercase();
            let known = NAMES.iter().copied().find(|known| *known == bare && name == name.to_uppercase());
            let setting = known.ok_or_else(|| UnreadableSettings::Unknown(name.to_owned()))?;
            let value = value.to_str().ok_or_else(|| UnreadableSettings::NotText(name.to_owned()))?;
            self.0.insert(setting, (value.to_owned(), Source::Environment));
        }
        Ok(())
    }

    fn add_flags(&mut self, flags: &Flags) {
        let flags = flags.clone();
        let values = [
            ("listen", flags.listen),
            ("public_url", flags.public_url),
            ("database_url", flags.database_url),
            ("data_dir", flags.data_dir),
            ("master_key_file", flags.master_key_file),
            ("master_key", None),
            ("return_to", None),
            ("metrics_token", None),
            ("trusted_proxies", None),
            ("key_requests", None),
            ("lifetimes", None),
            ("log", flags.log),
            ("smtp_url", None),
            ("smtp_url_file", None),
            ("mail_from", None),
            ("allow_private", None),
        ];
        self.add(values, &Source::Flag);
    }
}

/// The table of lifetimes, as the environment would give it.
fn listed(lifetimes: &BTreeMap<String, Lifetime>) -> String {
    let listed = lifetimes.iter().map(|(kind, lifetime)| format!("{kind}={lifetime}"));
    listed.collect::<Vec<_>>().join(",")
}
