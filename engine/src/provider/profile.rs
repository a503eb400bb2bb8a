//! What is known of a provider, as data: addresses and the timing of its chains.

use std::time::Duration;

use chain::{Backoff, RecoveryRules, Resend, Rules, Time, Window};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::{Origin, Url};

use super::custom::{Custom, Pointers};
use super::exact;
use super::limits::Limits;
use crate::guard::secret::RawAnswer;
use crate::view::UpstreamUser;

/// What kind of provider it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Exact Online.
    Exact,
    /// Any other OAuth server, described by its app registration.
    Custom,
}

/// What an app registration says of its provider.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    /// `exact` or `custom`.
    pub provider: &'a str,
    /// The country's code; of no meaning to a custom provider.
    pub country: &'a str,
    /// Stands in for the country's host: another host of Exact's, or a sandbox.
    pub base_url: Option<&'a str>,
    /// Overrides of the timing, as JSON; see [`Timing`].
    pub timing: Option<&'a str>,
    /// What a custom provider is, or where else Exact's sign-in leads, as JSON; see [`Custom`].
    pub custom: Option<&'a str>,
}

/// Where a provider is and how its chains live.
#[derive(Clone, Debug)]
pub struct Profile {
    /// What kind of provider it is.
    pub kind: Kind,
    /// Names the authorization server: scheme, host and port. Tokens of one are not valid on another.
    pub server: String,
    /// Where a person is sent.
    pub authorize: Url,
    /// Where tokens come from.
    pub token: Url,
    /// The probe that says whose token it is, and activates it.
    pub probe: Url,
    /// What every address of its REST API begins with; the path ends with a slash.
    pub api: Url,
    /// Overrides of the timing.
    pub timing: Timing,
    /// Further parameters of the authorization request.
    pub parameters: Vec<(String, String)>,
    /// Client id and secret go into the Authorization header instead of the body.
    pub basic: bool,
    /// Where a scripted sign-in may go.
    pub origins: Vec<Origin>,
    /// Whether a scripted sign-in may agree to what the provider asks consent for.
    pub gives_consent: bool,
    users: Users,
}

/// How the probe's answer names the user.
#[derive(Clone, Debug)]
enum Users {
    Exact,
    At(Pointers),
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
    /// How long a chain lives from its grant on, used or not.
    pub absolute_life: Option<u32>,
    /// Runs of auto-recovery a day.
    pub recovery_tries_a_day: Option<u32>,
    /// The wait between two runs of auto-recovery.
    pub recovery_cool_down: Option<u32>,
    /// Calls of the REST API a minute, for an app and a company.
    pub calls_a_minute: Option<u32>,
    /// Calls of the REST API a day, for an app and a company.
    pub calls_a_day: Option<u32>,
    /// Errors of the REST API an hour, for an app, a user, a company and an endpoint.
    pub errors_an_hour: Option<u32>,
}

