//! Every address of the sandbox.

use axum::Router;
use axum::routing::post;

use crate::tokens;
use crate::world::Shared;

/// The whole sandbox as a router.
pub(crate) fn router(shared: Shared) -> Router {
    Router::new().route("/api/oauth2/token", post(tokens::token)).with_state(shared)
}
