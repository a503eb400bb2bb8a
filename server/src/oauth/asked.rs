//! What was asked: the form of a request, within bounds, each parameter once.

use std::net::IpAddr;
use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::refusal::Refusal;
use crate::layers::peer::Address;

/// The largest form: a scope of some hundred databases fits.
const LARGEST: usize = 16 * 1024;
/// The most parameters: no grant has as many.
const MOST: usize = 64;
/// The longest that a form may take to arrive.
const LONGEST: Duration = Duration::from_secs(30);
/// Parameters of token exchange that may be there more than once (RFC 8693, section 2.1).
const REPEATED: [&str; 2] = ["resource", "audience"];

/// A request that was read.
pub struct Asked {
    /// Its headers.
    pub headers: HeaderMap,
    /// Where it came from.
    pub from: Option<IpAddr>,
    form: Vec<(String, Zeroizing<String>)>,
}

impl Asked {
    /// Reads a request.
    pub async fn read(request: Request) -> Result<Self, Refusal> {
        let (head, body) = request.into_parts();
        // What stands in an address is written down by everything that it passes.
        if head.uri.query().is_some_and(|query| !query.is_empty()) {
            return Err(Refusal::request("Parameters stand in the body, never in the address."));
        }
        if !is_form(&head.headers) {
            return Err(Refusal::request("The body is application/x-www-form-urlencoded."));
        }
        let body = match tokio::time::timeout(LONGEST, to_bytes(body, LARGEST)).await {
            Ok(Ok(body)) => body,
            Ok(Err(_)) | Err(_) => {
                let refusal = Refusal::request("The body is larger than 16 KiB, or did not come to its end.");
                return Err(Refusal { status: StatusCode::PAYLOAD_TOO_LARGE, ..refusal });
            }
        };
        let from = head.extensions.get::<Address>().map(|Address(from)| *from);
        Ok(Self { headers: head.headers, from, form: form(&body)? })
    }

    /// A parameter; one without a value counts as left out.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields(name).next()
    }

    /// Every value of a parameter that may be there more than once.
    pub fn fields(&self, name: &str) -> impl Iterator<Item = &str> {
        let found = self.form.iter().filter(move |(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// A parameter that must be there.
    pub fn needed(&self, name: &'static str) -> Result<&str, Refusal> {
        self.field(name).ok_or_else(|| Refusal::request(format!("The parameter {name} is missing.")))
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let mut kinds = headers.get_all(CONTENT_TYPE).iter();
    let (Some(kind), None) = (kinds.next(), kinds.next()) else { return false };
    let kind = kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// Reads the parameters; of one that is there twice nobody can say which is meant.
fn form(body: &[u8]) -> Result<Vec<(String, Zeroizing<String>)>, Refusal> {
    let mut form: Vec<(String, Zeroizing<String>)> = Vec::new();
    for (name, value) in form_urlencoded::parse(body) {
        if form.len() == MOST {
            return Err(Refusal::request("There are more parameters than any grant has."));
        }
        let again = form.iter().any(|(known, _)| *known == name);
        if again && !REPEATED.contains(&name.as_ref()) {
            return Err(Refusal::request("A parameter is there more than once."));
        }
        form.push((name.into_owned(), Zeroizing::new(value.into_owned())));
    }
    Ok(form)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use axum::body::Body;

    use super::*;

    async fn read(kind: &str, body: &str) -> Result<Asked, Refusal> {
        let request = Request::post("/oauth/token").header(CONTENT_TYPE, kind);
        Asked::read(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    const FORM: &str = "application/x-www-form-urlencoded";

    #[tokio::test]
    async fn a_form_is_read_and_what_has_no_value_is_left_out() {
        let asked = read(&format!("{FORM}; charset=UTF-8"), "a=1+2%2F&b=&c&resource=x&resource=y").await;
        let asked = asked.unwrap();
        assert_eq!((asked.field("a"), asked.field("b"), asked.field("c")), (Some("1 2/"), None, None));
        assert_eq!(asked.fields("resource").collect::<Vec<_>>(), ["x", "y"]);
        assert!(asked.needed("a").is_ok() && asked.needed("b").is_err());
    }

    #[tokio::test]
    async fn a_parameter_that_is_there_twice_is_refused() {
        for body in ["a=1&a=1", "a=1&b=2&a=", "%61=1&a=2"] {
            assert_eq!(read(FORM, body).await.err().unwrap().error, "invalid_request", "{body}");
        }
        let many: String = (0..=MOST).map(|number| format!("p{number}=&")).collect();
        assert_eq!(read(FORM, &many).await.err().unwrap().error, "invalid_request");
    }

    #[tokio::test]
    async fn nothing_but_a_form_is_read() {
        for kind in ["application/json", "multipart/form-data; boundary=x", "", "text/plain"] {
            assert_eq!(read(kind, "a=1").await.err().unwrap().status, 400, "{kind}");
        }
        let large = format!("a={}", "x".repeat(LARGEST));
        assert_eq!(read(FORM, &large).await.err().unwrap().status, 413);
    }
}
