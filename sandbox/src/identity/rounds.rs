//! What the pages ask for, one after the other.

use crate::generation::{Cut, IdentityPages};
use crate::sign_in_faults::SignInStep;

/// A page and the answers it wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Round {
    /// User name and password.
    Both,
    UserName,
    Password,
    /// What the browser says of itself; the page's script answers.
    UserAgent,
    OneTimeCode,
}

impl Round {
    /// The rounds of everybody; the one-time code comes after them where it is needed.
    pub(super) fn first(pages: &IdentityPages) -> Vec<Self> {
        let mut rounds = match pages.cut {
            Cut::Combined => vec![Self::Both],
            Cut::Split => vec![Self::UserName, Self::Password],
        };
        rounds.extend(pages.user_agent.then_some(Self::UserAgent));
        rounds
    }

    /// `SETTINGS.api` of the page.
    pub(super) fn api(self) -> &'static str {
        match self {
            Self::Both => "CombinedSigninAndSignup",
            Self::UserName | Self::Password | Self::UserAgent | Self::OneTimeCode => "SelfAsserted",
        }
    }

    /// The fields that must come back with a value.
    pub(super) fn wanted(self, pages: &IdentityPages) -> Vec<&str> {
        match self {
            Self::Both => vec![&pages.user_name_field, "password"],
            Self::UserName => vec![&pages.user_name_field],
            Self::Password => vec!["password"],
            Self::UserAgent => vec!["userAgent"],
            Self::OneTimeCode => vec!["totpVerificationCode", "reset_totp", "totp_skip_days"],
        }
    }

    /// The fields that the page declares, in its order.
    pub(super) fn declared(self, pages: &IdentityPages) -> Vec<&str> {
        let mut fields = self.wanted(pages);
        match self {
            Self::Both | Self::UserName => fields.extend(pages.extra_fields.iter().map(String::as_str)),
            Self::OneTimeCode => fields.insert(0, "rememberMePeriodChangeInfo"),
            Self::Password | Self::UserAgent => {}
        }
        fields
    }

    pub(super) fn step(self) -> SignInStep {
        match self {
            Self::UserName => SignInStep::UserName,
            Self::Both | Self::Password => SignInStep::Password,
            Self::UserAgent => SignInStep::UserAgent,
            Self::OneTimeCode => SignInStep::OneTimeCode,
        }
    }
}
