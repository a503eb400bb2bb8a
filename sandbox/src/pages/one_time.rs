//! `/docs/TotpLogin.aspx`: the one-time code.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use maud::html;

use super::{
    BROWSER, DEVICE, Language, Posted, cookie, echoed, foreign_form, layout, lead_to, return_path, sign_in,
    with_return,
};
use crate::browsers::{Form as Rendered, Step};
use crate::sign_in_faults::SignInStep;
use crate::sign_in_faults::met::{Shape, Stop};
use crate::users::CodeCheck;
use crate::world::Shared;

/// Asks for the code; without a password before it, the sign-in starts over.
pub(crate) async fn show(
    State(shared): State<Shared>,
    Query(query): Query<Posted>,
    jar: CookieJar,
    headers: HeaderMap,
) -> Response {
    let world = shared.lock();
    let path = return_path(query.get("ReturnUrl"));
    let form = jar.get(BROWSER).and_then(|cookie| world.browsers.form(cookie.value()));
    match form.map(|form| (form, &form.step)) {
        Some((form, Step::OneTimeCode(user))) => {
            let language = Language::of(&headers);
            let user = Some(user.clone());
            let stop = Stop { step: SignInStep::CodePage, user, shape: Shape::WebForm, language };
            stop.mark(page(language, form, path, None))
        }
        Some((_, Step::Start | Step::UserName | Step::Password(_))) | None => {
            lead_to(&with_return("/docs/Login.aspx", path.unwrap_or_default()))
        }
    }
}

/// Takes the code.
pub(crate) async fn post(
    State(shared): State<Shared>,
    Query(query): Query<Posted>,
    jar: CookieJar,
    headers: HeaderMap,
    Form(posted): Form<Posted>,
) -> Response {
    let mut world = shared.lock();
    let language = Language::of(&headers);
    let (Some(form), Some(browser)) = (echoed(&world, &jar, &posted), jar.get(BROWSER)) else {
        return foreign_form(language);
    };
    let Step::OneTimeCode(user) = form.step else {
        return foreign_form(language);
    };
    let browser = browser.value().to_owned();
    let path = return_path(query.get("ReturnUrl"));
    let code = posted.get("LoginForm$Input$Key").map(|key| key.trim()).unwrap_or_default();
    let asked = Some(user.clone());
    let stop = Stop { step: SignInStep::OneTimeCode, user: asked, shape: Shape::WebForm, language };
    let text = match world.check_code(&user, code) {
        CodeCheck::Right => {
            let jar = match posted.get("LoginForm$RememberDevice") {
                Some(_) => {
                    let device = world.browsers.remember(user.clone());
                    jar.add(cookie(&world, DEVICE, device))
                }
                None => jar,
            };
            return stop.mark(sign_in::signed_in(&mut world, jar, &browser, user, path));
        }
        CodeCheck::Wrong => {
            language.say("The verification code is not correct.", "De verificatiecode is onjuist.")
        }
        CodeCheck::Used => language.say(
            "This verification code was used already. Wait for the next one.",
            "Deze verificatiecode is al gebruikt. Wacht op de volgende.",
        ),
    };
    let form = world.browsers.render(&browser, Step::OneTimeCode(user));
    stop.mark(page(language, &form, path, Some(text)))
}

fn page(language: Language, form: &Rendered, path: Option<&str>, error: Option<&str>) -> Response {
    let action = with_return("./TotpLogin.aspx", path.unwrap_or_default());
    let content = html! {
        form method="post" action=(action) id="LoginForm" {
            (layout::hidden_fields(form))
            (layout::error_messages(error))
            label for="LoginForm_Input_Key" {
                (language.say("Code from your authenticator app", "Code uit uw authenticator-app"))
            }
            input type="text" name="LoginForm$Input$Key" id="LoginForm_Input_Key" inputmode="numeric"
                maxlength="6" autocomplete="one-time-code" autofocus;
            label class="check" {
                input type="checkbox" name="LoginForm$RememberDevice" id="LoginForm_RememberDevice" value="on";
                (language.say("Remember this device", "Dit apparaat onthouden"))
            }
            div class="actions" {
                button type="submit" name="LoginForm$btnSave" id="LoginForm_btnSave" value="1" {
                    (language.say("Verify", "Verifiëren"))
                }
            }
        }
    };
    let title = language.say("Two-step verification", "Verificatie in twee stappen");
    layout::card(language, "TotpLoginPage", title, &content).into_response()
}
