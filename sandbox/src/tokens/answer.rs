//! The bodies of the token endpoint, word for word as they were seen.

use axum::Json;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::chains::Issued;

/// An answer of the token endpoint.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    reason: Option<String>,
    body: Value,
}

impl Answer {
    /// A new pair; `expires_in` is a JSON string, as Exact sends it.
    pub(crate) fn issued(issued: &Issued, lifetime_seconds: u64) -> Self {
        Self {
            status: StatusCode::OK,
            reason: None,
            body: json!({
                "access_token": issued.access_token,
                "token_type": "bearer",
                "expires_in": lifetime_seconds.to_string(),
                "refresh_token": issued.refresh_token,
            }),
        }
    }

    pub(crate) fn too_early(seconds_left: i64) -> Self {
        Self {
            reason: Some(format!(
                "TooEarlyToRefreshTokens: The next refresh is accepted in {seconds_left} seconds."
            )),
            ..refused(
                StatusCode::BAD_REQUEST,
                "access_denied",
                "Rate limit exceeded: access_token not expired",
            )
        }
    }

    pub(crate) fn spent() -> Self {
        refused(StatusCode::UNAUTHORIZED, "unauthorized_client", "Old refresh token used.")
    }

    pub(crate) fn wrong_chain() -> Self {
        refused(
            StatusCode::BAD_REQUEST,
            "invalid_grant",
            "Token is not allowed, because of invalid or empty chainId",
        )
    }

    pub(crate) fn wrong_verifier() -> Self {
        refused(StatusCode::BAD_REQUEST, "invalid_grant", "The code_verifier is not valid.")
    }

    pub(crate) fn idle(expired_at: i64, now: i64) -> Self {
        let text =
            format!("The refresh token expired at {} and it is now {}.", us_time(expired_at), us_time(now),);
        refused(StatusCode::BAD_REQUEST, "invalid_request", &text)
    }

    pub(crate) fn invalid_client() -> Self {
        Self { status: StatusCode::BAD_REQUEST, reason: None, body: json!({ "error": "invalid_client" }) }
    }

    pub(crate) fn invalid_request(text: &str) -> Self {
        refused(StatusCode::BAD_REQUEST, "invalid_request", text)
    }

    pub(crate) fn unsupported_grant_type() -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            reason: None,
            body: json!({ "error": "unsupported_grant_type" }),
        }
    }

    /// The limit of 200 a day is documented, its answer is not: this one is a choice.
    pub(crate) fn too_many_calls() -> Self {
        refused(
            StatusCode::TOO_MANY_REQUESTS,
            "access_denied",
            "Rate limit exceeded: too many token calls today",
        )
    }
}

fn refused(status: StatusCode, error: &str, description: &str) -> Answer {
    Answer { status, reason: None, body: json!({ "error": error, "error_description": description }) }
}

/// A moment as it stands in Exact's text: `10/11/2022 9:18:20 PM`, in UTC.
fn us_time(at: i64) -> String {
    Timestamp::from_millisecond(at).map_or_else(
        |_| "never".to_owned(),
        |at| at.to_zoned(TimeZone::UTC).strftime("%-m/%-d/%Y %-I:%M:%S %p").to_string(),
    )
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let reason = self.reason.map(|text| [(HeaderName::from_static("reason"), text)]);
        let no_store = [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
        match reason {
            Some(reason) => (self.status, no_store, reason, Json(self.body)).into_response(),
            None => (self.status, no_store, Json(self.body)).into_response(),
        }
    }
}
