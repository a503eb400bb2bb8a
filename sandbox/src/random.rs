//! Unguessable values.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// A token or code as the provider writes them: long, with a stamp in front.
///
/// The alphabet holds `+`, `/` and `!` on purpose: a caller that forgets to encode is noticed.
pub(crate) fn token() -> String {
    format!("stampNL001.!{}", STANDARD_NO_PAD.encode(bytes::<96>()))
}

/// A name for a cookie, a form or a ticket.
pub(crate) fn handle() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<24>())
}

fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}
