//! A panic while answering ends that request alone, and says nothing of what is inside.

use std::any::Any;

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

/// The answer to a request whose handler panicked; the cause went to the log by the panic hook.
pub fn answer(_cause: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a request ended in a panic");
    let page = "<!doctype html><html lang=\"en\"><title>Evergrant</title>\
        <h1>Something went wrong</h1><p>Nothing was changed by this page. Try again; \
        the log of the server says more.</p><p><a href=\"/databases\">Databases</a></p></html>";
    (StatusCode::INTERNAL_SERVER_ERROR, Html(page)).into_response()
}
