//! What can go wrong while somebody signs in, on demand or by chance.

mod arranged;
pub(crate) mod met;
pub(crate) mod trouble;

use std::time::Duration;

pub(crate) use arranged::{Arranged, SignInFaults};

/// A way in which a sign-in does not go as it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInFault {
    /// The password is refused even if it is right; it counts as a wrong one.
    WrongPassword,
    /// The one-time code is refused even if it is right.
    WrongCode,
    /// The account is locked when the password arrives, and stays so.
    Locked,
    /// Consent is asked for although it was given.
    Consent,
    /// Another user than the one who signed in comes back; one that is there must be named.
    OtherUser(String),
    /// A page with a captcha.
    Captcha,
    /// A page that nobody described, with fields of its own.
    UnknownPage,
    /// The answer comes this much (real time) later.
    Slow(Duration),
    /// Two addresses that lead to each other.
    Loop,
    /// A redirect to this address, which is none of the provider's.
    ForeignHost(String),
    /// The answer is a page with status 500.
    Error500,
    /// The answer is a page with status 503.
    Outage503,
    /// The connection closes without an answer.
    Closed,
}

impl SignInFault {
    /// Every name that [`SignInFault::named`] knows.
    pub const NAMES: [&str; 13] = [
        "wrong_password",
        "wrong_code",
        "locked",
        "consent",
        "other_user",
        "captcha",
        "unknown_page",
        "slow",
        "loop",
        "foreign_host",
        "error500",
        "outage503",
        "closed",
    ];

    /// Where `foreign_host` leads unless an address is named.
    pub const FOREIGN_ADDRESS: &str = "https://sign-in.elsewhere.example/";

    /// The fault of that name; `delay` is for `slow`, `detail` for `other_user` (who comes
    /// back) and `foreign_host` (the address).
    pub fn named(name: &str, delay: Duration, detail: Option<&str>) -> Option<Self> {
        Some(match name {
            "wrong_password" => Self::WrongPassword,
            "wrong_code" => Self::WrongCode,
            "locked" => Self::Locked,
            "consent" => Self::Consent,
            "other_user" => Self::OtherUser(detail?.to_owned()),
            "captcha" => Self::Captcha,
            "unknown_page" => Self::UnknownPage,
            "slow" => Self::Slow(delay),
            "loop" => Self::Loop,
            "foreign_host" => Self::ForeignHost(detail.unwrap_or(Self::FOREIGN_ADDRESS).to_owned()),
            "error500" => Self::Error500,
            "outage503" => Self::Outage503,
            "closed" => Self::Closed,
            _ => return None,
        })
    }

    /// Whether it strikes where passwords, codes and consents are judged, not on the way.
    pub(crate) fn is_judged(&self) -> bool {
        match self {
            Self::WrongPassword | Self::WrongCode | Self::Locked | Self::Consent | Self::OtherUser(_) => true,
            Self::Captcha
            | Self::UnknownPage
            | Self::Slow(_)
            | Self::Loop
            | Self::ForeignHost(_)
            | Self::Error500
            | Self::Outage503
            | Self::Closed => false,
        }
    }

    /// Whether it takes the place of a page that a browser would show.
    pub(crate) fn needs_a_page(&self) -> bool {
        match self {
            Self::Captcha | Self::UnknownPage | Self::Loop | Self::ForeignHost(_) => true,
            Self::WrongPassword
            | Self::WrongCode
            | Self::Locked
            | Self::Consent
            | Self::OtherUser(_)
            | Self::Slow(_)
            | Self::Error500
            | Self::Outage503
            | Self::Closed => false,
        }
    }
}

/// A request of the sign-in, by what the browser sent with it.
///
/// In the second generation an answer takes two requests, `SelfAsserted` and `confirmed`:
/// faults that need a page strike at the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInStep {
    /// The authorize address of the provider, before and after signing in.
    Authorize,
    /// Opening the start page.
    Start,
    /// The user name, at the start page or at a page of its own.
    UserName,
    /// Opening the second generation's first page.
    IdentityPage,
    /// The password, alone or together with the user name.
    Password,
    /// The `userAgent` of the second generation.
    UserAgent,
    /// Opening the page of the one-time code (first generation).
    CodePage,
    /// The one-time code.
    OneTimeCode,
    /// The way back from the second origin.
    Return,
    /// The answer to the consent page.
    Consent,
}

impl SignInStep {
    /// Every name and its step.
    pub const NAMES: [(&str, Self); 10] = [
        ("authorize", Self::Authorize),
        ("start", Self::Start),
        ("user_name", Self::UserName),
        ("identity_page", Self::IdentityPage),
        ("password", Self::Password),
        ("user_agent", Self::UserAgent),
        ("code_page", Self::CodePage),
        ("one_time_code", Self::OneTimeCode),
        ("return", Self::Return),
        ("consent", Self::Consent),
    ];

    /// The step of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, step)| *step)
    }
}
