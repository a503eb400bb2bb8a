//! What every API call passes: token, block, company, limits; and the headers it leaves with.

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::chains::Holder;
use crate::limits::{Admission, CALLS_A_DAY, CALLS_A_MINUTE, Left, Place};
use crate::world::{Shared, World};

/// A call as it was read.
#[derive(Debug)]
pub(crate) struct Asked {
    token: Option<String>,
    /// `None` asks for the user's current company.
    division: Option<String>,
    endpoint: String,
    /// The path, for the link to the next page.
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
}

impl Asked {
    pub(crate) fn read(request: &Request, division: Option<&str>, endpoint: &str) -> Self {
        let query = request.uri().query().unwrap_or_default();
        Self {
            token: bearer(request.headers()),
            division: division.map(ToOwned::to_owned),
            endpoint: endpoint.to_ascii_lowercase(),
            path: request.uri().path().to_owned(),
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        }
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

/// Why a call gets no data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    status: StatusCode,
    text: &'static str,
}

impl Refused {
    pub(crate) const NOT_FOUND: Self = Self { status: StatusCode::NOT_FOUND, text: "Resource not found." };
    const UNAUTHORIZED: Self = Self { status: StatusCode::UNAUTHORIZED, text: "Unauthorized." };
    const FORBIDDEN: Self =
        Self { status: StatusCode::FORBIDDEN, text: "Forbidden: no rights in this division." };

    pub(crate) fn bad(text: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, text }
    }
}

/// Answers a call with what `rows` gives for the holder and the company.
pub(crate) fn pass(
    shared: &Shared,
    asked: &Asked,
    rows: impl FnOnce(&World, &Holder, i64) -> Result<Value, Refused>,
) -> Response {
    let mut world = shared.lock();
    let now = world.now();
    let known = asked.token.as_deref().and_then(|token| world.chains.access(token));
    // A token that nobody ever got belongs to no app: its error is counted for none.
    let Some((holder, until)) = known.map(|access| (access.holder.clone(), access.until)) else {
        return refuse(&Refused::UNAUTHORIZED);
    };
    let reached =
        world.users.find(&holder.user).map(|account| account.user.divisions.clone()).unwrap_or_default();
    let division = match &asked.division {
        Some(written) => written.parse().unwrap_or(0),
        None => reached.first().copied().unwrap_or(0),
    };

    let admission = world.limits.admit(&holder.client, division, now);
    let answered = match admission {
        Admission::Blocked => {
            return body(
                StatusCode::TOO_MANY_REQUESTS,
                "The API key is blocked temporarily: too many errors.",
            );
        }
        Admission::MinuteUsed { .. } | Admission::DayUsed { .. } => {
            let text = "Too many requests.";
            return with_headers(body(StatusCode::TOO_MANY_REQUESTS, text), admission);
        }
        Admission::Open { .. } if now >= until => Err(Refused::UNAUTHORIZED),
        Admission::Open { .. } if !reached.contains(&division) => Err(Refused::FORBIDDEN),
        Admission::Open { .. } => {
            world.counts.api_calls += 1;
            if let Some(token) = &asked.token {
                world.chains.activate(token);
            }
            rows(&world, &holder, division)
        }
    };
    let response = match answered {
        Ok(found) => Json(found).into_response(),
        Err(refused) => {
            let place = Place { holder, division, endpoint: asked.endpoint.clone() };
            world.limits.err(place, now);
            refuse(&refused)
        }
    };
    with_headers(response, admission)
}

fn refuse(refused: &Refused) -> Response {
    let mut response = body(refused.status, refused.text);
    if refused.status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// An error body of OData v2.
pub(crate) fn body(status: StatusCode, text: &str) -> Response {
    let body = json!({ "error": { "code": "", "message": { "lang": "", "value": text } } });
    (status, Json(body)).into_response()
}

/// The limits as headers; resets are milliseconds, and a full minute hides the day.
fn with_headers(mut response: Response, admission: Admission) -> Response {
    let (day, minute) = match admission {
        Admission::Open { day, minute } | Admission::DayUsed { day, minute } => (Some(day), Some(minute)),
        Admission::MinuteUsed { minute } => (None, Some(minute)),
        Admission::Blocked => (None, None),
    };
    let headers = response.headers_mut();
    if let Some(day) = day {
        let names = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"];
        write(headers, names, CALLS_A_DAY, day);
    }
    if let Some(minute) = minute {
        let names =
            ["x-ratelimit-minutely-limit", "x-ratelimit-minutely-remaining", "x-ratelimit-minutely-reset"];
        write(headers, names, CALLS_A_MINUTE, minute);
    }
    response
}

fn write(headers: &mut HeaderMap, names: [&'static str; 3], limit: u32, left: Left) {
    let values = [i64::from(limit), i64::from(left.remaining), left.reset];
    for (name, value) in names.into_iter().zip(values) {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
}
