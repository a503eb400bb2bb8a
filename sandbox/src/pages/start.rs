//! The start page of the second generation, and the fork between the two.
//!
//! It asks for the user name alone, protected by an anti-forgery token that belongs to the
//! browser's cookie. The user name decides at which pages the sign-in goes on.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::html;

use super::sign_in::Page;
use super::{layout, lead_to};
use crate::browsers::Step;
use crate::generation::Generation;
use crate::identity::journeys::Handover;
use crate::sign_in_faults::SignInStep;
use crate::users::UserName;
use crate::world::World;

/// The anti-forgery token's field.
pub(super) const TOKEN: &str = "__RequestVerificationToken";

/// Shows the page with a new token.
pub(super) fn show(page: &Page, world: &mut World, error: Option<&str>) -> Response {
    let form = world.browsers.render(page.browser, Step::Start);
    let language = page.language;
    let content = html! {
        form method="post" action=(page.address()) id="LoginForm" {
            input type="hidden" name=(TOKEN) value=(form.validation);
            (layout::error_messages(error))
            label for="LoginForm_UserName" { (language.say("E-mail address", "E-mailadres")) }
            input type="text" name="LoginForm$UserName" id="LoginForm_UserName" value=""
                autocomplete="username" autofocus;
            div class="actions" { button type="submit" { (language.say("Next", "Volgende")) } }
        }
    };
    let title = language.say("Sign in", "Inloggen");
    layout::card(language, "LoginPage", title, &content).into_response()
}

/// Takes the user name, if the token is the one of the page that this browser was shown.
pub(super) fn answer(page: &Page, world: &mut World, token: &str, typed: &str) -> Response {
    let shown = world.browsers.form(page.browser);
    if !shown.is_some_and(|form| form.step == Step::Start && form.validation == token) {
        let text = page.language.say(
            "The anti-forgery token could not be validated.",
            "Het anti-forgery-token kon niet worden gevalideerd.",
        );
        return (StatusCode::BAD_REQUEST, layout::error(page.language, text)).into_response();
    }
    if typed.is_empty() {
        let text = page.language.say("Enter your e-mail address.", "Vul uw e-mailadres in.");
        return page.stop(SignInStep::UserName, None).mark(show(page, world, Some(text)));
    }
    fork(page, world, typed)
}

/// The user is named: on to the password, here or at the second origin.
pub(super) fn fork(page: &Page, world: &mut World, typed: &str) -> Response {
    let user = UserName::new(typed);
    let response = match world.generation_of(&user) {
        // Whether the user exists is not told here.
        Generation::Classic => page.render(world, Step::Password(user.clone()), typed, None),
        Generation::Identity => lead_to(&world.journeys.announce(Handover {
            browser: page.browser.to_owned(),
            typed: typed.to_owned(),
            path: page.path.map(ToOwned::to_owned),
            origins: page.origins.clone(),
        })),
    };
    page.stop(SignInStep::UserName, Some(user)).mark(response)
}
