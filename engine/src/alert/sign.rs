//! The signature with which a webhook knows that an alert is ours.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::guard::secret::WebhookSecret;

/// The `Evergrant-Signature` of a body: `v1=` and the HMAC-SHA256 of `<id>.<timestamp>.<body>` under
/// the whole secret, in hexadecimal digits.
///
/// The timestamp is the moment of sending in seconds, so that a receiver can refuse what is old.
pub fn signature(secret: &WebhookSecret, id: &str, timestamp: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).expect("any key is long enough");
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    let digits: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("v1={digits}")
}
