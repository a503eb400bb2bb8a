//! Secrets with types of their own: they cannot be printed, copied or serialised, and their memory
//! is overwritten when they go. `expose` is the word to look for where one is used.

use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

pub use super::one_time::TotpSecret;

/// Opened bytes that are no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the secret is no text")]
pub struct NotText;

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Zeroize, ZeroizeOnDrop)]
        pub struct $name(String);

        impl $name {
            /// Takes the secret into custody.
            pub const fn new(secret: String) -> Self {
                Self(secret)
            }

            /// The secret itself.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<Zeroizing<Vec<u8>>> for $name {
            type Error = NotText;

            fn try_from(bytes: Zeroizing<Vec<u8>>) -> Result<Self, NotText> {
                text(bytes).map(Self)
            }
        }
    )*};
}

texts! {
    /// A refresh token.
    RefreshToken;
    /// An access token.
    AccessToken;
    /// The secret of an app registration.
    ClientSecret;
    /// An operator's password.
    Password;
    /// What a person entered as the secret of one-time codes; not understood yet.
    TotpText;
    /// The verifier behind a PKCE challenge.
    CodeVerifier;
    /// The token of the link that makes the first operator.
    SetupToken;
    /// The name that somebody signs in with at a provider.
    UserName;
    /// A one-time code, good for one period.
    OneTimeCode;
    /// An authorization code, as a redirect brought it.
    AuthorizationCode;
    /// The key of a consumer; shown once, and kept as a hash only.
    ConsumerKey;
    /// An access token that Evergrant issued to a consumer; kept as a hash only.
    IssuedAccessToken;
    /// A refresh token that Evergrant issued to a consumer; kept as a hash only.
    IssuedRefreshToken;
    /// What a scraper of the metrics shows.
    MetricsToken;
    /// What signs the alerts that are sent to a webhook.
    WebhookSecret;
    /// The address of a mail server, with the password of its user.
    SmtpUrl;
}

impl MetricsToken {
    /// Whether this is the token; how much of it is right is not to be measured.
    pub fn is(&self, brought: &str) -> bool {
        self.0.as_bytes().ct_eq(brought.as_bytes()).into()
    }
}

/// A key that wraps other keys.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct MasterKey([u8; 32]);

impl MasterKey {
    /// Takes the key into custody.
    pub const fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// The key itself.
    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

/// What a token endpoint answered, as it came.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct RawAnswer(Vec<u8>);

impl RawAnswer {
    /// Takes the answer into custody.
    pub const fn new(body: Vec<u8>) -> Self {
        Self(body)
    }

    /// The answer itself.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl From<Zeroizing<Vec<u8>>> for RawAnswer {
    fn from(mut body: Zeroizing<Vec<u8>>) -> Self {
        Self(std::mem::take(&mut *body))
    }
}

/// The bytes as text; no copy is left behind either way.
pub(super) fn text(mut bytes: Zeroizing<Vec<u8>>) -> Result<String, NotText> {
    String::from_utf8(std::mem::take(&mut *bytes)).map_err(|error| {
        error.into_bytes().zeroize();
        NotText
    })
}
