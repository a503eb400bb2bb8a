//! The description of the API (OpenAPI 3.1), for people and for programs that make clients of it.

use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::OpenApi as Description;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::problem::ProblemBody;

/// Where the document is.
pub const ADDRESS: &str = "/api/v1/openapi.json";

/// What the document says besides the addresses.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Evergrant",
        description = "Access tokens that always work, and how the chains behind them stand. Whatever is \
            wrong upstream is answered with 503 and `Retry-After`; 401 is about the consumer key alone. Wherever \
            a consumer key is taken, an access token that was issued for one is taken, too.",
    ),
    paths(
        crate::gate::pass,
        crate::oauth::token::answer,
        crate::oauth::revoke::answer,
        crate::oauth::introspect::answer,
        crate::oauth::metadata::show,
    ),
    components(schemas(ProblemBody<'_>)),
    security(("bearer" = []), ("basic" = [])),
    modifiers(&Keys),
)]
pub struct Document;

/// The document as it is served.
#[derive(Clone)]
pub struct Served(Bytes);

impl Served {
    /// Writes the document once.
    pub fn new(document: &Description) -> Self {
        Self(document.to_json().map(Bytes::from).unwrap_or_default())
    }
}

impl IntoResponse for Served {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, "application/json")], self.0).into_response()
    }
}

/// The two ways to bring a key.
struct Keys;

impl Modify for Keys {
    fn modify(&self, document: &mut Description) {
        let components = document.components.get_or_insert_default();
        for (name, scheme) in [("bearer", HttpAuthScheme::Bearer), ("basic", HttpAuthScheme::Basic)] {
            components.add_security_scheme(name, SecurityScheme::Http(Http::new(scheme)));
        }
    }
}
