//! The consent page, shown when a user meets an app for the first time.
//!
//! The field names of the real page are not known; the button texts are.

use axum::Form;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use maud::html;

use super::{GENERATOR, Language, Posted, authorize, foreign_form, layout, session};
use crate::browsers::Wish;
use crate::sign_in_faults::SignInStep;
use crate::sign_in_faults::met::{Shape, Stop};
use crate::world::{Shared, World};

/// Asks whether the app may.
pub(super) fn ask(world: &mut World, language: Language, wish: Wish) -> Response {
    let client = wish.holder.client.clone();
    let ticket = world.browsers.ask(wish);
    let content = html! {
        p {
            (language.say("An app asks for access to your Exact Online data:",
                "Een app vraagt toegang tot uw gegevens in Exact Online:"))
            br; code { (client.as_str()) }
        }
        form method="post" action="/docs/OAuthConsent.aspx" id="ConsentForm" {
            input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value=(ticket);
            input type="hidden" name="__VIEWSTATEGENERATOR" id="__VIEWSTATEGENERATOR" value=(GENERATOR);
            div class="actions" {
                button type="submit" name="ConsentForm$Allow" id="ConsentForm_Allow" value="1" {
                    (language.say("Allow", "Toestaan"))
                }
                button type="submit" name="ConsentForm$Refuse" id="ConsentForm_Refuse" value="1"
                    class="second" { (language.say("Refuse", "Weigeren")) }
            }
        }
    };
    let title = language.say("Allow access?", "Toegang toestaan?");
    layout::card(language, "ConsentPage", title, &content).into_response()
}

/// Takes the answer and leads back to the app.
pub(crate) async fn answer(
    State(shared): State<Shared>,
    jar: CookieJar,
    headers: HeaderMap,
    Form(posted): Form<Posted>,
) -> Response {
    let mut world = shared.lock();
    let language = Language::of(&headers);
    let wish = session(&world, &jar)
        .zip(posted.get("__VIEWSTATE"))
        .and_then(|(user, ticket)| world.browsers.answered(ticket, &user));
    let Some(wish) = wish else {
        return foreign_form(language);
    };
    let user = Some(wish.holder.user.clone());
    let stop = Stop { step: SignInStep::Consent, user, shape: Shape::WebForm, language };
    stop.mark(answered(&mut world, wish, &posted))
}

fn answered(world: &mut World, wish: Wish, posted: &Posted) -> Response {
    if !posted.contains_key("ConsentForm$Allow") {
        let refused = [("error", "access_denied")];
        return authorize::back(&wish.redirect_uri, &refused, wish.state.as_deref());
    }
    if let Some(account) = world.users.find_mut(&wish.holder.user) {
        account.consent(wish.holder.client.clone());
    }
    authorize::grant(world, wish)
}
