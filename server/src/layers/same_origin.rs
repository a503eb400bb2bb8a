//! Requests that change something must come from our own pages.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{COOKIE, HOST, HeaderMap, ORIGIN};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use url::{Origin, Url};

/// Refuses requests of other sites.
pub async fn check(State(public): State<Arc<Url>>, request: Request, next: Next) -> Response {
    match judge(request.method(), request.headers(), &public.origin()) {
        Verdict::Ours => next.run(request).await,
        Verdict::Foreign => {
            tracing::warn!("refused a request that came from another site");
            (StatusCode::FORBIDDEN, "This request came from another site, so nothing was done.\n")
                .into_response()
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Ours,
    Foreign,
}

/// Browsers say where a request comes from in `Sec-Fetch-Site`, older ones in `Origin`.
///
/// A caller that says neither is no browser; it is let in only if it brings no cookie either.
fn judge(method: &Method, headers: &HeaderMap, public: &Origin) -> Verdict {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Verdict::Ours;
    }
    let ours = match (headers.get("sec-fetch-site"), headers.get(ORIGIN)) {
        (Some(site), _) => matches!(site.as_bytes(), b"same-origin" | b"none"),
        (None, Some(origin)) => origin.to_str().is_ok_and(|origin| is_ours(origin, headers, public)),
        (None, None) => !headers.contains_key(COOKIE),
    };
    if ours { Verdict::Ours } else { Verdict::Foreign }
}

/// The public address, or the host that was asked: both lead to this server.
fn is_ours(origin: &str, headers: &HeaderMap, public: &Origin) -> bool {
    let Ok(origin) = Url::parse(origin) else {
        return false;
    };
    let asked = headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .and_then(|host| Url::parse(&format!("{}://{host}", origin.scheme())).ok());
    origin.origin() == *public || asked.is_some_and(|asked| asked.origin() == origin.origin())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn verdict(method: Method, headers: &[(&'static str, &'static str)]) -> Verdict {
        let headers =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        judge(&method, &headers, &Url::parse("https://evergrant.example").unwrap().origin())
    }

    #[test]
    fn a_form_of_our_own_is_let_in() {
        assert_eq!(
            verdict(Method::POST, &[("sec-fetch-site", "same-origin"), ("cookie", "id=1")]),
            Verdict::Ours
        );
        assert_eq!(
            verdict(Method::POST, &[("origin", "https://evergrant.example"), ("cookie", "id=1")]),
            Verdict::Ours
        );
        assert_eq!(
            verdict(Method::POST, &[("origin", "http://10.0.0.2:3000"), ("host", "10.0.0.2:3000")]),
            Verdict::Ours
        );
    }

    #[test]
    fn a_form_of_another_site_is_refused() {
        assert_eq!(verdict(Method::POST, &[("sec-fetch-site", "cross-site")]), Verdict::Foreign);
        assert_eq!(verdict(Method::POST, &[("sec-fetch-site", "same-site")]), Verdict::Foreign);
        assert_eq!(
            verdict(Method::POST, &[("origin", "https://evil.example"), ("host", "evergrant.example")]),
            Verdict::Foreign
        );
        assert_eq!(
            verdict(Method::POST, &[("origin", "null"), ("host", "evergrant.example")]),
            Verdict::Foreign
        );
        assert_eq!(verdict(Method::DELETE, &[("cookie", "id=1")]), Verdict::Foreign);
    }

    #[test]
    fn the_word_of_the_browser_counts_more_than_the_origin() {
        let lie = [("sec-fetch-site", "cross-site"), ("origin", "https://evergrant.example")];
        assert_eq!(verdict(Method::POST, &lie), Verdict::Foreign);
    }

    #[test]
    fn reading_is_never_refused() {
        assert_eq!(
            verdict(Method::GET, &[("sec-fetch-site", "cross-site"), ("cookie", "id=1")]),
            Verdict::Ours
        );
    }
}
