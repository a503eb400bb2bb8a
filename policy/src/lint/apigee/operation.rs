//! What an OAuthV2 policy does, and what it issues by it.

use crate::Kind;
use crate::lint::Thing;

/// What a policy does, as far as lifetimes are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    /// Issues access tokens, and refresh tokens with most grants.
    Generate,
    /// Issues access tokens by the implicit grant.
    GenerateImplicit,
    /// Issues authorization codes.
    GenerateCode,
    /// Issues access tokens for refresh tokens, and new refresh tokens beside.
    Refresh,
    /// Issues nothing.
    Look,
}

/// Every operation, by its name in the file.
const NAMES: [(&str, Operation); 12] = [
    ("GenerateAccessToken", Operation::Generate),
    ("GenerateJWTAccessToken", Operation::Generate),
    ("GenerateAccessTokenImplicitGrant", Operation::GenerateImplicit),
    ("GenerateJWTAccessTokenImplicitGrant", Operation::GenerateImplicit),
    ("GenerateAuthorizationCode", Operation::GenerateCode),
    ("RefreshAccessToken", Operation::Refresh),
    ("RefreshJWTAccessToken", Operation::Refresh),
    ("VerifyAccessToken", Operation::Look),
    ("VerifyJWTAccessToken", Operation::Look),
    ("ValidateToken", Operation::Look),
    ("InvalidateToken", Operation::Look),
    ("RevokeToken", Operation::Look),
];

impl Operation {
    /// The operation of a name; without one, the grants decide, which all issue tokens.
    pub(super) fn of(name: &str) -> Option<Self> {
        if name.is_empty() {
            return Some(Self::Generate);
        }
        NAMES.into_iter().find(|(known, _)| *known == name).map(|(_, operation)| operation)
    }

    /// The name that was meant by one in other letters.
    pub(super) fn meant(name: &str) -> Option<&'static str> {
        NAMES.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(known, _)| known)
    }

    /// What `ExpiresIn` is the lifetime of.
    pub(super) const fn expires(self) -> Option<Thing> {
        match self {
            Self::Generate | Self::GenerateImplicit | Self::Refresh => Some(Thing::Kind(Kind::AccessToken)),
            Self::GenerateCode => Some(Thing::Code),
            Self::Look => None,
        }
    }

    /// Whether refresh tokens are issued: not for programs that sign in as themselves, not by the
    /// implicit grant, and not where the one that was used goes on.
    pub(super) fn refreshes(self, grants: &[&str], reuses: bool) -> bool {
        match self {
            Self::Generate => {
                grants.is_empty()
                    || grants.iter().any(|grant| !["client_credentials", "implicit"].contains(grant))
            }
            Self::Refresh => !reuses,
            Self::GenerateImplicit | Self::GenerateCode | Self::Look => false,
        }
    }

    /// Whether the grants of the policy count.
    pub(super) const fn has_grants(self) -> bool {
        match self {
            Self::Generate => true,
            Self::GenerateImplicit | Self::GenerateCode | Self::Refresh | Self::Look => false,
        }
    }
}
