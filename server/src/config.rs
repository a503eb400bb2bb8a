//! The settings: `evergrant.toml`, then `EVERGRANT_*` of the environment, then flags; the last
//! one that names a setting wins.

mod given;
mod lifetimes;
mod mail;

pub use given::{Flags, Given, Line, Source, UnreadableSettings, environment, gather};

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use engine::alert::{MailServerError, Outgoing};
use engine::consumer::USUAL_ALLOWANCE;
use engine::guard::secret::MetricsToken;
use ipnet::IpNet;
use policy::{Kind, Policies, PolicyError};
use thiserror::Error;
use url::Url;

/// Where Evergrant listens unless told otherwise.
const LISTEN: &str = "127.0.0.1:3000";
/// The folder of the embedded store and its keys unless told otherwise.
const DATA_DIR: &str = "./data";
/// What is logged unless told otherwise: our own news, and what goes wrong elsewhere.
const LOG: &str = "info,sqlx=warn,sea_orm_migration=warn,tower_sessions=error,tower_sessions_core=error";

/// The shortest token for metrics.
const SHORTEST_TOKEN: usize = 16;

/// What Evergrant runs with.
pub struct Settings {
    /// The address listened on.
    pub listen: SocketAddr,
    /// The address that browsers and the provider use, if it was given.
    pub public_url: Option<Url>,
    /// The store.
    pub database_url: String,
    /// The folder of the embedded store, its keys and its spool.
    pub data_dir: PathBuf,
    /// The file that holds the master keys.
    pub master_key_file: Option<PathBuf>,
    /// The master keys themselves, from the environment.
    pub master_key: Option<String>,
    /// Which origins a renew link may lead back to.
    pub return_to: Vec<Url>,
    /// What shows the metrics to another machine.
    pub metrics_token: Option<MetricsToken>,
    /// The proxies that are believed when they say who asked them.
    pub trusted_proxies: Vec<IpNet>,
    /// What alerts are sent with.
    pub outgoing: Outgoing,
    /// How long things live of which no policy says it.
    pub lifetimes: Policies,
    /// How many requests a minute one consumer key may make, in this process.
    pub key_requests: u32,
    /// What is logged, in the manner of `info,engine=debug`.
    pub log: String,
}

/// A setting that cannot be used.
#[derive(Debug, Error)]
pub enum SettingError {
    /// The value is not of the needed shape; it is shown, for no setting with a secret has this.
    #[error("{source_name}: `{value}` is not {wanted}")]
    Malformed {
        /// The setting, as it was written.
        source_name: String,
        /// What was given.
        value: String,
        /// What is needed.
        wanted: &'static str,
    },
    /// A setting that is empty.
    #[error("{0} is empty")]
    Empty(String),
    /// A secret in the settings file or in a flag.
    #[error(
        "{0}: the master key itself may only come from EVERGRANT_MASTER_KEY; name a file with master_key_file instead"
    )]
    OpenSecret(String),
    /// The mail server's password in the settings file.
    #[error(
        "{0}: it may hold a password, so it may only come from EVERGRANT_SMTP_URL; name a file with smtp_url_file instead"
    )]
    OpenMailPassword(String),
    /// Two ways to give the mail server at once.
    #[error("EVERGRANT_SMTP_URL and {0} exclude each other")]
    TwoMailServers(String),
    /// The file with the address of the mail server cannot be read.
    #[error("{source_name}: cannot read the file `{}`", path.display())]
    MailFile {
        /// The setting, as it was written.
        source_name: String,
        /// The path that was given.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A mail server without a sender, or the other way round.
    #[error("{given} needs {missing} beside it")]
    HalfMail {
        /// The setting that is there, as it was written.
        given: String,
        /// The setting that is missing.
        missing: &'static str,
    },
    /// The mail server or the sender cannot be used.
    #[error("{source_name}")]
    Mail {
        /// The setting, as it was written.
        source_name: String,
        /// Why, without the address.
        #[source]
        source: MailServerError,
    },
    /// There is nothing of this kind whose life could be bounded.
    #[error("{source_name}: `{kind}` is none of {}", Kind::ALL.map(Kind::word).join(", "))]
    UnknownKind {
        /// The setting, as it was written.
        source_name: String,
        /// What was given instead.
        kind: String,
    },
    /// A lifetime without an end, one that is not possible, or two that contradict each other.
    #[error("{source_name}")]
    Lifetime {
        /// The setting, as it was written.
        source_name: String,
        /// Why.
        #[source]
        source: PolicyError,
    },
    /// Two ways to give the master key at once.
    #[error("EVERGRANT_MASTER_KEY and {0} exclude each other")]
    TwoMasterKeys(String),
    /// The file with the master keys is not there.
    #[error("{source_name}: there is no file `{}`", path.display())]
    NoKeyFile {
        /// The setting, as it was written.
        source_name: String,
        /// The path that was given.
        path: PathBuf,
    },
}

