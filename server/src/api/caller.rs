//! Who calls: a program with a consumer key, or with an access token that was issued for one, as a bearer
//! token or as the password of Basic.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::guard::secret::ConsumerKey;
use engine::{Consumer, Engine, KeyError, issued};
use zeroize::Zeroizing;

use super::problem::Problem;
use crate::layers::peer::Address;

/// The longest header that is looked at: a key with a user name is far shorter.
const LONGEST: usize = 1_024;

/// The program whose key or token came with the request; without one that works the handler never runs.
pub struct Caller(pub Consumer);

impl<S> FromRequestParts<S> for Caller
where
    Engine: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let key = key(&parts.headers)?;
        let from = parts.extensions.get::<Address>().map(|Address(from)| *from);
        let consumer = Engine::from_ref(state).consumer(key.expose(), from).await;
        let refusal = if issued::is_access(key.expose()) { token_refusal } else { key_refusal };
        Ok(Self(consumer.map_err(refusal)?))
    }
}

/// The key that the headers hold, whether it works or not.
fn key(headers: &HeaderMap) -> Result<ConsumerKey, Problem> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (first, more) = (all.next(), all.next());
    let Some(header) = first else {
        let detail = "Send a consumer key: as a bearer token, or as the password of Basic.";
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "key-missing", detail));
    };
    let text = header.to_str().ok().filter(|text| more.is_none() && text.len() <= LONGEST);
    let (scheme, rest) = text.and_then(|text| text.split_once(' ')).ok_or_else(malformed)?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Ok(ConsumerKey::new(rest.to_owned()));
    }
    if scheme.eq_ignore_ascii_case("basic") {
        let pair = Zeroizing::new(STANDARD.decode(rest).map_err(|_| malformed())?);
        let pair = std::str::from_utf8(&pair).map_err(|_| malformed())?;
        let (_, password) = pair.split_once(':').ok_or_else(malformed)?;
        return Ok(ConsumerKey::new(password.to_owned()));
    }
    Err(malformed())
}

fn malformed() -> Problem {
    let detail = "This is no consumer key: it begins with evg_ and has 47 characters. Send it as a bearer \
        token, or as the password of Basic.";
    Problem::new(StatusCode::UNAUTHORIZED, "key-malformed", detail)
}

/// Why an issued access token opens nothing.
fn token_refusal(error: KeyError) -> Problem {
    let unauthorized =
        |code: &'static str, detail: &'static str| Problem::new(StatusCode::UNAUTHORIZED, code, detail);
    match error {
        KeyError::Malformed | KeyError::Unknown => {
            unauthorized("token-unknown", "Nobody was given this access token, or it ended long ago.")
        }
        KeyError::Expired { .. } => {
            unauthorized("token-expired", "The access token expired. Ask for the next one at /oauth/token.")
        }
        KeyError::Revoked { .. } => {
            unauthorized("token-revoked", "The access token was revoked, or the key that it was issued for.")
        }
        KeyError::TooMany { .. } | KeyError::Store(_) => key_refusal(error),
    }
}

fn key_refusal(error: KeyError) -> Problem {
    let unauthorized =
        |code: &'static str, detail: &'static str| Problem::new(StatusCode::UNAUTHORIZED, code, detail);
    match error {
        KeyError::Malformed => malformed(),
        KeyError::Unknown => unauthorized("key-unknown", "Nobody was given this consumer key."),
        KeyError::Expired { .. } => {
            unauthorized("key-expired", "The consumer key expired. An operator can add a new one.")
        }
        KeyError::Revoked { .. } => unauthorized("key-revoked", "An operator revoked the consumer key."),
        KeyError::TooMany { retry_after } => {
            let detail = "This consumer key made more requests in a minute than one key may.";
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", detail).retry_after(retry_after)
        }
        KeyError::Store(error) => {
            tracing::error!(error = engine::report(&error), "a consumer key could not be checked");
            Problem::unavailable()
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn found(values: &[&str]) -> Result<String, String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, value.parse().unwrap());
        }
        key(&headers).map(|key| key.expose().to_owned()).map_err(|problem| problem.code.into_owned())
    }

    #[test]
    fn a_key_is_a_bearer_token_or_the_password_of_basic() {
        assert_eq!(found(&["Bearer evg_1"]).unwrap(), "evg_1");
        assert_eq!(found(&["bearer  evg_1 "]).unwrap(), "evg_1");
        let basic = |pair: &str| format!("Basic {}", STANDARD.encode(pair));
        assert_eq!(found(&[&basic("anybody:evg_1")]).unwrap(), "evg_1");
        assert_eq!(found(&[&basic(":evg_1")]).unwrap(), "evg_1");
        assert_eq!(found(&[&basic("evg_1")]).unwrap_err(), "key-malformed");
    }

    #[test]
    fn whatever_else_stands_there_is_refused() {
        assert_eq!(found(&[]).unwrap_err(), "key-missing");
        for header in ["", "Bearer", "evg_1", "Digest evg_1", "Basic !", "Basic gICA"] {
            assert_eq!(found(&[header]).unwrap_err(), "key-malformed", "{header}");
        }
        assert_eq!(found(&["Bearer evg_1", "Bearer evg_2"]).unwrap_err(), "key-malformed");
        assert_eq!(found(&[&format!("Bearer {}", "a".repeat(2_000))]).unwrap_err(), "key-malformed");
    }
}
