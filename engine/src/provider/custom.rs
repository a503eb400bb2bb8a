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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorize: Option<String>,
    /// Where tokens come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// What says whose token it is, such as OpenID Connect's user information.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probe: Option<String>,
    /// Where its REST API begins, for the gate; the origin of the probe when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api: Option<String>,
    /// Where the user's id stands in the probe's answer, as a JSON pointer; `/sub` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// Where the user's name stands, as a JSON pointer; the id when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// The scope that is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Further parameters of the authorization request.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, String>,
    /// Client id and secret go into the Authorization header instead of the body.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub basic: bool,
    /// Origins besides the authorization server's own that its sign-in pages lead to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<String>,
    /// Whether auto-recovery may agree for the user to what the provider asks consent for.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
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

    /// It as JSON; nothing where nothing is said.
    pub fn to_json(&self) -> Option<String> {
        (*self != Self::default()).then(|| serde_json::json!(self).to_string())
    }

    /// Reads further parameters as they stand in an address, `prompt=consent&max_age=0`.
    pub fn read_parameters(query: &str) -> BTreeMap<String, String> {
        let pairs = url::form_urlencoded::parse(query.trim().trim_start_matches('?').as_bytes());
        pairs.into_owned().filter(|(name, _)| !name.is_empty()).collect()
    }

    /// The further parameters as they stand in an address.
    pub fn query(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.parameters).finish()
    }

    /// The host that a person is sent to.
    pub fn host(&self) -> Option<String> {
        Url::parse(self.authorize.as_deref()?).ok()?.host_str().map(str::to_owned)
    }

    /// The origins that the sign-in may also lead to.
    ///
    /// # Errors
    /// [`ProfileError::Origin`] for one that is not of the form `https://host`.
    pub(super) fn origins(&self) -> Result<Vec<Origin>, ProfileError> {
        let bare = |url: &Url| url.path() == "/" && url.query().is_none();
        let origin = |text: &String| address(text).filter(bare).map(|url| url.origin());
        self.origins.iter().map(origin).collect::<Option<_>>().ok_or(ProfileError::Origin)
    }

    /// The three addresses.
    ///
    /// # Errors
    /// [`ProfileError::Missing`] or [`ProfileError::Endpoint`] for the first that is none.
    pub(super) fn addresses(&self) -> Result<[Url; 3], ProfileError> {
        let needed = |name, value: &Option<String>| {
            let value = filled(value.as_ref()).ok_or(ProfileError::Missing(name))?;
            address(&value).ok_or(ProfileError::Endpoint(name))
        };
        Ok([
            needed("authorize", &self.authorize)?,
            needed("token", &self.token)?,
            needed("probe", &self.probe)?,
        ])
    }

    /// Where the REST API begins; its path ends with a slash.
    ///
    /// # Errors
    /// [`ProfileError::Endpoint`] for what is no address, or has a query.
    pub(super) fn api(&self, probe: &Url) -> Result<Url, ProfileError> {
        const REFUSED: ProfileError = ProfileError::Endpoint("api");
        let Some(text) = filled(self.api.as_ref()) else { return probe.join("/").map_err(|_| REFUSED) };
        let mut api = address(&text).filter(|url| url.query().is_none()).ok_or(REFUSED)?;
        if !api.path().ends_with('/') {
            let path = format!("{}/", api.path());
            api.set_path(&path);
        }
        Ok(api)
    }

    /// Where the probe's answer names the user.
    ///
    /// # Errors
    /// [`ProfileError::Pointer`] for what is no JSON pointer.
    pub(super) fn pointers(&self) -> Result<Pointers, ProfileError> {
        let pointer = |name, value: &Option<String>| match filled(value.as_ref()) {
            Some(pointer) if !pointer.starts_with('/') => Err(ProfileError::Pointer(name)),
            pointer => Ok(pointer),
        };
        Ok(Pointers {
            id: pointer("user_id", &self.user_id)?.unwrap_or_else(|| "/sub".to_owned()),
            name: pointer("user_name", &self.user_name)?,
        })
    }

    /// Scope and further parameters of the authorization request.
    ///
    /// # Errors
    /// [`ProfileError::Parameter`] for one that is Evergrant's own.
    pub(super) fn asked(&self) -> Result<Vec<(String, String)>, ProfileError> {
        if let Some(own) = self.parameters.keys().find(|name| OWN.contains(&name.as_str())) {
            return Err(ProfileError::Parameter(own.clone()));
        }
        let scope = filled(self.scope.as_ref()).map(|scope| ("scope".to_owned(), scope));
        Ok(scope.into_iter().chain(self.parameters.clone()).collect())
    }

    /// Whether it says more than Exact Online leaves open.
    pub(super) fn is_of_its_own(&self) -> bool {
        let open =
            Self { origins: self.origins.clone(), gives_consent: self.gives_consent, ..Self::default() };
        *self != open
    }
}

/// What Evergrant says itself in an authorization request, and what never belongs there.
const OWN: [&str; 8] = [
    "client_id",
    "client_secret",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
];

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

/// What was filled in, without blanks around it.
fn filled(text: Option<&String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// An absolute address, https unless it stays on this machine, without user and fragment.
fn address(text: &str) -> Option<Url> {
    let url = Url::parse(text.trim()).ok()?;
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    (plain && super::profile::safe(&url)).then_some(url)
}
