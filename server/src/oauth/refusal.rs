//! What is answered when there is nothing else to answer: RFC 6749, section 5.2.

use std::borrow::Cow;
use std::error::Error;
use std::time::Duration;

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderValue, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};
use engine::issued::{ClientError, IssueError, RefreshError, RevokeError, ScopeError};
use engine::{BorrowError, KeyError, ReachError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::problem::{Problem, whole_seconds};

/// Why a request for or about a token was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The status.
    pub status: StatusCode,
    /// The word of the RFC.
    pub error: &'static str,
    /// What is wrong, and what to do; never what is inside.
    pub description: Cow<'static, str>,
    /// A message code, where something is wrong that the client cannot mend.
    pub code: Option<Cow<'static, str>>,
    /// When to come back.
    pub retry_after: Option<Duration>,
}

/// Why a request was refused (RFC 6749, section 5.2).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OAuthError)]
pub struct RefusalBody<'a> {
    /// What went wrong, as a word of the RFC.
    #[schema(example = "invalid_grant")]
    error: &'static str,
    /// The same for people.
    error_description: &'a str,
    /// A stable word for what is wrong besides, such as the message code of a fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
}

impl Refusal {
    fn bad(error: &'static str, description: impl Into<Cow<'static, str>>) -> Self {
        let status = StatusCode::BAD_REQUEST;
        Self { status, error, description: description.into(), code: None, retry_after: None }
    }

    /// The request itself is not in order.
    pub fn request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::bad("invalid_request", description)
    }

    /// Nobody knows the client, or it did not prove who it is.
    pub fn client(description: impl Into<Cow<'static, str>>) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, ..Self::bad("invalid_client", description) }
    }

    /// The refresh token is not good for anything.
    pub fn grant(description: impl Into<Cow<'static, str>>) -> Self {
        Self::bad("invalid_grant", description)
    }

    /// There is no such grant here, and why not.
    pub fn grant_type(description: impl Into<Cow<'static, str>>) -> Self {
        Self::bad("unsupported_grant_type", description)
    }

    /// The scope is not granted.
    pub fn scope(description: impl Into<Cow<'static, str>>) -> Self {
        Self::bad("invalid_scope", description)
    }

    /// There is no token for what is named.
    pub fn target(description: impl Into<Cow<'static, str>>) -> Self {
        Self::bad("invalid_target", description)
    }

    /// Something failed here, and the log says what.
    pub fn unavailable() -> Self {
        Problem::unavailable().into()
    }

    fn inner(error: &dyn Error) -> Self {
        tracing::error!(
            error = engine::report(error),
            "a request for or about a token could not be answered"
        );
        Self::unavailable()
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self {
            status: problem.status,
            error: "temporarily_unavailable",
            description: problem.detail,
            code: Some(problem.code),
            retry_after: problem.retry_after,
        }
    }
}

/// A key, wherever it stood; what is wrong with it is said by whoever knows where.
fn key(error: KeyError, refused: impl FnOnce(&'static str) -> Refusal) -> Refusal {
    match error {
        KeyError::Malformed | KeyError::Unknown => refused("is none that works here"),
        KeyError::Expired { .. } => refused("expired"),
        KeyError::Revoked { .. } => refused("was revoked"),
        KeyError::TooMany { retry_after } => {
            let detail = "This client made more requests in a minute than one may.";
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", detail)
                .retry_after(retry_after)
                .into()
        }
        KeyError::Store(error) => Refusal::inner(&error),
    }
}

/// What somebody shows as the subject of an exchange.
pub fn subject(error: KeyError) -> Refusal {
    key(error, |what| Refusal::request(format!("The subject_token {what}.")))
}

impl From<ClientError> for Refusal {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::OtherId => Self::client("The client_secret is not the key of this client_id."),
            ClientError::Key(error) => key(error, |what| {
                Self::client(format!("The client_secret, which is a consumer key, {what}."))
            }),
        }
    }
}

impl From<ScopeError> for Refusal {
    fn from(error: ScopeError) -> Self {
        match error {
            ScopeError::Malformed => {
                Self::scope("A scope is a list of slugs of databases, a space between two.")
            }
            ScopeError::Beyond => {
                Self::scope("The scope names a database that the client does not have, or was not granted.")
            }
            ScopeError::Store(error) => Self::inner(&error),
        }
    }
}

impl From<IssueError> for Refusal {
    fn from(error: IssueError) -> Self {
        match error {
            IssueError::Scope(error) => error.into(),
            IssueError::Store(_) => Self::inner(&error),
        }
    }
}

impl From<RefreshError> for Refusal {
    fn from(error: RefreshError) -> Self {
        match error {
            RefreshError::Unknown => Self::grant("The refresh token is none that works here."),
            RefreshError::OtherClient => Self::grant("The refresh token was issued to another client."),
            RefreshError::Over => Self::grant("The refresh token expired or was revoked."),
            RefreshError::JustUsed => {
                Self::grant("The refresh token was used a moment ago: go on with the one that came for it.")
            }
            RefreshError::Reused => Self::grant(
                "The refresh token was used before, so two have it: all that followed from it is revoked.",
            ),
            RefreshError::Scope(error) => error.into(),
            RefreshError::Store(_) | RefreshError::Interrupted => Self::inner(&error),
        }
    }
}

impl From<RevokeError> for Refusal {
    fn from(error: RevokeError) -> Self {
        match error {
            RevokeError::OtherClient => Self::grant("The token was issued to another client."),
            RevokeError::Key => {
                Self::bad("unsupported_token_type", "A consumer key is revoked by an operator.")
            }
            RevokeError::Store(_) | RevokeError::Interrupted => Self::inner(&error),
        }
    }
}

impl From<BorrowError> for Refusal {
    fn from(error: BorrowError) -> Self {
        match error {
            BorrowError::Reach(ReachError::NotFound) => {
                Self::target("There is no such database, or it has no data container of this alias.")
            }
            BorrowError::Reach(ReachError::OutOfScope) => {
                Self::target("The subject_token does not reach this database.")
            }
            BorrowError::Reach(ReachError::Store(_))
            | BorrowError::MinimumBeyondLife { .. }
            | BorrowError::WaitTooLong
            | BorrowError::Lend(_) => Problem::from(error).into(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let description = plain(&self.description);
        let code = self.code.as_deref();
        let body = RefusalBody { error: self.error, error_description: &description, code };
        let kept = [(CACHE_CONTROL, "no-store"), (PRAGMA, "no-cache")];
        let mut answer = (self.status, kept, Json(body)).into_response();
        if let Some(wait) = self.retry_after {
            answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static(r#"Basic realm="Evergrant", charset="UTF-8""#);
            answer.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        answer
    }
}

/// The RFC lets no other characters stand in a description.
fn plain(text: &str) -> String {
    let fits = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
    text.chars()
        .map(|c| match c {
            c if fits(c) => c,
            '"' | '“' | '”' | '‘' | '’' => '\'',
            '–' | '—' => '-',
            _ => ' ',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_has_only_the_characters_that_the_rfc_allows() {
        assert_eq!(plain("Press “Renew” – now\n\"\\é"), "Press 'Renew' - now '  ");
    }
}
