//! Whether the server lives, and whether it can work.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use engine::Engine;

/// The process answers.
pub async fn alive() -> &'static str {
    "alive\n"
}

/// The store can be reached and is of this version.
pub async fn ready(State(engine): State<Engine>) -> Response {
    match engine.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(error = engine::report(&error), "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready: the store cannot be used\n").into_response()
        }
    }
}
