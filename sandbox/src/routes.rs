//! Every address of the sandbox.

use axum::Router;
use axum::middleware::map_response_with_state;
use axum::routing::{get, post};

use crate::identity::{TENANT, authorize as identity_page, confirmed, self_asserted};
use crate::pages::{authorize, consent, one_time, portal, returned, sign_in};
use crate::sign_in_faults::met::meet;
use crate::sign_in_faults::trouble;
use crate::steering::{self, front, sign_ins};
use crate::world::Shared;
use crate::{api, tokens};

/// The first origin: `start.exactonline.<cc>`, and what steers the sandbox.
pub(crate) fn router(shared: Shared) -> Router {
    Router::new()
        // What Exact Online has
        .route("/api/oauth2/auth", get(authorize::show))
        .route("/docs/Login.aspx", get(sign_in::show).post(sign_in::post))
        .route("/docs/TotpLogin.aspx", get(one_time::show).post(one_time::post))
        .route("/signin-azureb2c", post(returned::post))
        .route("/docs/OAuthConsent.aspx", post(consent::answer))
        .route("/docs/SessionCheck.aspx", get(trouble::turn))
        .route_layer(map_response_with_state(shared.clone(), meet))
        .route("/docs/MenuPortal.aspx", get(portal::show))
        .route("/api/oauth2/token", post(tokens::token))
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
        .route("/sandbox/sign_ins", get(sign_ins::numbers))
        .route("/sandbox/sign_in_faults", post(sign_ins::fail).delete(sign_ins::forget))
        .route("/sandbox/sign_in_faults/random", post(sign_ins::rates))
        .route("/sandbox/generation", get(sign_ins::generation).post(sign_ins::choose))
        .route("/sandbox/unlock", post(sign_ins::unlock))
        .with_state(shared)
}

/// The second origin: `login.exact.com`.
pub(crate) fn identity(shared: Shared) -> Router {
    Router::new()
        .route(&format!("{TENANT}/oauth2/v2.0/authorize"), get(identity_page::show))
        .route(&format!("{TENANT}/SelfAsserted"), post(self_asserted::post))
        .route(&format!("{TENANT}/api/{{api}}/confirmed"), get(confirmed::show))
        .route("/docs/SessionCheck.aspx", get(trouble::turn))
        .route_layer(map_response_with_state(shared.clone(), meet))
        .with_state(shared)
}
