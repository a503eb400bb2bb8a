//! `POST /oauth/token`: tokens for a client, or an upstream token for one of ours.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, PRAGMA};
use axum::response::{IntoResponse, Response};
use engine::Engine;
use engine::guard::secret::IssuedRefreshToken;
use engine::issued::{Issued, Scope};
use serde::Serialize;
use utoipa::ToSchema;

use super::asked::Asked;
use super::exchange;
use super::refusal::{Refusal, RefusalBody};

/// The grant of RFC 8693.
pub const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// What is asked for.
#[derive(ToSchema)]
#[schema(as = TokenRequest)]
pub struct TokenRequest {
    /// `client_credentials`, `refresh_token` or `urn:ietf:params:oauth:grant-type:token-exchange`.
    pub grant_type: String,
    /// The id of the consumer, where it does not authenticate by Basic.
    pub client_id: Option<String>,
    /// The consumer key, where it does not authenticate by Basic.
    pub client_secret: Option<String>,
    /// Slugs of databases, a space between two; all that the client reaches unless said.
    pub scope: Option<String>,
    /// The refresh token of the grant `refresh_token`.
    pub refresh_token: Option<String>,
    /// Token exchange: a consumer key, or an access token that was issued for one.
    pub subject_token: Option<String>,
    /// Token exchange: `urn:ietf:params:oauth:token-type:access_token`.
    pub subject_token_type: Option<String>,
    /// Token exchange: the address of a data container,
    /// `https://…/api/v1/databases/{database}/containers/{alias}`.
    pub resource: Option<String>,
    /// Token exchange: `urn:ietf:params:oauth:token-type:access_token`, or nothing.
    pub requested_token_type: Option<String>,
}

/// Tokens.
#[derive(Serialize, ToSchema)]
#[schema(as = TokenAnswer)]
pub struct TokenAnswer<'a> {
    /// What opens: Evergrant, or with token exchange the provider.
    pub(super) access_token: &'a str,
    /// With token exchange: what kind of token that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) issued_token_type: Option<&'static str>,
    /// How it is sent.
    #[schema(example = "Bearer")]
    pub(super) token_type: &'static str,
    /// For how many seconds it works.
    pub(super) expires_in: u64,
    /// What the next pair is asked for with, once. None with token exchange.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refresh_token: Option<&'a str>,
    /// For how many seconds that works.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refresh_token_expires_in: Option<u64>,
    /// The databases that were asked for; nothing where it is all that the client reaches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scope: Option<String>,
}

/// Ask for tokens.
///
/// The client is a consumer: its id with its key, by Basic or in the form. A refresh token is good for one
/// use; within 10 seconds it may be sent once more, in case the answer was lost, and what comes then takes
/// the place of what was lost. Later it revokes all that followed from it.
#[utoipa::path(
    post,
    path = "/oauth/token",
    operation_id = "issue_token",
    tag = "issued tokens",
    security(("basic" = []), ()),
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The tokens", body = TokenAnswer<'_>),
        (status = 400, description = "The request, the grant or the scope is not in order", body = RefusalBody<'_>),
        (status = 401, description = "The client did not prove who it is", body = RefusalBody<'_>),
        (status = 413, description = "The body is too large", body = RefusalBody<'_>),
        (status = 429, description = "The client made too many requests; see Retry-After", body = RefusalBody<'_>),
        (status = 503, description = "There is no token at present; see Retry-After and the code", body = RefusalBody<'_>),
    ),
)]
pub async fn answer(State(engine): State<Engine>, request: Request) -> Result<Response, Refusal> {
    let asked = Asked::read(request).await?;
    match asked.needed("grant_type")? {
        "client_credentials" => {
            let client = asked.client(&engine).await?;
            let issued = client.issue(asked.scope()?).await?;
            Ok(handed_out(&pair(&issued)))
        }
        "refresh_token" => {
            let client = asked.client(&engine).await?;
            let token = IssuedRefreshToken::new(asked.needed("refresh_token")?.to_owned());
            let issued = client.refresh(&token, asked.scope()?).await?;
            Ok(handed_out(&pair(&issued)))
        }
        TOKEN_EXCHANGE => exchange::answer(&engine, &asked).await,
        "password" => Err(Refusal::grant_type(
            "The password grant is refused: a program that holds the password of a person can do all that \
             the person can, and RFC 9700, section 2.4, forbids it. Use client_credentials.",
        )),
        "implicit" => Err(Refusal::grant_type(
            "The implicit grant is refused: it hands out tokens in addresses, where they leak, and RFC 9700, \
             section 2.1.2, advises against it. Use client_credentials.",
        )),
        _ => Err(Refusal::grant_type(
            "The grants here are client_credentials, refresh_token and token exchange (RFC 8693).",
        )),
    }
}

impl Asked {
    /// The scope of the request.
    pub fn scope(&self) -> Result<Option<Scope>, Refusal> {
        Ok(Scope::parse(self.field("scope").unwrap_or_default())?)
    }
}

fn pair(issued: &Issued) -> TokenAnswer<'_> {
    TokenAnswer {
        access_token: issued.access_token.expose(),
        issued_token_type: None,
        token_type: "Bearer",
        expires_in: issued.access_until.since(issued.at).as_secs(),
        refresh_token: Some(issued.refresh_token.expose()),
        refresh_token_expires_in: Some(issued.refresh_until.since(issued.at).as_secs()),
        scope: issued.scope.as_ref().map(Scope::text),
    }
}

/// An answer with a token in it is nobody's to keep.
pub(super) fn handed_out(answer: &TokenAnswer<'_>) -> Response {
    ([(CACHE_CONTROL, "no-store"), (PRAGMA, "no-cache")], Json(answer)).into_response()
}