/// Why there is no profile for an app registration.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ProfileError {
    /// No such kind of provider.
    #[error("the provider is neither exact nor custom")]
    Provider,
    /// No such country.
    #[error("the country is none of nl, be, de, fr, es, uk, us")]
    Country,
    /// The address is no absolute http or https address without path, query and user.
    #[error("the provider's address is not of the form https://host")]
    Address,
    /// The timing is no JSON of known fields, or a number is out of bounds.
    #[error("the timing is not understood: {0}")]
    Timing(String),
    /// What is said of the provider is no JSON of known fields.
    #[error("the provider is not understood: {0}")]
    Custom(String),
    /// A custom provider needs this address.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// The address of an endpoint is no absolute https address without user and fragment.
    #[error("{0} is no address of the form https://host/path")]
    Endpoint(&'static str),
    /// Where the probe names the user is no JSON pointer.
    #[error("{0} is no JSON pointer, such as /sub")]
    Pointer(&'static str),
    /// A further parameter is one that Evergrant sets itself.
    #[error("parameters: {0} is set by Evergrant")]
    Parameter(String),
    /// A further origin of the sign-in is none.
    #[error("origins are not of the form https://host")]
    Origin,
    /// Exact Online is described as if it was another server.
    #[error("only origins and gives_consent can be said of Exact Online")]
    NotCustom,
}

impl Profile {
    /// The profile that an app registration describes.
    ///
    /// # Errors
    /// See [`ProfileError`].
    pub fn of(settings: Settings<'_>) -> Result<Self, ProfileError> {
        let timing = Timing::parse(settings.timing)?;
        let custom = Custom::parse(settings.custom)?;
        match settings.provider {
            "exact" => Self::exact(settings, timing, &custom),
            "custom" => Self::custom(timing, &custom),
            _ => Err(ProfileError::Provider),
        }
    }

    fn exact(settings: Settings<'_>, timing: Timing, custom: &Custom) -> Result<Self, ProfileError> {
        if custom.is_of_its_own() {
            return Err(ProfileError::NotCustom);
        }
        let host = exact::host(settings.country).ok_or(ProfileError::Country)?;
        let base = Url::parse(settings.base_url.unwrap_or(host)).map_err(|_| ProfileError::Address)?;
        let bare = base.path() == "/" && base.query().is_none() && base.fragment().is_none();
        if !(bare && safe(&base) && base.username().is_empty() && base.password().is_none()) {
            return Err(ProfileError::Address);
        }
        let at = |path: &str| base.join(path).map_err(|_| ProfileError::Address);
        let identity = Url::parse(exact::IDENTITY).map_err(|_| ProfileError::Address)?;
        let mut origins = vec![base.origin(), identity.origin()];
        origins.extend(custom.origins()?);
        Ok(Self {
            kind: Kind::Exact,
            server: base.origin().ascii_serialization(),
            authorize: at("/api/oauth2/auth")?,
            token: at("/api/oauth2/token")?,
            probe: at(exact::identity::PATH)?,
            api: at(exact::API)?,
            timing,
            parameters: vec![("force_login".to_owned(), "0".to_owned())],
            basic: false,
            origins,
            gives_consent: custom.gives_consent,
            users: Users::Exact,
        })
    }

    fn custom(timing: Timing, custom: &Custom) -> Result<Self, ProfileError> {
        let [authorize, token, probe] = custom.addresses()?;
        let api = custom.api(&probe)?;
        let mut origins = vec![authorize.origin()];
        origins.extend(custom.origins()?);
        Ok(Self {
            kind: Kind::Custom,
            server: authorize.origin().ascii_serialization(),
            users: Users::At(custom.pointers()?),
            parameters: custom.asked()?,
            basic: custom.basic,
            gives_consent: custom.gives_consent,
            authorize,
            token,
            probe,
            api,
            timing,
            origins,
        })
    }

    /// Reads the user out of the probe's answer.
    pub fn user(&self, body: &RawAnswer) -> Option<UpstreamUser> {
        match &self.users {
            Users::Exact => exact::identity::parse(body),
            Users::At(pointers) => pointers.read(body),
        }
    }

    /// The further parameters of an authorization request; with `ask_who` the provider shows its
    /// sign-in page even to somebody whom it still knows: Exact Online's `force_login`, and `prompt`
    /// of OpenID Connect (Core 1.0 §3.1.2.1), which other servers pass over (RFC 6749 §3.1).
    pub fn asked(&self, ask_who: bool) -> Vec<(String, String)> {
        let mut parameters = self.parameters.clone();
        if ask_who {
            let (name, value) = match self.kind {
                Kind::Exact => ("force_login", "1"),
                Kind::Custom => ("prompt", "login"),
            };
            match parameters.iter_mut().find(|(known, _)| known == name) {
                Some((_, chosen)) if self.kind == Kind::Exact => value.clone_into(chosen),
                // The app registration says itself what the server is to ask.
                Some(_) => {}
                None => parameters.push((name.to_owned(), value.to_owned())),
            }
        }
        parameters
    }

    /// How much of its REST API an app may use.
    pub fn limits(&self) -> Limits {
        match self.kind {
            Kind::Exact => Limits::exact(&self.timing),
            Kind::Custom => Limits::custom(&self.timing),
        }
    }

    /// The rules of a chain at this provider, at this moment.
    pub fn rules(&self, warm: bool, now: Time) -> Rules {
        let timing = &self.timing;
        let usual = match self.kind {
            Kind::Exact => Usual::EXACT,
            Kind::Custom => Usual::CUSTOM,
        };
        let or = |seconds: Option<u32>, default: u64| Duration::from_secs(seconds.map_or(default, u64::from));
        // An answer of Exact Online once took 35 s and never arrived (issue #152 of the .NET client).
        let request_deadline = or(timing.request_deadline, 120);
        let quiet = timing.quiet_hours.unwrap_or(usual.quiet_hours).then(|| quiet_hour(now)).flatten();
        Rules {
            access_lifetime: or(timing.access_lifetime, usual.access_lifetime),
            minimum_interval: or(timing.minimum_interval, usual.minimum_interval),
            refresh_ahead: or(timing.refresh_ahead, usual.refresh_ahead),
            idle_life: or(timing.idle_life, 30 * 86_400),
            absolute_life: timing.absolute_life.map(|seconds| Duration::from_secs(seconds.into())),
            request_deadline,
            lease_margin: Duration::from_secs(30),
            resend: Resend {
                window: or(timing.resend_window, 600),
                tries: timing.resend_tries.unwrap_or(usual.resend_tries),
            },
            activation: Backoff { first: Duration::from_secs(5), most: Duration::from_secs(3_600) },
            token_calls_a_day: timing.token_calls_a_day.unwrap_or(usual.token_calls_a_day),
            quiet,
            keep_alive: or(timing.keep_alive, 7 * 86_400),
            warm,
            retry: Backoff { first: Duration::from_secs(5), most: Duration::from_secs(600) },
            client_retry: Duration::from_secs(3_600),
            recovery: RecoveryRules {
                tries_a_day: timing.recovery_tries_a_day.unwrap_or(4),
                cool_down: or(timing.recovery_cool_down, 900),
                postponed: Duration::from_secs(60),
                // The walk, then the exchange of the code, then the probe.
                deadline: WALK_DEADLINE + request_deadline + Duration::from_secs(30),
            },
        }
    }
}

/// The numbers in which kinds of providers differ, in seconds.
struct Usual {
    access_lifetime: u64,
    minimum_interval: u64,
    refresh_ahead: u64,
    resend_tries: u32,
    token_calls_a_day: u32,
    quiet_hours: bool,
}

impl Usual {
    /// 600 s, a refresh from 570 s on, and 30 days, sliding: Exact support, quoted in issues #300
    /// and #311 of the PHP client picqer. Whether a token whose answer was lost still works is
    /// disputed: Invantive reports up to 10 minutes. Trying costs nothing: either it works, or the
    /// chain was dead already.
    const EXACT: Self = Self {
        access_lifetime: 600,
        minimum_interval: 570,
        refresh_ahead: 30,
        resend_tries: 2,
        token_calls_a_day: 200,
        quiet_hours: true,
    };

    /// An hour is what most servers give when they do not say (RFC 6749 §5.1 recommends that they
    /// do). Nothing is sent twice: RFC 9700 §4.14.2 lets a server end the grant at a second use.
    const CUSTOM: Self = Self {
        access_lifetime: 3_600,
        minimum_interval: 0,
        refresh_ahead: 60,
        resend_tries: 0,
        token_calls_a_day: 100_000,
        quiet_hours: false,
    };
}

/// How long a scripted sign-in may take.
pub const WALK_DEADLINE: Duration = Duration::from_secs(90);

/// Whether nobody on the way can read along: https, or this machine alone.
pub(super) fn safe(url: &Url) -> bool {
    let loopback = url.host_str().is_some_and(|host| matches!(host, "127.0.0.1" | "localhost" | "[::1]"));
    url.scheme() == "https" || (url.scheme() == "http" && loopback)
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
        if timing.recovery_tries_a_day.is_some_and(|tries| tries > 100) {
            return refuse("recovery_tries_a_day is at most 100");
        }
        let calls = [timing.calls_a_minute, timing.calls_a_day, timing.errors_an_hour];
        if calls.contains(&Some(0)) {
            return refuse("of 0 calls or errors none is passed on");
        }
        if timing.absolute_life == Some(0) {
            return refuse("a life of 0 seconds cannot be kept");
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
