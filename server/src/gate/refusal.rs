use std::time::Duration;

use axum::http::StatusCode;
use engine::{GateError, HeldBy, PassError, PathError};

use crate::api::problem::Problem;

/// How soon a provider may be there again.
const UNREACHABLE: Duration = Duration::from_secs(10);
/// How soon it may be quicker.
const SLOW: Duration = Duration::from_secs(30);

impl From<PassError> for Problem {
    fn from(error: PassError) -> Self {
        match error {
            PassError::Reach(error) => error.into(),
            PassError::Gate(error) => error.into(),
        }
    }
}

impl From<GateError> for Problem {
    fn from(error: GateError) -> Self {
        let trouble = |code: &'static str, detail: &'static str, retry_after| {
            Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail).retry_after(retry_after)
        };
        match error {
            GateError::Path(error) => path(error),
            GateError::Method => {
                let detail = "TRACE and CONNECT are not passed on.";
                Self::new(StatusCode::METHOD_NOT_ALLOWED, "method-refused", detail)
            }
            GateError::Held { by, retry_after } => held(by).retry_after(retry_after),
            GateError::Lend(error) => error.into(),
            GateError::TokenRefused { retry_after } => {
                let detail = "The provider refuses the access token. It is renewed as soon as the provider \
                    allows that.";
                trouble("token-refused", detail, retry_after)
            }
            GateError::Unreachable(error) => {
                tracing::warn!(error = engine::report(&error), "a provider's API could not be reached");
                trouble("provider-unreachable", "The provider could not be reached.", UNREACHABLE)
            }
            GateError::Slow => trouble("provider-slow", "The provider did not answer in time.", SLOW),
            GateError::Store(error) => error.into(),
        }
    }
}

/// The path is not even text.
pub(super) fn malformed() -> Problem {
    path(PathError::Malformed)
}

fn path(error: PathError) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "path-refused", error.to_string())
}

fn held(by: HeldBy) -> Problem {
    let (code, detail) = match by {
        HeldBy::Minute => ("minute-spent", "The provider's calls for this minute are spent."),
        HeldBy::Day => ("day-spent", "The provider's calls for this day are spent."),
        HeldBy::Errors => (
            "errors-spent",
            "This endpoint answered with so many errors that one more would make the provider block the \
             app. Correct the request before you send it again.",
        ),
        HeldBy::Provider => ("provider-refuses", "The provider refuses further calls for now."),
    };
    Problem::new(StatusCode::TOO_MANY_REQUESTS, code, detail)
}
