//! Where a sign-in ends that no app asked for.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use maud::html;

use super::{Language, layout, lead_to, session};
use crate::world::Shared;

/// Says who is signed in.
pub(crate) async fn show(State(shared): State<Shared>, jar: CookieJar, headers: HeaderMap) -> Response {
    let world = shared.lock();
    let language = Language::of(&headers);
    let Some(user) = session(&world, &jar) else {
        return lead_to("/docs/Login.aspx");
    };
    let content = html! { p { (language.say("Signed in as ", "Ingelogd als ")) b { (user.as_str()) } } };
    layout::card(language, "MenuPortal", language.say("Welcome", "Welkom"), &content).into_response()
}
