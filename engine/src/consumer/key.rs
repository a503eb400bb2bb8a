//! The shape of a consumer key: `evg_`, and 256 random bits in base64url.

use zeroize::Zeroizing;

use crate::guard::secret::ConsumerKey;
use crate::random;

/// How every key begins: programs that look for leaked secrets know it by that.
const PREFIX: &str = "evg_";
/// Characters behind it.
const DIGITS: usize = 43;
/// Characters of it that tell keys apart on a page.
const SHOWN: usize = 6;

/// A key that nobody has.
pub(crate) fn fresh() -> ConsumerKey {
    let digits = Zeroizing::new(random::token());
    ConsumerKey::new(format!("{PREFIX}{}", *digits))
}

/// How a key begins, for a page.
pub(crate) fn shown(key: &ConsumerKey) -> String {
    key.expose().chars().take(PREFIX.len() + SHOWN).collect()
}

/// What is stored of a key; `None` for a text that cannot be one.
pub(crate) fn digest(key: &str) -> Option<[u8; 32]> {
    digest_of(PREFIX, key)
}

/// The SHA-256 of a text that has the shape: this prefix, and 256 bits in base64url.
pub(crate) fn digest_of(prefix: &str, text: &str) -> Option<[u8; 32]> {
    let digits = text.strip_prefix(prefix)?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (digits.len() == DIGITS && digits.bytes().all(fits)).then(|| random::digest(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fresh_key_has_the_shape_and_is_another_one() {
        let (one, other) = (fresh(), fresh());
        assert!(digest(one.expose()).is_some());
        assert_ne!(digest(one.expose()), digest(other.expose()));
        assert_eq!(shown(&one).len(), 10);
    }

    #[test]
    fn a_text_of_another_shape_is_no_key() {
        let key = fresh();
        let text = key.expose();
        for other in ["", "evg_", &text[4..], &text[..46], &format!("{text}A"), &text.replace('v', "x")] {
            assert!(digest(other).is_none(), "{other}");
        }
        assert!(digest(&format!("evg_{}", "é".repeat(21) + "a")).is_none());
        assert!(digest(&format!("evg_{}", " ".repeat(43))).is_none());
    }
}
