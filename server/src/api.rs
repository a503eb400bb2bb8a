//! What programs ask: access tokens, and how things stand.
//!
//! No session, no cookie and no page here: every request brings a consumer key, and every answer is
//! JSON. The document of all of this is made of the handlers themselves.

pub mod caller;
mod databases;
mod document;
pub mod problem;
mod refusal;
mod token;

use std::any::Any;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::gate;
use crate::state::Shared;
use problem::Problem;

/// Every address for programs, with the document that describes them.
pub fn router() -> Router<Shared> {
    let (router, document) = OpenApiRouter::with_openapi(document::Document::openapi())
        .routes(routes!(databases::list))
        .routes(routes!(databases::one))
        .routes(routes!(databases::container))
        .routes(routes!(token::lend))
        .split_for_parts();
    let document = document::Served::new(&document);
    router
        .route(gate::ADDRESS, any(gate::pass))
        .route(document::ADDRESS, get(move || async move { document.into_response() }))
        .method_not_allowed_fallback(wrong_method)
        .layer(CatchPanicLayer::custom(panicked))
}

async fn wrong_method() -> Problem {
    let detail = "This address is read: ask it with GET.";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", detail)
}

/// The cause went to the log by the panic hook.
fn panicked(_cause: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a request of a program ended in a panic");
    let detail = "Something went wrong inside Evergrant; its log says more.";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail).into_response()
}
