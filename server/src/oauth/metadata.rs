//! `GET /.well-known/oauth-authorization-server`: RFC 8414.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use serde::Serialize;
use url::Url;
use utoipa::ToSchema;

use super::token::TOKEN_EXCHANGE;
use super::{INTROSPECT, REVOKE, TOKEN};

const BASIC: &str = "client_secret_basic";
const FORM: &str = "client_secret_post";

/// Where everything is, and what it takes.
#[derive(Serialize, ToSchema)]
#[schema(as = ServerMetadata)]
pub struct Metadata {
    /// Who issues.
    issuer: String,
    /// Where tokens are asked for.
    token_endpoint: String,
    /// Where they are revoked.
    revocation_endpoint: String,
    /// Where a program asks whether one works.
    introspection_endpoint: String,
    /// The grants.
    grant_types_supported: [&'static str; 3],
    /// None: nobody is asked in a browser.
    response_types_supported: [&'static str; 0],
    /// How clients authenticate; not at all is for token exchange alone.
    token_endpoint_auth_methods_supported: [&'static str; 3],
    /// How clients authenticate to revoke.
    revocation_endpoint_auth_methods_supported: [&'static str; 2],
    /// How clients authenticate to ask about a token.
    introspection_endpoint_auth_methods_supported: [&'static str; 2],
}

/// Show where tokens are issued, revoked and asked about.
#[utoipa::path(
    get,
    path = "/.well-known/oauth-authorization-server",
    operation_id = "show_server_metadata",
    tag = "issued tokens",
    security(()),
    responses((status = 200, description = "What there is", body = Metadata)),
)]
pub async fn show(State(engine): State<Engine>) -> Json<Metadata> {
    let base = issuer(engine.public_url());
    let at = |path: &str| format!("{base}{path}");
    Json(Metadata {
        token_endpoint: at(TOKEN),
        revocation_endpoint: at(REVOKE),
        introspection_endpoint: at(INTROSPECT),
        grant_types_supported: ["client_credentials", "refresh_token", TOKEN_EXCHANGE],
        response_types_supported: [],
        token_endpoint_auth_methods_supported: [BASIC, FORM, "none"],
        revocation_endpoint_auth_methods_supported: [BASIC, FORM],
        introspection_endpoint_auth_methods_supported: [BASIC, FORM],
        issuer: base,
    })
}

/// Who issues: the public address, which has no path.
pub fn issuer(public: &Url) -> String {
    public.as_str().trim_end_matches('/').to_owned()
}
