//! `POST …/SelfAsserted`: what the script of a page sends.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::{Form, Json};
use axum_extra::extract::CookieJar;
use serde_json::json;

use super::rounds::Round;
use super::{DEVICE, header, joined};
use crate::pages::{Language, Posted};
use crate::sign_in_faults::met::{Shape, Stop};
use crate::sign_in_faults::trouble::refused;
use crate::users::{CodeCheck, PasswordCheck, UserName};
use crate::world::{Shared, World};

/// Why a page's answers were not taken; the status of the response is 200 all the same.
struct Complaint {
    code: &'static str,
    text: &'static str,
}

/// Takes the answers of one round.
pub(crate) async fn post(
    State(shared): State<Shared>,
    Query(query): Query<Posted>,
    jar: CookieJar,
    headers: HeaderMap,
    Form(posted): Form<Posted>,
) -> Response {
    let mut guard = shared.lock();
    let world = &mut *guard;
    let (journey, tx) = match joined(&mut world.journeys, &query, &jar, header(&headers, "x-csrf-token")) {
        Ok(joined) => joined,
        Err(status) => return refused(&headers, status),
    };
    if header(&headers, "x-requested-with") != Some("XMLHttpRequest") {
        return refused(&headers, StatusCode::FORBIDDEN);
    }
    if journey.answered || posted.get("request_type").is_none_or(|kind| kind != "RESPONSE") {
        return refused(&headers, StatusCode::BAD_REQUEST);
    }
    let round = journey.round;
    let told = |field: &str| posted.get(field).map(|value| value.trim()).unwrap_or_default();
    let name = told(&world.options.identity_pages.user_name_field);
    let user = match round {
        Round::Both | Round::UserName if !name.is_empty() => UserName::new(name),
        Round::Both | Round::UserName | Round::Password | Round::UserAgent | Round::OneTimeCode => {
            journey.user.clone()
        }
    };
    let language = Language::of(&headers);
    let judged = judge(world, round, &user, &posted, language);
    if judged.is_ok() {
        go_on(world, &tx, &user, &posted, &jar);
    }
    let answer = match judged {
        Ok(()) => Json(json!({ "status": "200" })),
        Err(Complaint { code, text }) => Json(json!({ "status": "400", "errorCode": code, "message": text })),
    };
    Stop { step: round.step(), user: Some(user), shape: Shape::Data, language }.mark(answer)
}

/// Whether the answers are good.
fn judge(
    world: &mut World,
    round: Round,
    user: &UserName,
    posted: &Posted,
    language: Language,
) -> Result<(), Complaint> {
    let told = |field: &str| posted.get(field).map(String::as_str).unwrap_or_default();
    if round.wanted(&world.options.identity_pages).into_iter().any(|field| told(field).trim().is_empty()) {
        return Err(Complaint {
            code: "AADB2C90037",
            text: language.say(
                "A required field is missing. Please fill out all required fields and try again.",
                "Er ontbreekt een verplicht veld. Vul alle verplichte velden in en probeer het opnieuw.",
            ),
        });
    }
    match round {
        Round::UserName | Round::UserAgent => Ok(()),
        Round::Both | Round::Password => match world.check_password(user, told("password")) {
            PasswordCheck::Right => Ok(()),
            PasswordCheck::Wrong => Err(Complaint {
                code: "AADB2C90054",
                text: language.say("Your password is incorrect.", "Uw wachtwoord is onjuist."),
            }),
            PasswordCheck::Locked => Err(Complaint {
                code: "AADB2C90114",
                text: language.say(
                    "Your account is temporarily locked to prevent unauthorized use. Try again later.",
                    "Uw account is tijdelijk vergrendeld om onbevoegd gebruik te voorkomen. Probeer het later opnieuw.",
                ),
            }),
        },
        Round::OneTimeCode if told("reset_totp") != "false" => Err(Complaint {
            code: "AADB2C90037",
            text: language.say(
                "The authenticator app cannot be replaced here.",
                "De authenticator-app kan hier niet worden vervangen.",
            ),
        }),
        Round::OneTimeCode => match world.check_code(user, told("totpVerificationCode").trim()) {
            CodeCheck::Right => Ok(()),
            CodeCheck::Wrong => Err(Complaint {
                code: "AADB2C90289",
                text: language.say("The verification code is incorrect.", "De verificatiecode is onjuist."),
            }),
            CodeCheck::Used => Err(Complaint {
                code: "AADB2C90289",
                text: language.say(
                    "This verification code was used already. Wait for the next one.",
                    "Deze verificatiecode is al gebruikt. Wacht op de volgende.",
                ),
            }),
        },
    }
}

/// Notes that the round is over, and whether another one is needed.
fn go_on(world: &mut World, tx: &str, user: &UserName, posted: &Posted, jar: &CookieJar) {
    let remembered = jar.get(DEVICE).is_some_and(|device| world.browsers.remembers(device.value(), user));
    let needs_code = !remembered && world.users.find(user).is_some_and(|account| account.needs_code());
    let Some(journey) = world.journeys.find_mut(tx) else { return };
    journey.answered = true;
    journey.user = user.clone();
    match journey.round {
        Round::Both | Round::Password => journey.rounds.extend(needs_code.then_some(Round::OneTimeCode)),
        Round::OneTimeCode => {
            journey.skips_days = posted.get("totp_skip_days").is_some_and(|skips| skips == "true");
        }
        Round::UserName | Round::UserAgent => {}
    }
}
