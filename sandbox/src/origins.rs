//! The two addresses under which browsers find the sandbox.

use axum::http::{HeaderMap, header};
use url::Url;

use crate::options::Options;

/// Where the sandbox is found, without a slash at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origins {
    /// What stands for `start.exactonline.<cc>`.
    pub(crate) start: String,
    /// What stands for `login.exact.com`.
    pub(crate) identity: String,
    /// Whether they are known under these names only.
    named: bool,
}

impl Origins {
    /// The addresses listened on, or those that the options name.
    pub(crate) fn new(options: &Options, start: String, identity: String) -> Self {
        let wanted = |wanted: &Option<String>, otherwise: String| match wanted {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => otherwise,
        };
        Self {
            named: options.public_url.is_some() || options.identity_public_url.is_some(),
            start: wanted(&options.public_url, start),
            identity: wanted(&options.identity_public_url, identity),
        }
    }

    /// The same two as the browser of this request names them.
    ///
    /// A browser that came to `localhost` must not be sent on to `127.0.0.1`: it would leave
    /// its cookies behind.
    pub(crate) fn seen_by(&self, headers: &HeaderMap) -> Self {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        host.filter(|_| !self.named).and_then(|host| self.under(host)).unwrap_or_else(|| self.clone())
    }

    fn under(&self, host: &str) -> Option<Self> {
        let start = Url::parse(&format!("http://{host}")).ok()?;
        let mut identity = Url::parse(&self.identity).ok()?;
        identity.set_host(start.host_str()).ok()?;
        let bare = |url: Url| url.as_str().trim_end_matches('/').to_owned();
        Some(Self { start: bare(start), identity: bare(identity), named: false })
    }
}
