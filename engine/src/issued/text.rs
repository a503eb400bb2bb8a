//! The shape of issued tokens: a prefix, and 256 random bits in base64url.

use zeroize::Zeroizing;

use crate::consumer::digest_of;
use crate::guard::secret::{IssuedAccessToken, IssuedRefreshToken};
use crate::random;
use crate::store::issued_tokens::Hash;

/// How every access token begins: programs that look for leaked secrets know it by that.
const ACCESS: &str = "evga_";
/// How every refresh token begins.
const REFRESH: &str = "evgr_";

/// An access token that nobody has.
pub(super) fn fresh_access() -> IssuedAccessToken {
    let digits = Zeroizing::new(random::token());
    IssuedAccessToken::new(format!("{ACCESS}{}", *digits))
}

/// A refresh token that nobody has.
pub(super) fn fresh_refresh() -> IssuedRefreshToken {
    let digits = Zeroizing::new(random::token());
    IssuedRefreshToken::new(format!("{REFRESH}{}", *digits))
}

/// Whether a text begins as access tokens do.
pub fn is_access(text: &str) -> bool {
    text.starts_with(ACCESS)
}

/// What is stored of an access token; `None` for a text that cannot be one.
pub(crate) fn access_hash(text: &str) -> Option<Hash> {
    digest_of(ACCESS, text)
}

/// What is stored of a refresh token; `None` for a text that cannot be one.
pub(super) fn refresh_hash(text: &str) -> Option<Hash> {
    digest_of(REFRESH, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consumer;

    #[test]
    fn a_token_of_one_kind_is_none_of_another() {
        let (access, refresh, key) = (fresh_access(), fresh_refresh(), consumer::fresh());
        assert!(access_hash(access.expose()).is_some() && refresh_hash(refresh.expose()).is_some());
        assert!(access_hash(refresh.expose()).is_none() && refresh_hash(access.expose()).is_none());
        assert!(access_hash(key.expose()).is_none() && refresh_hash(key.expose()).is_none());
        assert!(consumer::digest(access.expose()).is_none() && consumer::digest(refresh.expose()).is_none());
        assert_ne!(access_hash(fresh_access().expose()), access_hash(access.expose()));
    }
}
