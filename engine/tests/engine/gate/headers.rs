//! What goes through the gate of the headers.

use engine::gate::headers::{back, onward};
use proptest::prelude::*;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
    lines
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
        .collect()
}

fn names(headers: &HeaderMap) -> Vec<&str> {
    let mut names: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
    names.sort_unstable();
    names
}

#[test]
fn the_key_the_session_and_what_speaks_of_one_connection_stay_here() {
    let sent = headers(&[
        ("authorization", "Bearer evg_planted"),
        ("cookie", "id=planted"),
        ("host", "evergrant.example"),
        ("connection", "keep-alive, X-Private , close"),
        ("x-private", "planted"),
        ("keep-alive", "timeout=5"),
        ("proxy-authorization", "Basic planted"),
        ("te", "trailers"),
        ("upgrade", "websocket"),
        ("forwarded", "for=10.0.0.1"),
        ("x-forwarded-for", "10.0.0.1"),
        ("x-real-ip", "10.0.0.1"),
        ("origin", "https://intranet.example"),
        ("referer", "https://intranet.example/secret"),
        ("sec-fetch-site", "same-origin"),
        ("expect", "100-continue"),
        ("accept", "application/json"),
        ("content-type", "application/json"),
        ("content-length", "12"),
        ("if-none-match", "\"x\""),
        ("prefer", "return=representation"),
    ]);
    let passed = onward(&sent);
    assert_eq!(names(&passed), ["accept", "content-length", "content-type", "if-none-match", "prefer"]);
    assert!(!format!("{passed:?}").contains("planted"));
}

#[test]
fn of_two_lengths_the_chunks_count() {
    let passed = onward(&headers(&[("content-length", "12"), ("transfer-encoding", "chunked")]));
    assert!(passed.is_empty(), "{passed:?}");
}

#[test]
fn what_the_provider_says_of_its_own_origin_stays_there() {
    let answered = headers(&[
        ("set-cookie", "session=planted"),
        ("strict-transport-security", "max-age=1"),
        ("clear-site-data", "*"),
        ("access-control-allow-origin", "*"),
        ("content-security-policy", "script-src *"),
        ("www-authenticate", "Bearer"),
        ("connection", "x-internal"),
        ("x-internal", "1"),
        ("transfer-encoding", "chunked"),
        ("content-type", "application/json"),
        ("content-encoding", "gzip"),
        ("content-length", "5"),
        ("etag", "\"x\""),
        ("link", "<a>; rel=next"),
        ("location", "https://data.example/rows/7"),
        ("x-ratelimit-remaining", "7"),
    ]);
    let kept = [
        "content-encoding",
        "content-length",
        "content-type",
        "etag",
        "link",
        "location",
        "x-ratelimit-remaining",
    ];
    assert_eq!(names(&back(&answered)), kept);
}

#[test]
fn a_header_that_is_there_twice_goes_twice() {
    let mut sent = HeaderMap::new();
    sent.append("x-list", HeaderValue::from_static("one"));
    sent.append("x-list", HeaderValue::from_static("two"));
    let passed = onward(&sent);
    assert_eq!(passed.get_all("x-list").iter().collect::<Vec<_>>(), ["one", "two"]);
}

proptest! {
    #[test]
    fn whatever_connection_names_ends_with_it(
        names in prop::collection::vec("[a-z][a-z0-9-]{0,12}", 1..8),
        named in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        blank in "[ \t]{0,2}",
    ) {
        let mut sent = HeaderMap::new();
        for name in &names {
            sent.append(HeaderName::try_from(name.as_str()).unwrap(), HeaderValue::from_static("planted"));
        }
        let named: Vec<&String> = named.iter().map(|index| index.get(&names)).collect();
        for name in &named {
            let value = format!("close,{blank}{}", name.to_ascii_uppercase());
            sent.append("connection", HeaderValue::try_from(value).unwrap());
        }
        for passed in [onward(&sent), back(&sent)] {
            prop_assert!(named.iter().all(|name| !passed.contains_key(name.as_str())));
            prop_assert!(!passed.contains_key("connection"));
            prop_assert!(passed.keys().all(|name| sent.contains_key(name)));
        }
    }
}
