//! One HTTP client for one walk: its own cookies, no redirect behind the walk's back, and bounds.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use reqwest::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, HeaderMap, LOCATION, ORIGIN, REFERER, REFRESH};
use url::{Host, Origin, Url};

use super::AGENT;
use super::form::{Method, Request};
use super::page::MOST_BYTES;
use crate::clock::Clock;
use crate::tls;

/// The most requests of one walk; the longest known way takes 13.
const MOST_REQUESTS: u32 = 40;
/// How often the same address may be opened; the authorization request is opened twice or three times.
const MOST_OF_ONE: u32 = 5;
/// The longest wait for one answer.
const REQUEST_DEADLINE: Duration = Duration::from_secs(15);

/// Why a request brought nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Its address is not allowed; nothing was sent.
    NotAllowed,
    /// There were too many before it; nothing was sent.
    TooMany,
    /// No answer came, or not in time.
    NoAnswer,
    /// The answer is larger than any page.
    TooLarge,
}

/// What a request brought.
pub(super) struct Reply {
    pub(super) url: Url,
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Reply {
    /// Where a redirect leads.
    pub(super) fn location(&self) -> Option<Url> {
        let redirects = matches!(self.status, 301 | 302 | 303 | 307 | 308);
        redirects.then(|| self.header(&LOCATION)).flatten().and_then(|to| self.url.join(to).ok())
    }

    pub(super) fn content_type(&self) -> Option<&str> {
        self.header(&CONTENT_TYPE)
    }

    pub(super) fn refresh(&self) -> Option<&str> {
        self.header(&REFRESH)
    }

    fn header(&self, name: &reqwest::header::HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// The browser of one walk.
pub(super) struct Browser {
    client: reqwest::Client,
    clock: Clock,
    origins: Vec<Origin>,
    requests: u32,
    opened: HashMap<String, u32>,
}

impl Browser {
    #[expect(
        clippy::disallowed_methods,
        reason = "a walk has cookies of its own, which the one client has not"
    )]
    pub(super) fn new(clock: Clock, origins: Vec<Origin>) -> Result<Self, reqwest::Error> {
        let client = tls::shared(reqwest::Client::builder(), tls::HTTP1)
            .user_agent(AGENT)
            .cookie_store(true)
            .connect_timeout(REQUEST_DEADLINE)
            .timeout(REQUEST_DEADLINE)
            .http1_only()
            .referer(false)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .build()?;
        Ok(Self { client, clock, origins, requests: 0, opened: HashMap::new() })
    }

    /// Whether this may be sent now.
    pub(super) fn may_open(&self, url: &Url) -> Result<(), Trouble> {
        if !self.origins.contains(&url.origin()) || !is_private(url) || has_credentials(url) {
            return Err(Trouble::NotAllowed);
        }
        let before = self.opened.get(url.as_str()).copied().unwrap_or(0);
        if self.requests >= MOST_REQUESTS || before >= MOST_OF_ONE {
            return Err(Trouble::TooMany);
        }
        Ok(())
    }

    /// Sends a request once; `from` is the page that led to it.
    pub(super) async fn send(&mut self, request: &Request, from: Option<&Url>) -> Result<Reply, Trouble> {
        self.may_open(&request.url)?;
        self.requests += 1;
        *self.opened.entry(request.url.as_str().to_owned()).or_default() += 1;
        let mut builder = match request.method {
            Method::Get => self.client.get(request.url.clone()),
            Method::Post => {
                let pairs = request.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
                self.client.post(request.url.clone()).form(&pairs.collect::<Vec<_>>())
            }
        };
        let accepts =
            if request.then.is_some() { "application/json" } else { "text/html,application/xhtml+xml" };
        builder = builder.header(ACCEPT, accepts).header(ACCEPT_LANGUAGE, "en");
        if let Some(from) = from {
            builder = builder.header(REFERER, referrer(from, &request.url));
            if request.method == Method::Post {
                builder = builder.header(ORIGIN, from.origin().ascii_serialization());
            }
        }
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        tokio::select! {
            reply = receive(builder, &request.url) => reply,
            () = self.clock.sleep(REQUEST_DEADLINE) => Err(Trouble::NoAnswer),
        }
    }
}

async fn receive(builder: reqwest::RequestBuilder, url: &Url) -> Result<Reply, Trouble> {
    let mut response = builder.send().await.map_err(|_| Trouble::NoAnswer)?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| Trouble::NoAnswer)? {
        if body.len() + chunk.len() > MOST_BYTES {
            return Err(Trouble::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    let status = response.status().as_u16();
    Ok(Reply { url: url.clone(), status, headers: response.headers().clone(), body })
}

/// What others may know of where we come from: never a query, and only the host outside it.
fn referrer(from: &Url, to: &Url) -> String {
    let origin = from.origin().ascii_serialization();
    if from.origin() == to.origin() { format!("{origin}{}", from.path()) } else { format!("{origin}/") }
}

/// Whether nobody can listen: TLS, or this very machine.
fn is_private(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && is_here)
}

fn has_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}