impl Settings {
    /// Reads what was gathered.
    ///
    /// # Errors
    /// When a value is not of the needed shape; the first one is named.
    pub fn read(given: &Given) -> Result<Self, SettingError> {
        let data_dir = given.text("data_dir")?.map_or_else(|| PathBuf::from(DATA_DIR), PathBuf::from);
        let database_url = match given.text("database_url")? {
            Some(url) => checked_database(given, url)?,
            None => embedded(&data_dir),
        };
        Ok(Self {
            listen: listen(given)?,
            public_url: public_url(given)?,
            database_url,
            data_dir,
            master_key_file: key_file(given)?,
            master_key: master_key(given)?,
            return_to: return_to(given)?,
            metrics_token: metrics_token(given)?,
            trusted_proxies: trusted_proxies(given)?,
            outgoing: mail::outgoing(given)?,
            lifetimes: lifetimes::lifetimes(given)?,
            key_requests: key_requests(given)?,
            log: given.text("log")?.unwrap_or(LOG).to_owned(),
        })
    }

    /// The public address when `listening` is where the server really listens.
    pub fn public_url(&self, listening: SocketAddr) -> Url {
        let host = match listening.ip() {
            ip if ip.is_unspecified() => "localhost".to_owned(),
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let made = || Url::parse(&format!("http://{host}:{}", listening.port()));
        self.public_url.clone().unwrap_or_else(|| made().expect("a host and a port make an address"))
    }

    /// Whether the store is an embedded one that was never made.
    pub fn lacks_store(&self) -> bool {
        let Some(path) = self.database_url.strip_prefix("sqlite:") else { return false };
        let path = path.strip_prefix("//").unwrap_or(path);
        !Path::new(path.split('?').next().unwrap_or(path)).exists()
    }

    /// Whether the store is the embedded one.
    pub fn is_embedded(&self) -> bool {
        self.database_url.starts_with("sqlite:")
    }
}

fn listen(given: &Given) -> Result<SocketAddr, SettingError> {
    let text = given.text("listen")?.unwrap_or(LISTEN);
    text.parse().map_err(|_| given.malformed("listen", "an address with a port, such as 127.0.0.1:3000"))
}

fn public_url(given: &Given) -> Result<Option<Url>, SettingError> {
    let wanted = "an http or https address without path, such as https://evergrant.example";
    match given.text("public_url")? {
        Some(text) => match origin(text) {
            Some(url) => Ok(Some(url)),
            None => Err(given.malformed("public_url", wanted)),
        },
        None => Ok(None),
    }
}

fn return_to(given: &Given) -> Result<Vec<Url>, SettingError> {
    let wanted = "a list of http or https addresses without path, separated by commas";
    let Some(text) = given.text("return_to")? else {
        return Ok(Vec::new());
    };
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(|item| origin(item).ok_or_else(|| given.malformed("return_to", wanted)))
        .collect()
}

/// The token is not repeated in the error.
fn metrics_token(given: &Given) -> Result<Option<MetricsToken>, SettingError> {
    let Some(text) = given.text("metrics_token")?.map(str::trim) else {
        return Ok(None);
    };
    let sound = text.len() >= SHORTEST_TOKEN && text.chars().all(|c| c.is_ascii_graphic());
    if sound {
        return Ok(Some(MetricsToken::new(text.to_owned())));
    }
    Err(SettingError::Malformed {
        source_name: given.name_of("metrics_token"),
        value: "…".to_owned(),
        wanted: "a token of 16 or more letters, digits and signs",
    })
}

fn trusted_proxies(given: &Given) -> Result<Vec<IpNet>, SettingError> {
    let wanted = "a list of addresses or networks such as 10.0.0.0/8, separated by commas";
    let Some(text) = given.text("trusted_proxies")? else {
        return Ok(Vec::new());
    };
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(|item| item.parse().or_else(|_| item.parse::<IpAddr>().map(IpNet::from)))
        .collect::<Result<_, _>>()
        .map_err(|_| given.malformed("trusted_proxies", wanted))
}

fn key_requests(given: &Given) -> Result<u32, SettingError> {
    let wanted = "a number of requests a minute, such as 6000";
    let Some(text) = given.text("key_requests")? else { return Ok(USUAL_ALLOWANCE) };
    text.parse().ok().filter(|requests| *requests > 0).ok_or_else(|| given.malformed("key_requests", wanted))
}

/// An address that is nothing but an origin.
fn origin(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let bare = matches!(url.scheme(), "http" | "https")
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    bare.then_some(url)
}

/// The address is not repeated in the error: it may hold a password.
fn checked_database(given: &Given, url: &str) -> Result<String, SettingError> {
    let known = ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
    if known {
        return Ok(url.to_owned());
    }
    Err(SettingError::Malformed {
        source_name: given.name_of("database_url"),
        value: "…".to_owned(),
        wanted: "an address that begins with sqlite:, postgres:// or postgresql://",
    })
}

fn embedded(data_dir: &Path) -> String {
    format!("sqlite://{}", data_dir.join("evergrant.db").display())
}

fn key_file(given: &Given) -> Result<Option<PathBuf>, SettingError> {
    let Some(path) = given.text("master_key_file")?.map(PathBuf::from) else {
        return Ok(None);
    };
    if path.is_file() {
        return Ok(Some(path));
    }
    let source_name = given.name_of("master_key_file");
    Err(SettingError::NoKeyFile { source_name, path })
}

fn master_key(given: &Given) -> Result<Option<String>, SettingError> {
    let Some(text) = given.text("master_key")? else {
        return Ok(None);
    };
    if given.source("master_key") != Some(&Source::Environment) {
        return Err(SettingError::OpenSecret(given.name_of("master_key")));
    }
    if given.text("master_key_file")?.is_some() {
        return Err(SettingError::TwoMasterKeys(given.name_of("master_key_file")));
    }
    Ok(Some(text.to_owned()))
}
