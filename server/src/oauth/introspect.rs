//! `POST /oauth/introspect`: RFC 7662.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use engine::Engine;
use engine::issued::{Introspection, Scope};
use engine::store::issued_tokens::TokenKind;
use serde::Serialize;
use utoipa::ToSchema;

use super::asked::Asked;
use super::metadata::issuer;
use super::refusal::{Refusal, RefusalBody};

/// What is asked about.
#[derive(ToSchema)]
#[schema(as = IntrospectionRequest)]
pub struct IntrospectionRequest {
    /// The token.
    pub token: String,
    /// `access_token` or `refresh_token`; the token itself tells, so this is not looked at.
    pub token_type_hint: Option<String>,
    /// The id of the consumer, where it does not authenticate by Basic.
    pub client_id: Option<String>,
    /// The consumer key, where it does not authenticate by Basic.
    pub client_secret: Option<String>,
}

/// Whether a token works; if it does not, nothing else is said.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = IntrospectionAnswer)]
pub struct IntrospectionAnswer {
    /// It works.
    active: bool,
    /// The databases that it reaches; nothing where it is all that its client reaches.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    /// To whom it was issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    /// The same: a client acts for itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
    /// `Bearer`, or `refresh_token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    /// When it ends, in seconds since the Unix epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    /// When it was issued, in seconds since the Unix epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<i64>,
    /// Who issued it.
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
}

/// Ask whether a token works.
///
/// For clients of the organisation that it was issued in; of other tokens it is said that they do not work.
#[utoipa::path(
    post,
    path = "/oauth/introspect",
    operation_id = "introspect_token",
    tag = "issued tokens",
    security(("basic" = []), ()),
    request_body(content = IntrospectionRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "Whether it works", body = IntrospectionAnswer),
        (status = 400, description = "The request is not in order", body = RefusalBody<'_>),
        (status = 401, description = "The client did not prove who it is", body = RefusalBody<'_>),
        (status = 413, description = "The body is too large", body = RefusalBody<'_>),
        (status = 429, description = "The client made too many requests; see Retry-After", body = RefusalBody<'_>),
        (status = 503, description = "Evergrant cannot answer at present; see Retry-After", body = RefusalBody<'_>),
    ),
)]
pub async fn answer(State(engine): State<Engine>, request: Request) -> Result<Response, Refusal> {
    let asked = Asked::read(request).await?;
    let credentials = asked.needed_credentials()?;
    let token = asked.needed("token")?;
    let found = engine.introspect(&credentials.id, credentials.key.expose(), token, asked.from).await?;
    let answer = found.map_or_else(IntrospectionAnswer::default, |found| works(&found, &engine));
    Ok(([(CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

fn works(found: &Introspection, engine: &Engine) -> IntrospectionAnswer {
    let seconds = |millis: i64| Some(millis.div_euclid(1_000));
    let client = found.client.to_string();
    IntrospectionAnswer {
        active: true,
        scope: found.scope.as_ref().map(Scope::text),
        client_id: Some(client.clone()),
        sub: Some(client),
        token_type: Some(match found.kind {
            TokenKind::Access => "Bearer",
            TokenKind::Refresh => "refresh_token",
        }),
        exp: seconds(found.expires_at.millis()),
        iat: seconds(found.issued_at.millis()),
        iss: Some(issuer(engine.public_url())),
    }
}
