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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use axum::routing::get;
    use tower::ServiceExt;
    use tower_http::catch_panic::CatchPanicLayer;

    use super::*;

    async fn breaks() -> &'static str {
        panic!("planted inner text")
    }

    #[tokio::test]
    async fn a_panic_is_a_page_without_what_is_inside() {
        let app = Router::new().route("/", get(breaks)).layer(CatchPanicLayer::custom(answer));
        let response = app.oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let page = to_bytes(response.into_body(), 10_000).await.unwrap();
        let page = String::from_utf8(page.to_vec()).unwrap();
        assert!(page.contains("<h1>") && !page.contains("planted"), "{page}");
    }
}
