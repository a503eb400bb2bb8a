//! The registered apps.

use std::collections::BTreeMap;

use subtle::ConstantTimeEq;

/// An app registration.
#[derive(Clone, Debug)]
pub struct Client {
    /// The client id, with or without braces.
    pub id: String,
    /// The client secret.
    pub secret: String,
    /// The redirect URIs, each matched exactly.
    pub redirect_uris: Vec<String>,
}

impl Client {
    /// An app with one redirect URI.
    pub fn new(id: impl Into<String>, secret: impl Into<String>, redirect_uri: impl Into<String>) -> Self {
        Self { id: id.into(), secret: secret.into(), redirect_uris: vec![redirect_uri.into()] }
    }
}

/// A client id without its spelling: braces and case do not count.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ClientId(String);

impl ClientId {
    pub(crate) fn new(written: &str) -> Self {
        let bare = written.trim().trim_start_matches('{').trim_end_matches('}');
        Self(bare.to_ascii_lowercase())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// All apps, and whether unknown ones are let in.
#[derive(Debug, Default)]
pub(crate) struct Clients {
    known: BTreeMap<ClientId, Client>,
    open: bool,
}

impl Clients {
    pub(crate) fn new(open: bool) -> Self {
        Self { known: BTreeMap::new(), open }
    }

    pub(crate) fn add(&mut self, client: Client) {
        self.known.insert(ClientId::new(&client.id), client);
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Client> {
        self.known.values()
    }

    /// Whether codes for this app may be sent to this address.
    pub(crate) fn may_return_to(&self, id: &ClientId, redirect_uri: &str) -> bool {
        match self.known.get(id) {
            Some(client) => client.redirect_uris.iter().any(|uri| uri == redirect_uri),
            None => self.open && !redirect_uri.is_empty(),
        }
    }

    pub(crate) fn is_known(&self, id: &ClientId) -> bool {
        self.open || self.known.contains_key(id)
    }

    /// Whether one of the spellings of the secret is the right one.
    pub(crate) fn authenticates(&self, id: &ClientId, secrets: &[&str]) -> bool {
        match self.known.get(id) {
            Some(client) => {
                secrets.iter().any(|secret| client.secret.as_bytes().ct_eq(secret.as_bytes()).into())
            }
            None => self.open,
        }
    }
}
