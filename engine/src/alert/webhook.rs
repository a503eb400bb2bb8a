//! Alerts to programs: one signed POST, no redirect, no word of the answer but its status.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::time::Duration;

use chain::Time;
use reqwest::Client;
use reqwest::header::CONTENT_TYPE;

use super::reach::{Allowed, Lookup, Unfit, check_address};
use super::{Answer, Event, signature};
use crate::guard::secret::WebhookSecret;
use crate::tls;

/// The client for webhooks: another one than for providers, since anybody may name their addresses.
pub(crate) struct Webhooks {
    client: Client,
    allow_private: Vec<String>,
    patience: Duration,
}

/// What is sent.
pub(super) struct Message<'a> {
    pub(super) id: &'a str,
    pub(super) event: Event,
    pub(super) body: &'a str,
    pub(super) now: Time,
}

impl Webhooks {
    /// A client that reaches public addresses, and the hosts named.
    ///
    /// # Errors
    /// When the TLS back end cannot be set up.
    #[expect(clippy::disallowed_methods, reason = "the one client of webhooks, which looks where it goes")]
    pub(crate) fn new(allow_private: &[String], patience: Duration) -> Result<Self, reqwest::Error> {
        let client = tls::shared(Client::builder(), tls::HTTP1)
            .user_agent(concat!("evergrant/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Lookup(Allowed::new(allow_private)))
            // A proxy would look names up by itself.
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .pool_max_idle_per_host(0)
            .http1_only()
            .timeout(patience)
            .build()?;
        Ok(Self { client, allow_private: allow_private.to_vec(), patience })
    }

    /// Hosts that may be reached although they are not public.
    pub(crate) fn allow_private(&self) -> &[String] {
        &self.allow_private
    }

    /// How long a receiver may take.
    pub(crate) const fn patience(&self) -> Duration {
        self.patience
    }

    /// Sends once. Of the answer only the status is read, however much of it there is.
    pub(super) async fn send(&self, address: &str, secret: &WebhookSecret, message: Message<'_>) -> Answer {
        // What is allowed may have changed since the address was entered.
        let url = match check_address(address, &self.allow_private) {
            Ok(url) => url,
            Err(Unfit::NotPublic) => return Answer::NotPublic,
            Err(Unfit::NotAnAddress) => return Answer::NotMade,
        };
        let timestamp = message.now.millis().div_euclid(1_000);
        let signed = signature(secret, message.id, timestamp, message.body.as_bytes());
        let request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("Evergrant-Id", message.id)
            .header("Evergrant-Event", message.event.as_str())
            .header("Evergrant-Timestamp", timestamp)
            .header("Evergrant-Signature", signed)
            .body(message.body.to_owned());
        match request.send().await {
            Ok(response) => Answer::Http(response.status().as_u16()),
            Err(error) => classify(&error),
        }
    }
}

/// Whether reading or writing failed in one of these ways.
pub(super) fn is_of(kinds: &[ErrorKind], error: &(dyn Error + 'static)) -> bool {
    causes(error).filter_map(|it| it.downcast_ref::<io::Error>()).any(|it| kinds.contains(&it.kind()))
}

/// An error and all that it came from; one of reading or writing hides what it was made of.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        let hidden = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        hidden.map(|it| it as &(dyn Error + 'static)).or_else(|| error.source())
    })
}

fn classify(error: &reqwest::Error) -> Answer {
    // There was a connection, but the other side speaks no TLS, or is somebody else.
    let tls = [ErrorKind::InvalidData, ErrorKind::UnexpectedEof, ErrorKind::ConnectionReset];
    if causes(error).any(|it| it.downcast_ref::<Unfit>().is_some()) {
        Answer::NotPublic
    } else if error.is_connect() && is_of(&tls, error) {
        Answer::NotSecure
    } else if error.is_connect() && !error.is_timeout() {
        Answer::Unreachable
    } else {
        Answer::NoAnswer
    }
}
