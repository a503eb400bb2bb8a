//! What a request brings with it, signed in or not.

use std::net::IpAddr;

use crate::error::AppError;
use crate::flash::{self, Flash};
use crate::language::Language;
use crate::ui::Tone;
use axum_extra::extract::CookieJar;
use chain::Time;
use engine::Engine;
use http::header::{HeaderName, HeaderValue, LOCATION};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use tower_sessions::Session;

/// How light the pages are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// As the browser wishes.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The cookie with the theme that somebody chose.
    pub const COOKIE: &str = "theme";
    /// Every theme.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// Its word in cookies and style sheets.
    pub const fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.word() == word)
    }

    fn of(headers: &HeaderMap) -> Self {
        let jar = CookieJar::from_headers(headers);
        jar.get(Self::COOKIE).and_then(|cookie| Self::parse(cookie.value())).unwrap_or(Self::System)
    }
}

/// The network address that a request came from, where the server knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address(pub IpAddr);

/// A request, in what pages and server functions need of it.
#[derive(Clone)]
pub struct Visit {
    /// The engine.
    pub engine: Engine,
    /// The session of the browser.
    pub session: Session,
    /// The language of the answer.
    pub language: Language,
    /// The theme of the answer.
    pub theme: Theme,
    /// The path asked for.
    pub path: String,
    /// The query asked for, without the question mark.
    pub query: String,
    /// The moment of the request.
    pub now: Time,
    /// The network address that it came from.
    pub from: Option<IpAddr>,
}

impl Visit {
    /// The request that is being answered.
    ///
    /// # Errors
    /// When the server did not provide what a request consists of.
    pub fn here() -> Result<Self, AppError> {
        let parts = use_context::<Parts>();
        let engine = use_context::<Engine>();
        let session = parts.as_ref().and_then(|parts| parts.extensions.get::<Session>().cloned());
        let (Some(parts), Some(engine), Some(session)) = (parts, engine, session) else {
            tracing::error!("a request came without engine or session");
            return Err(AppError::Failed);
        };
        Ok(Self {
            now: engine.now(),
            from: parts.extensions.get::<Address>().map(|Address(from)| *from),
            engine,
            session,
            language: Language::of(&parts.headers),
            theme: Theme::of(&parts.headers),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
        })
    }

    /// Path and query, to come back to.
    pub fn address(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }

    /// The first value of a name in the query.
    pub fn asked(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// Goes to another page, with something to say there.
    pub async fn go_saying(&self, path: &str, tone: Tone, text: String) {
        flash::leave(&self.session, &Flash::saying(tone, text)).await;
        go(path);
    }

    /// Logs why something failed and goes to a page that says that it did.
    pub async fn fail(&self, path: &str, error: &(dyn std::error::Error + Sync)) -> AppError {
        tracing::error!(error = engine::report(error), path = self.path, "a request failed");
        let text = crate::language::say!(self.language, "failure.notice");
        self.go_saying(path, Tone::Bad, text).await;
        AppError::Failed
    }
}

/// Answers with a redirect to a path on this site.
pub fn go(path: &str) {
    let Some(response) = use_context::<ResponseOptions>() else { return };
    let own = own_path(path).unwrap_or("/databases");
    if let Ok(value) = HeaderValue::from_str(own) {
        response.insert_header(LOCATION, value);
        response.set_status(StatusCode::SEE_OTHER);
    }
}

/// Sets a header of the answer.
pub fn set_header(name: HeaderName, value: &str) {
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(value)) {
        response.append_header(name, value);
    }
}

/// Sets the status of the answer.
pub fn set_status(status: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
}

/// The text, if it is a path on this site: one that a browser cannot take for another host.
pub fn own_path(path: &str) -> Option<&str> {
    let mut characters = path.chars();
    let rooted = characters.next() == Some('/') && !matches!(characters.next(), Some('/' | '\\'));
    (rooted && path.chars().all(|c| c.is_ascii_graphic() && c != '\\')).then_some(path)
}

/// A text as one part of a path or as a value in a query.
pub fn encode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_back_never_leads_to_another_host() {
        assert_eq!(own_path("/databases?search=a%20b"), Some("/databases?search=a%20b"));
        for bad in
            ["", "databases", "//evil.example", "/\\evil.example", "https://evil.example", "/a\nb", "/a\\b"]
        {
            assert_eq!(own_path(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_put_into_an_address_stays_one_part_of_it() {
        assert_eq!(encode("a b/c?d&e+f"), "a%20b%2Fc%3Fd%26e%2Bf");
        assert!(own_path(&format!("/sign-in?next={}", encode("/databases?search=é"))).is_some());
    }

    #[test]
    fn a_theme_is_found_by_its_word() {
        for theme in Theme::ALL {
            assert_eq!(Theme::parse(theme.word()), Some(theme));
        }
        assert_eq!(Theme::parse("pink"), None);
    }
}
