//! What the sandbox was told: JSON from programs, forms from its own page.

use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// A wish and where its answer goes.
#[derive(Debug)]
pub(crate) struct Told<T> {
    pub(crate) value: T,
    from_page: bool,
}

impl<T> Told<T> {
    /// Answers programs, leads people back to the page.
    pub(crate) fn done(&self, answer: Value) -> Response {
        if self.from_page { Redirect::to("/sandbox/").into_response() } else { Json(answer).into_response() }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Told<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
            let Form(value) =
                Form::from_request(request, state).await.map_err(|error| wrong(&error.body_text()))?;
            Ok(Self { value, from_page: true })
        } else {
            let Json(value) =
                Json::from_request(request, state).await.map_err(|error| wrong(&error.body_text()))?;
            Ok(Self { value, from_page: false })
        }
    }
}

/// What was told makes no sense.
pub(crate) fn wrong(text: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": text }))).into_response()
}
