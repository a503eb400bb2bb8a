//! `GET …/containers/{alias}/token`: an access token, lent.

use std::time::Duration;

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use engine::Engine;
use engine::lend::Lent;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::Caller;
use super::databases::moment;
use super::problem::{Problem, ProblemBody};

/// What a program wants of the token.
#[derive(Deserialize)]
pub struct Wish {
    minimum_seconds: Option<String>,
    wait: Option<String>,
}

/// An access token, lent. It is never renewed by its borrower: ask again instead.
#[derive(Serialize, ToSchema)]
#[schema(as = Token)]
pub struct TokenAnswer<'a> {
    /// The token.
    access_token: &'a str,
    /// How it is sent to the provider.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// For how many seconds it still works.
    expires_in: u64,
    /// When it ends.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Lend an access token.
///
/// A token that still works is lent whatever the state of its chain, with less left than wished for
/// where the provider allows no renewal yet.
#[utoipa::path(
    get,
    path = "/api/v1/databases/{database}/containers/{alias}/token",
    operation_id = "lend_token",
    tag = "tokens",
    params(
        ("database" = String, Path, description = "The database's slug"),
        ("alias" = String, Path, description = "The data container's alias"),
        ("minimum_seconds" = Option<u32>, Query, description = "Renew the token first where it has less than \
            this left, if the provider allows that: 60 unless said, at most the life of a token"),
        ("wait" = Option<u32>, Query, maximum = 35, description = "For how many seconds to wait for a renewal \
            that is needed: 0 unless said"),
    ),
    responses(
        (status = 200, description = "The token", body = TokenAnswer<'_>),
        (status = 400, description = "A wish that cannot be granted", body = ProblemBody<'_>, content_type = "application/problem+json"),
        (status = 401, description = "The consumer key is missing or does not work", body = ProblemBody<'_>, content_type = "application/problem+json"),
        (status = 403, description = "The consumer key does not reach this database", body = ProblemBody<'_>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such database or data container", body = ProblemBody<'_>, content_type = "application/problem+json"),
        (status = 429, description = "The consumer key made too many requests; see Retry-After", body = ProblemBody<'_>, content_type = "application/problem+json"),
        (status = 503, description = "There is no token at present; see Retry-After and the code", body = ProblemBody<'_>, content_type = "application/problem+json"),
    ),
)]
pub async fn lend(
    Caller(consumer): Caller,
    State(engine): State<Engine>,
    place: Result<Path<(String, String)>, PathRejection>,
    wish: Result<Query<Wish>, QueryRejection>,
) -> Result<Response, Problem> {
    let Path((database, alias)) = place?;
    let Query(wish) = wish?;
    let minimum = seconds("minimum_seconds", wish.minimum_seconds.as_deref())?;
    let wait = seconds("wait", wish.wait.as_deref())?.unwrap_or_default();
    let lent = consumer.lend(&database, &alias, minimum, wait).await?;
    let answer = answer(&lent, &engine);
    Ok(([(CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

fn answer<'a>(lent: &'a Lent, engine: &Engine) -> TokenAnswer<'a> {
    TokenAnswer {
        access_token: lent.access_token.expose(),
        token_type: "Bearer",
        expires_in: lent.until.since(engine.now()).as_secs(),
        expires_at: moment(lent.until.millis()),
    }
}

fn seconds(name: &'static str, text: Option<&str>) -> Result<Option<Duration>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(seconds) if digits => Ok(Some(Duration::from_secs(seconds))),
        Ok(_) | Err(_) => {
            let detail = format!("{name} is a number of seconds, such as {name}=30.");
            Err(Problem::new(StatusCode::BAD_REQUEST, "not-a-number", detail))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_whole_and_not_below_zero() {
        let read = |text| seconds("wait", Some(text)).map_err(|problem| problem.code);
        assert_eq!(read("30"), Ok(Some(Duration::from_secs(30))));
        for text in ["", "-1", "+1", "1.5", "1e3", "abc", " 1", "99999999999999999999999"] {
            assert_eq!(read(text), Err("not-a-number".into()), "{text}");
        }
        assert_eq!(seconds("wait", None), Ok(None));
    }
}
