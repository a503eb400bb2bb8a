//! `GET …/oauth2/v2.0/authorize`: where the first origin sends the browser.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;

use super::{CLIENT, CSRF, TRANSACTION, cookie, page};
use crate::pages::{Language, Posted};
use crate::sign_in_faults::SignInStep;
use crate::sign_in_faults::met::{Shape, Stop};
use crate::sign_in_faults::trouble::refused;
use crate::world::Shared;

/// Shows the first page.
pub(crate) async fn show(
    State(shared): State<Shared>,
    Query(query): Query<Posted>,
    jar: CookieJar,
    headers: HeaderMap,
) -> Response {
    let mut guard = shared.lock();
    let world = &mut *guard;
    let field = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let is_ours = field("client_id") == CLIENT
        && field("response_type") == "code"
        && field("response_mode") == "form_post"
        && !field("nonce").is_empty();
    let pages = &world.options.identity_pages;
    let begun = is_ours
        .then(|| world.journeys.begin(field("state"), field("redirect_uri"), pages))
        .flatten()
        .and_then(|tx| Some((world.journeys.find_mut(&tx)?, tx)));
    let Some((journey, tx)) = begun else {
        return refused(&headers, StatusCode::BAD_REQUEST);
    };
    let language = Language::of(&headers);
    let shown = page::show(language, journey, &tx, &world.options.identity_pages);
    let (csrf, user) = (journey.csrf.clone(), journey.user.clone());
    let jar = jar.add(cookie(world, TRANSACTION, tx)).add(cookie(world, CSRF, csrf));
    let stop = Stop { step: SignInStep::IdentityPage, user: Some(user), shape: Shape::Identity, language };
    stop.mark((jar, shown).into_response())
}
