//! `POST /oauth/revoke`: RFC 7009.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use engine::Engine;
use utoipa::ToSchema;

use super::asked::Asked;
use super::refusal::{Refusal, RefusalBody};

/// What is revoked.
#[derive(ToSchema)]
#[schema(as = RevocationRequest)]
pub struct RevocationRequest {
    /// The token.
    pub token: String,
    /// `access_token` or `refresh_token`; the token itself tells, so this is not looked at.
    pub token_type_hint: Option<String>,
    /// The id of the consumer, where it does not authenticate by Basic.
    pub client_id: Option<String>,
    /// The consumer key, where it does not authenticate by Basic.
    pub client_secret: Option<String>,
}

/// Revoke a token.
///
/// A refresh token takes all of its family along. What is no token, or ended already, is revoked as well.
/// The next request with what was revoked is refused.
#[utoipa::path(
    post,
    path = "/oauth/revoke",
    operation_id = "revoke_token",
    tag = "issued tokens",
    security(("basic" = []), ()),
    request_body(content = RevocationRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "It is revoked"),
        (status = 400, description = "The request is not in order, or the token is another client's", body = RefusalBody<'_>),
        (status = 401, description = "The client did not prove who it is", body = RefusalBody<'_>),
        (status = 413, description = "The body is too large", body = RefusalBody<'_>),
        (status = 429, description = "The client made too many requests; see Retry-After", body = RefusalBody<'_>),
        (status = 503, description = "Evergrant cannot answer at present; see Retry-After", body = RefusalBody<'_>),
    ),
)]
pub async fn answer(
    State(engine): State<Engine>,
    request: Request,
) -> Result<(StatusCode, [(HeaderName, &'static str); 1]), Refusal> {
    let asked = Asked::read(request).await?;
    let client = asked.client(&engine).await?;
    client.revoke(asked.needed("token")?).await?;
    Ok((StatusCode::OK, [(CACHE_CONTROL, "no-store")]))
}
