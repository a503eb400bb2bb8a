//! `ANY …/containers/{alias}/proxy/{path}`: a program's request, passed on to the provider's API.

mod refusal;

use axum::body::{Body, HttpBody};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request};
use axum::response::{IntoResponse, Response};
use engine::gate::{Answer, Asked, Flow, FlowError};
use futures::{StreamExt, TryStreamExt};

use crate::api::caller::Caller;
use crate::api::problem::{Problem, ProblemBody};

/// Where it is.
pub const ADDRESS: &str = "/api/v1/databases/{database}/containers/{alias}/proxy/{*path}";

/// The slashes before the path that is passed on.
const BEFORE: usize = 8;

/// Ask the provider's API.
///
/// Every method but TRACE and CONNECT is passed on: the request goes to the API of the container's
/// provider with an access token in place of the consumer key, and the answer comes back as it is,
/// whatever its status. Links in it, such as `__next` of Exact Online, lead to the provider itself. Do
/// not send the consumer key there: put the path and the query of the link behind `proxy` instead.
#[utoipa::path(
    get,
    path = "/api/v1/databases/{database}/containers/{alias}/proxy/{path}",
    operation_id = "ask_provider",
    tag = "data",
    params(
        ("database" = String, Path, description = "The database's slug"),
        ("alias" = String, Path, description = "The data container's alias"),
        ("path" = String, Path, description = "A path of the provider's API, with or without that API's own \
            path before it, such as `current/Me` or `api/v1/current/Me`; slashes stand in it as they are, and \
            the query is passed on"),
    ),
    responses(
        (status = "default", description = "What the provider answered. Where the container keeps answers, \
            `X-Cache` says `hit` or `miss`, and `Age` how many seconds old a hit is"),
        (status = 400, description = "A path that leaves the provider's API", body = ProblemBody<'_>, content_type = "application/problem+json"),
        (status = 401, description = "The consumer key is missing or does not work", body = ProblemBody<'_>, content_type = "application/problem+json"),
        (status = 403, description = "The consumer key does not reach this database", body = ProblemBody<'_>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such database or data container", body = ProblemBody<'_>, content_type = "application/problem+json"),
        (status = 429, description = "The provider's limits are reached, or those of the key; see Retry-After", body = ProblemBody<'_>, content_type = "application/problem+json"),
        (status = 503, description = "No token, or no answer of the provider; see Retry-After and the code", body = ProblemBody<'_>, content_type = "application/problem+json"),
    ),
)]
pub async fn pass(
    Caller(consumer): Caller,
    place: Result<Path<(String, String, String)>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let Path((database, alias, _decoded)) = place.map_err(|_| refusal::malformed())?;
    let answer = consumer.pass(&database, &alias, asked(request)).await?;
    Ok(hand_on(answer))
}

fn asked(request: Request) -> Asked {
    let (head, body) = request.into_parts();
    let path = head.uri.path().splitn(BEFORE + 1, '/').nth(BEFORE).unwrap_or_default();
    Asked {
        method: head.method,
        path: path.to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers: head.headers,
        body: (!body.is_end_stream()).then(|| stream(body)),
    }
}

fn stream(body: Body) -> Flow {
    body.into_data_stream().map_err(|error| FlowError::Request(error.into())).boxed()
}

fn hand_on(answer: Answer) -> Response {
    (answer.status, answer.headers, Body::from_stream(answer.body)).into_response()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn the_path_is_taken_as_it_was_sent() {
        let before = "/api/v1/databases/a%2Fb/containers/exact/proxy/";
        for (behind, path, query) in [
            ("current/Me", "current/Me", None),
            ("a%2F..%2fb/%2e%2e?x=%2e&y=/proxy/", "a%2F..%2fb/%2e%2e", Some("x=%2e&y=/proxy/")),
            ("/evil.example/", "/evil.example/", None),
            ("../../x", "../../x", None),
        ] {
            let request = Request::get(format!("{before}{behind}")).body(Body::empty()).unwrap();
            let asked = asked(request);
            assert_eq!((asked.path.as_str(), asked.query.as_deref()), (path, query));
            assert!(asked.body.is_none());
        }
    }
}
