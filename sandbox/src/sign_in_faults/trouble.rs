//! The pages that nobody wants to see: a captcha, something new, a failure, a loop.

use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use maud::html;

use super::met::{Shape, Stop};
use crate::identity::page;
use crate::pages::{Language, layout};

/// Where the loop begins, on both origins.
pub(crate) const FIRST_TURN: &str = "/docs/SessionCheck.aspx?turn=1";
const SECOND_TURN: &str = "/docs/SessionCheck.aspx?turn=2";

/// `GET /docs/SessionCheck.aspx`: leads from one turn to the other, for ever.
pub(crate) async fn turn(address: Uri) -> Response {
    let next = if address.query() == Some("turn=1") { SECOND_TURN } else { FIRST_TURN };
    (StatusCode::FOUND, [(header::LOCATION, next)]).into_response()
}

/// Asks for proof that a person sits there.
pub(super) fn captcha(stop: &Stop) -> Response {
    let language = stop.language;
    let title = language.say("Are you a robot?", "Bent u een robot?");
    let text = language.say("Enter the characters you see.", "Voer de tekens in die u ziet.");
    match stop.shape {
        Shape::Identity => {
            page::foreign(language, title, text, &["captchaControlChallengeCode", "challengeId", "isHuman"])
                .into_response()
        }
        Shape::WebForm | Shape::Data => {
            let content = html! {
                form method="post" action="./Captcha.aspx" id="CaptchaForm" {
                    p { (text) }
                    div class="g-recaptcha" data-sitekey="sandbox" {}
                    input type="text" name="CaptchaForm$Answer" id="CaptchaForm_Answer" autocomplete="off";
                    div class="actions" { button type="submit" { (language.say("Next", "Volgende")) } }
                }
            };
            layout::card(language, "CaptchaPage", title, &content).into_response()
        }
    }
}

/// Asks for something that no page asked for before.
pub(super) fn unknown_page(stop: &Stop) -> Response {
    let language = stop.language;
    let title = language.say("Something has changed", "Er is iets veranderd");
    let text = language.say("Choose the colour of your first bicycle.", "Kies de kleur van uw eerste fiets.");
    match stop.shape {
        Shape::Identity => {
            page::foreign(language, title, text, &["firstBicycleColour", "bicycleConsentVersion"])
                .into_response()
        }
        Shape::WebForm | Shape::Data => {
            let content = html! {
                form method="post" action="./Bicycle.aspx" id="BicycleForm" {
                    p { (text) }
                    select name="BicycleForm$Colour" { option value="1" { "1" } option value="2" { "2" } }
                    div class="actions" {
                        button type="submit" name="BicycleForm$Go" value="1" {
                            (language.say("Continue", "Doorgaan"))
                        }
                    }
                }
            };
            layout::card(language, "BicyclePage", title, &content).into_response()
        }
    }
}

/// A page that says only that it does not work.
pub(super) fn failure(stop: &Stop, status: StatusCode) -> Response {
    let text = stop.language.say("Try again later.", "Probeer het later opnieuw.");
    (status, layout::error(stop.language, text)).into_response()
}

/// A request that does not belong to the sign-in it claims to be part of.
pub(crate) fn refused(headers: &HeaderMap, status: StatusCode) -> Response {
    let language = Language::of(headers);
    let text = language.say(
        "This sign-in is not known or is over. Start again.",
        "Deze aanmelding is niet bekend of is voorbij. Begin opnieuw.",
    );
    (status, layout::error(language, text)).into_response()
}
