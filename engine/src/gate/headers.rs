//! Which headers go through the gate, and which stay on the side that they came from.

use reqwest::header::{CONNECTION, CONTENT_LENGTH, HeaderMap, HeaderName, TRANSFER_ENCODING};

/// What speaks of one connection only (RFC 9110 §7.6.1).
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What a program says to Evergrant alone: its key, its session, and where it stands.
const TO_US: [&str; 12] = [
    "authorization",
    "cookie",
    "cookie2",
    "expect",
    "forwarded",
    "host",
    "origin",
    "referer",
    "via",
    "x-forwarded",
    "x-real-ip",
    "x-request-id",
];
const TO_US_BEGINS: [&str; 2] = ["x-forwarded-", "sec-"];

/// What a provider says of its own origin, its sessions, and our right to ask it.
const OF_THE_PROVIDER: [&str; 20] = [
    "alt-svc",
    "authentication-info",
    "clear-site-data",
    "content-security-policy",
    "content-security-policy-report-only",
    "cross-origin-embedder-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "nel",
    "permissions-policy",
    "public-key-pins",
    "referrer-policy",
    "report-to",
    "reporting-endpoints",
    "service-worker-allowed",
    "set-cookie",
    "set-cookie2",
    "strict-transport-security",
    "www-authenticate",
    "x-request-id",
];
const OF_THE_PROVIDER_BEGINS: [&str; 1] = ["access-control-"];

/// The headers of a request that the provider may see; the token comes on top.
pub fn onward(headers: &HeaderMap) -> HeaderMap {
    let mut passed = pass(headers, &TO_US, &TO_US_BEGINS);
    if headers.contains_key(TRANSFER_ENCODING) {
        // Of two lengths the chunks' counts (RFC 9112 §6.1).
        passed.remove(CONTENT_LENGTH);
    }
    passed
}

/// The headers of an answer that the program may see.
pub fn back(headers: &HeaderMap) -> HeaderMap {
    pass(headers, &OF_THE_PROVIDER, &OF_THE_PROVIDER_BEGINS)
}

fn pass(headers: &HeaderMap, stay: &[&str], stay_begins: &[&str]) -> HeaderMap {
    let named = named_by_connection(headers);
    let stays = |name: &HeaderName| {
        let name = name.as_str();
        HOP_BY_HOP.contains(&name)
            || stay.contains(&name)
            || stay_begins.iter().any(|begin| name.starts_with(begin))
            || named.iter().any(|named| named == name)
    };
    let passing = headers.iter().filter(|(name, _)| !stays(name));
    passing.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// What `Connection` names ends with the connection, too.
fn named_by_connection(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(CONNECTION).into_iter().filter_map(|value| value.to_str().ok());
    let names = values.flat_map(|value| value.split(','));
    names.map(|name| name.trim().to_ascii_lowercase()).filter(|name| !name.is_empty()).collect()
}
