//! `POST /signin-azureb2c`: the way back from the second origin.

use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum_extra::extract::CookieJar;

use super::{BROWSER, Language, Posted, sign_in};
use crate::sign_in_faults::SignInStep;
use crate::sign_in_faults::met::{Shape, Stop};
use crate::sign_in_faults::trouble::refused;
use crate::world::Shared;

/// Takes the code that the last page posted, and gives the browser its session.
pub(crate) async fn post(
    State(shared): State<Shared>,
    jar: CookieJar,
    headers: HeaderMap,
    Form(posted): Form<Posted>,
) -> Response {
    let mut world = shared.lock();
    let told = |field: &str| posted.get(field).map(String::as_str).unwrap_or_default();
    let browser = jar.get(BROWSER).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
    let Some((user, path)) = world.journeys.take(told("code"), told("state"), &browser) else {
        return refused(&headers, StatusCode::BAD_REQUEST);
    };
    let stop = Stop {
        step: SignInStep::Return,
        user: Some(user.clone()),
        shape: Shape::WebForm,
        language: Language::of(&headers),
    };
    stop.mark(sign_in::signed_in(&mut world, jar, &browser, user, path.as_deref()))
}
