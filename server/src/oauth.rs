//! Short-lived tokens for programs that want them in place of their key: RFC 6749 (client credentials and
//! refresh token), RFC 8693 (token exchange), RFC 7009 (revocation), RFC 7662 (introspection) and RFC 8414
//! (where all of this is).
//!
//! No session, no cookie and no page here, and nothing for other origins: whoever asks is a program.

mod asked;
mod client;
mod exchange;
pub mod introspect;
pub mod metadata;
pub mod refusal;
pub mod revoke;
pub mod token;

use std::any::Any;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;

use crate::state::Shared;
use refusal::Refusal;

/// Where tokens are asked for.
pub const TOKEN: &str = "/oauth/token";
/// Where they are revoked.
pub const REVOKE: &str = "/oauth/revoke";
/// Where a program asks whether one works.
pub const INTROSPECT: &str = "/oauth/introspect";
/// Where all of this is described.
pub const METADATA: &str = "/.well-known/oauth-authorization-server";

/// Every address of these.
pub fn router() -> Router<Shared> {
    Router::new()
        .route(TOKEN, post(token::answer))
        .route(REVOKE, post(revoke::answer))
        .route(INTROSPECT, post(introspect::answer))
        .method_not_allowed_fallback(wrong_method)
        .route(METADATA, get(metadata::show))
        .layer(CatchPanicLayer::custom(panicked))
}

async fn wrong_method() -> Refusal {
    let refusal = Refusal::request("Parameters are sent with POST.");
    Refusal { status: StatusCode::METHOD_NOT_ALLOWED, ..refusal }
}

/// The cause went to the log by the panic hook.
fn panicked(_cause: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a request for tokens ended in a panic");
    Refusal::unavailable().into_response()
}
