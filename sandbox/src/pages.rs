//! The pages of the first origin: authorize, the start page, the classic sign-in, the way back
//! from the second origin, consent.

pub(crate) mod authorize;
pub(crate) mod consent;
pub(crate) mod layout;
pub(crate) mod one_time;
pub(crate) mod portal;
pub(crate) mod returned;
pub(crate) mod sign_in;
pub(crate) mod start;

use std::collections::HashMap;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};

use crate::browsers::Form;
use crate::users::UserName;
use crate::world::World;

/// The cookie of a browser that stands before a form.
const BROWSER: &str = "ASP.NET_SessionId";
/// The cookie of a signed-in session.
const SESSION: &str = "ExactOnlineSession";
/// The cookie of a device that needs no one-time code.
const DEVICE: &str = "ExactOnlineDevice";
/// What WebForms writes into every form of a page; it only has to come back.
const GENERATOR: &str = "C2EE9ABB";

/// A posted form.
pub(crate) type Posted = HashMap<String, String>;

/// The language of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Dutch,
}

impl Language {
    /// Dutch for browsers that put it first, English for all others.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        match wanted {
            Some(wanted) if wanted.trim_start().to_ascii_lowercase().starts_with("nl") => Self::Dutch,
            Some(_) | None => Self::English,
        }
    }

    pub(crate) fn code(self) -> &'static str {
        self.say("en", "nl")
    }

    pub(crate) fn say(self, english: &'static str, dutch: &'static str) -> &'static str {
        match self {
            Self::English => english,
            Self::Dutch => dutch,
        }
    }
}

/// The user whose session the browser holds.
fn session(world: &World, jar: &CookieJar) -> Option<UserName> {
    world.browsers.signed_in(jar.get(SESSION)?.value(), world.now())
}

/// The form that was posted, if it is the one last rendered for this browser.
fn echoed(world: &World, jar: &CookieJar, posted: &Posted) -> Option<Form> {
    let form = world.browsers.form(jar.get(BROWSER)?.value())?;
    let same = |name: &str, value: &str| posted.get(name).is_some_and(|sent| sent == value);
    (same("__VIEWSTATE", &form.view_state)
        && same("__EVENTVALIDATION", &form.validation)
        && same("__VIEWSTATEGENERATOR", GENERATOR))
    .then(|| form.clone())
}

fn cookie(world: &World, name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(world.origins.start.starts_with("https:"))
        .build()
}

/// WebForms answers a form that it did not render with 500.
fn foreign_form(language: Language) -> Response {
    let text = language.say(
        "Validation of viewstate MAC failed. Open the page again and start over.",
        "De validatie van viewstate is mislukt. Open de pagina opnieuw en begin opnieuw.",
    );
    let page = layout::error(language, text);
    (StatusCode::INTERNAL_SERVER_ERROR, page).into_response()
}

/// Leads the browser on with 302, as ASP.NET does, after a form too.
fn lead_to(address: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, address)]).into_response()
}

/// Where a sign-in may lead: back to the authorize address, nowhere else.
fn return_path(wanted: Option<&String>) -> Option<&str> {
    wanted.map(String::as_str).filter(|path| path.starts_with("/api/oauth2/auth?"))
}

/// An address of a page that carries the way back.
fn with_return(page: &str, path: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("ReturnUrl", path).finish();
    format!("{page}?{query}")
}
