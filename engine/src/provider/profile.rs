//! What is known of a provider, as data: addresses and the timing of its chains.

use std::time::Duration;

use chain::{Backoff, RecoveryRules, Resend, Rules, Time, Window};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::Url;

use super::exact;

/// Where a provider is and how its chains live.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Names the authorization server: scheme, host and port. Tokens of one are not valid on another.
    pub server: String,
    /// Where a person is sent.
    pub authorize: Url,
    /// Where tokens come from.
    pub token: Url,
    /// The probe that says whose token it is, and activates it.
    pub probe: Url,
    /// Overrides of the timing.
    pub timing: Timing,
}

/// Overrides of a provider's timing, in seconds; what is absent keeps the profile's number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timing {
    /// How long an access token lives when the answer does not say.
    pub access_lifetime: Option<u32>,
    /// The shortest time between receiving a token and sending its refresh token.
    pub minimum_interval: Option<u32>,
    /// A token is renewed on demand when less than this is left of it.
    pub refresh_ahead: Option<u32>,
    /// How long a refresh token lives unused.
    pub idle_life: Option<u32>,
    /// The age at which an unused refresh token is renewed.
    pub keep_alive: Option<u32>,
    /// The hard total deadline of a token call.
    pub request_deadline: Option<u32>,
    /// For how long after a lost answer the same token may be sent again.
    pub resend_window: Option<u32>,
    /// How often it may be sent again; 0 forbids it.
    pub resend_tries: Option<u32>,
    /// Token calls a day.
    pub token_calls_a_day: Option<u32>,
    /// Whether planned refreshes stay out of the provider's quiet hours.
    pub quiet_hours: Option<bool>,
}

/// Why there is no profile for an app registration.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ProfileError {
    /// No such country.
    #[error("the country is none of nl, be, de, fr, es, uk, us")]
    Country,
    /// The address is no absolute http or https address without path, query and user.
    #[error("the provider's address is not of the form https://host")]
    Address,
    /// The timing is no JSON of known fields, or a number is out of bounds.
    #[error("the timing is not understood: {0}")]
    Timing(String),
}

impl Profile {
    /// Exact Online's profile for a country.
    ///
    /// `base_url` stands in for the country's host: another host of Exact's, or a sandbox.
    ///
    /// # Errors
    /// See [`ProfileError`].
    pub fn exact(country: &str, base_url: Option<&str>, timing: Option<&str>) -> Result<Self, ProfileError> {
        let host = exact::host(country).ok_or(ProfileError::Country)?;
        let base = Url::parse(base_url.unwrap_or(host)).map_err(|_| ProfileError::Address)?;
        let bare = base.path() == "/" && base.query().is_none() && base.fragment().is_none();
        let loopback =
            base.host_str().is_some_and(|host| matches!(host, "127.0.0.1" | "localhost" | "[::1]"));
        let scheme = base.scheme() == "https" || (base.scheme() == "http" && loopback);
        if !(bare && scheme && base.username().is_empty() && base.password().is_none()) {
            return Err(ProfileError::Address);
        }
        let at = |path: &str| base.join(path).map_err(|_| ProfileError::Address);
        Ok(Self {
            server: base.origin().ascii_serialization(),
            authorize: at("/api/oauth2/auth")?,
            token: at("/api/oauth2/token")?,
            probe: at(exact::identity::PATH)?,
            timing: Timing::parse(timing)?,
        })
    }

    /// The rules of a chain at this provider, at this moment.
    pub fn rules(&self, warm: bool, now: Time) -> Rules {
        let timing = &self.timing;
        let or = |seconds: Option<u32>, default: u64| Duration::from_secs(seconds.map_or(default, u64::from));
        let quiet = timing.quiet_hours.unwrap_or(true).then(|| quiet_hour(now)).flatten();
        Rules {
            // Exact Online: 600 s, and a refresh from 570 s on; Exact support, quoted in issues
            // #300 and #311 of the PHP client picqer.
            access_lifetime: or(timing.access_lifetime, 600),
            minimum_interval: or(timing.minimum_interval, 570),
            refresh_ahead: or(timing.refresh_ahead, 30),
            // 30 days, sliding; the same source.
            idle_life: or(timing.idle_life, 30 * 86_400),
            absolute_life: None,
            // An answer once took 35 s and never arrived (issue #152 of the .NET client).
            request_deadline: or(timing.request_deadline, 120),
            lease_margin: Duration::from_secs(30),
            // Whether a token whose answer was lost still works is disputed: Invantive reports up to
            // 10 minutes. Trying costs nothing: either it works, or the chain was dead already.
            resend: Resend { window: or(timing.resend_window, 600), tries: timing.resend_tries.unwrap_or(2) },
            activation: Backoff { first: Duration::from_secs(5), most: Duration::from_secs(3_600) },
            token_calls_a_day: timing.token_calls_a_day.unwrap_or(200),
            quiet,
            keep_alive: or(timing.keep_alive, 7 * 86_400),
            warm,
            retry: Backoff { first: Duration::from_secs(5), most: Duration::from_secs(600) },
            client_retry: Duration::from_secs(3_600),
            recovery: RecoveryRules {
                tries_a_day: 4,
                cool_down: Duration::from_secs(900),
                postponed: Duration::from_secs(60),
                deadline: Duration::from_secs(120),
            },
        }
    }
}

impl Timing {
    /// Reads overrides from JSON; nothing gives none.
    ///
    /// # Errors
    /// [`ProfileError::Timing`] for unknown fields, and for lives that cannot be kept.
    pub fn parse(json: Option<&str>) -> Result<Self, ProfileError> {
        let Some(json) = json.filter(|json| !json.trim().is_empty()) else { return Ok(Self::default()) };
        let timing: Self =
            serde_json::from_str(json).map_err(|error| ProfileError::Timing(error.to_string()))?;
        let refuse = |what: &str| Err(ProfileError::Timing(what.to_owned()));
        if timing.request_deadline.is_some_and(|seconds| !(1..=600).contains(&seconds)) {
            return refuse("request_deadline is 1 to 600 seconds");
        }
        if timing.access_lifetime == Some(0) || timing.idle_life == Some(0) || timing.keep_alive == Some(0) {
            return refuse("a life of 0 seconds cannot be kept");
        }
        if timing.keep_alive.unwrap_or(7 * 86_400) >= timing.idle_life.unwrap_or(30 * 86_400) {
            return refuse("keep_alive must be shorter than idle_life");
        }
        Ok(timing)
    }
}

/// The present or next hour from 01:00 to 02:00 in the Netherlands, when Exact Online is maintained
/// (issue #152 of the .NET client: an answer lost at 01:15).
fn quiet_hour(now: Time) -> Option<Window> {
    let zone = TimeZone::get("Europe/Amsterdam").ok()?;
    let here = Timestamp::from_millisecond(now.millis()).ok()?.to_zoned(zone);
    let today = here.with().hour(1).minute(0).second(0).subsec_nanosecond(0).build().ok()?;
    let end = today.checked_add(1.hour()).ok()?;
    let from = if here < end { today } else { today.checked_add(1.day()).ok()? };
    let until = from.checked_add(1.hour()).ok()?;
    let millis = |at: jiff::Zoned| Time::from_millis(at.timestamp().as_millisecond());
    Some(Window { from: millis(from), until: millis(until) })
}
