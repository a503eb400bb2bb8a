//! Who may see the metrics: whoever is on this machine, as long as Evergrant is there for this machine
//! alone; everybody else brings the token of the settings.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use url::{Host, Url};

use crate::layers::peer::{self, Address};
use crate::state::Shared;

/// Why the metrics were not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The token is missing or wrong.
    Token,
    /// No token is set, and the caller is not on this machine.
    Elsewhere,
}

/// Whether the metrics may be shown.
pub fn check(shared: &Shared, request: &Request) -> Result<(), Refusal> {
    let from = request.extensions().get::<Address>().map(|Address(from)| *from);
    if is_at_home(from, request.headers(), shared.engine.public_url()) {
        return Ok(());
    }
    let Some(token) = &shared.metrics_token else { return Err(Refusal::Elsewhere) };
    let brought = bearer(request.headers()).is_some_and(|brought| token.is(brought));
    if brought { Ok(()) } else { Err(Refusal::Token) }
}

/// Whether the caller is on this machine, and no proxy: behind one, everybody seems to be.
fn is_at_home(from: Option<IpAddr>, headers: &HeaderMap, public_url: &Url) -> bool {
    let public = match public_url.host() {
        Some(Host::Domain(name)) => name != "localhost",
        Some(Host::Ipv4(ip)) => !ip.is_loopback(),
        Some(Host::Ipv6(ip)) => !ip.is_loopback(),
        None => true,
    };
    from.is_some_and(|from| from.is_loopback()) && !public && !peer::is_passed_on(headers)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Token => {
                let challenge = [(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))];
                (StatusCode::UNAUTHORIZED, challenge, "The token of the metrics is missing or wrong.\n")
                    .into_response()
            }
            Self::Elsewhere => {
                let text = "The metrics are shown on this machine only, unless metrics_token is set.\n";
                (StatusCode::FORBIDDEN, text).into_response()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn at_home(from: &str, header: Option<&'static str>, public_url: &str) -> bool {
        let mut headers = HeaderMap::new();
        if let Some(name) = header {
            headers.insert(name, HeaderValue::from_static("for=192.0.2.1"));
        }
        is_at_home(Some(from.parse().unwrap()), &headers, &Url::parse(public_url).unwrap())
    }

    #[test]
    fn only_this_machine_without_a_proxy_is_home() {
        for url in ["http://127.0.0.1:3000", "http://localhost:3000", "http://[::1]:3000"] {
            assert!(at_home("127.0.0.1", None, url) && at_home("::1", None, url), "{url}");
            assert!(!at_home("192.0.2.1", None, url) && !at_home("10.0.0.1", None, url), "{url}");
            for passed_on in ["forwarded", "x-forwarded-for", "via"] {
                assert!(!at_home("127.0.0.1", Some(passed_on), url), "{passed_on}");
            }
        }
        // A proxy on the same machine need not say that it is one.
        assert!(!at_home("127.0.0.1", None, "https://evergrant.example"));
        assert!(!is_at_home(None, &HeaderMap::new(), &Url::parse("http://127.0.0.1:3000").unwrap()));
    }
}
