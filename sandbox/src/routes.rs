//! Every address of the sandbox.

use axum::Router;
use axum::routing::{get, post};

use crate::pages::{authorize, consent, one_time, portal, sign_in};
use crate::steering::{self, front};
use crate::world::Shared;
use crate::{api, tokens};

/// The whole sandbox as a router.
pub(crate) fn router(shared: Shared) -> Router {
    Router::new()
        // What Exact Online has
        .route("/api/oauth2/auth", get(authorize::show))
        .route("/api/oauth2/token", post(tokens::token))
        .route("/docs/Login.aspx", get(sign_in::show).post(sign_in::post))
        .route("/docs/TotpLogin.aspx", get(one_time::show).post(one_time::post))
        .route("/docs/OAuthConsent.aspx", post(consent::answer))
        .route("/docs/MenuPortal.aspx", get(portal::show))
        .route("/api/v1/current/Me", get(api::me))
        .route("/api/v1/{division}/{*entity}", get(api::entity))
        // What it has not
        .route("/", get(front::lead))
        .route("/sandbox", get(front::lead))
        .route("/sandbox/", get(front::show))
        .route("/sandbox/clock", get(steering::clock).post(steering::advance))
        .route("/sandbox/faults", post(steering::fail).delete(steering::forget_faults))
        .route("/sandbox/counts", get(steering::counts))
        .route("/sandbox/users", get(steering::users).post(steering::add_user))
        .route("/sandbox/clients", post(steering::add_client))
        .route("/sandbox/companies", post(steering::add_company))
        .route("/sandbox/issue", post(steering::issue))
        .route("/sandbox/break", post(steering::break_chain))
        .route("/sandbox/lifetimes", post(steering::lifetimes))
        .with_state(shared)
}
