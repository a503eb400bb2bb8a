//! A provider of one's own: any OAuth 2.0 server with authorization codes and refresh tokens, as data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::{Origin, Url};

use super::ProfileError;
use crate::guard::secret::RawAnswer;
use crate::view::UpstreamUser;

/// What an app registration says of its provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Custom {
    /// Where a person is sent.
    pub authorize: Option<String>,
    /// Where tokens come from.
    pub token: Option<String>,
    /// What says whose token it is, such as OpenID Connect's user information.
    pub probe: Option<String>,
    /// Where the user's id stands in the probe's answer, as a JSON pointer; `/sub` when absent.
    pub user_id: Option<String>,
    /// Where the user's name stands, as a JSON pointer; the id when absent.
    pub user_name: Option<String>,
    /// The scope that is asked for.
    pub scope: Option<String>,
    /// Further parameters of the authorization request.
    pub parameters: BTreeMap<String, String>,
    /// Client id and secret go into the Authorization header instead of the body.
    pub basic: bool,
    /// Origins besides the authorization server's own that its sign-in pages lead to.
    pub origins: Vec<String>,
    /// Whether auto-recovery may agree for the user to what the provider asks consent for.
    pub gives_consent: bool,
}

/// Where the probe's answer names the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointers {
    id: String,
    name: Option<String>,
}

impl Custom {
    /// Reads it from JSON; nothing gives none.
    ///
    /// # Errors
    /// [`ProfileError::Custom`] for what is not understood.
    pub fn parse(json: Option<&str>) -> Result<Self, ProfileError> {
        let Some(json) = json.filter(|json| !json.trim().is_empty()) else { return Ok(Self::default()) };
        serde_json::from_str(json).map_err(|error| ProfileError::Custom(error.to_string()))
    }

    /// The origins that the sign-in may also lead to.
    ///
    /// # Errors
    /// [`ProfileError::Custom`] for one that is not of the form `https://host`.
    pub(super) fn origins(&self) -> Result<Vec<Origin>, ProfileError> {
        self.origins.iter().map(|origin| Ok(address("origins", origin)?.origin())).collect()
    }

    /// The three addresses.
    ///
    /// # Errors
    /// [`ProfileError::Custom`] for one that is missing or no address.
    pub(super) fn addresses(&self) -> Result<[Url; 3], ProfileError> {
        let needed = |name: &str, value: &Option<String>| match value {
            Some(value) => address(name, value),
            None => Err(ProfileError::Custom(format!("{name} is missing"))),
        };
        Ok([
            needed("authorize", &self.authorize)?,
            needed("token", &self.token)?,
            needed("probe", &self.probe)?,
        ])
    }

    pub(super) fn pointers(&self) -> Pointers {
        Pointers {
            id: self.user_id.clone().unwrap_or_else(|| "/sub".to_owned()),
            name: self.user_name.clone(),
        }
    }
}

impl Pointers {
    /// Reads the user out of the probe's answer.
    pub(super) fn read(&self, body: &RawAnswer) -> Option<UpstreamUser> {
        let body: Value = serde_json::from_slice(body.expose()).ok()?;
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        let id = body.pointer(&self.id).and_then(text).filter(|id| !id.is_empty())?;
        let name = self.name.as_ref().and_then(|pointer| body.pointer(pointer)).and_then(text);
        Some(UpstreamUser { name: name.unwrap_or_else(|| id.clone()), id })
    }
}

/// An absolute address, https unless it stays on this machine, without user and fragment.
fn address(name: &str, text: &str) -> Result<Url, ProfileError> {
    let refuse = || ProfileError::Custom(format!("{name} is no address of the form https://host/path"));
    let url = Url::parse(text.trim()).map_err(|_| refuse())?;
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    if plain && super::profile::safe(&url) { Ok(url) } else { Err(refuse()) }
}
