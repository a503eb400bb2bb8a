//! The languages of the pages and how one is chosen.

use crate::text::RelativeWords;
use axum_extra::extract::CookieJar;
use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;

/// A language that every text exists in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Dutch.
    Dutch,
}

/// The cookie with the language that somebody chose.
pub(crate) const COOKIE: &str = "language";

/// A text in a language; `{}` names in it are filled by the arguments.
macro_rules! say {
    ($language:expr, $key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        rust_i18n::t!($key, locale = $language.code() $(, $name = $value)*).into_owned()
    };
}
pub(crate) use say;

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::Dutch];

    /// The language somebody chose, else the one the browser prefers, else English.
    pub fn of(headers: &HeaderMap) -> Self {
        let jar = CookieJar::from_headers(headers);
        let chosen = jar.get(COOKIE).and_then(|cookie| Self::parse(cookie.value()));
        chosen.unwrap_or_else(|| {
            let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
            accepted.map_or(Self::English, Self::preferred)
        })
    }

    /// The language with this code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// Its two-letter code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Dutch => "nl",
        }
    }

    /// Its own name for itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Dutch => "Nederlands",
        }
    }

    /// The text under a key that is put together at run time; `None` when there is none.
    pub(crate) fn find(self, key: &str) -> Option<String> {
        crate::_rust_i18n_try_translate(self.code(), key).map(std::borrow::Cow::into_owned)
    }

    /// The text under a key that is put together at run time from our own enums.
    pub(crate) fn text(self, key: &str) -> String {
        self.find(key).unwrap_or_else(|| key.to_owned())
    }

    /// The words of relative times.
    pub(crate) fn relative_words(self) -> RelativeWords {
        RelativeWords {
            now: say!(self, "time.now"),
            ago: say!(self, "time.ago"),
            ahead: say!(self, "time.ahead"),
            seconds: say!(self, "time.seconds"),
            minutes: say!(self, "time.minutes"),
            hours: say!(self, "time.hours"),
            days: say!(self, "time.days"),
        }
    }

    /// The best of what an `Accept-Language` header lists, by weight and then by order.
    fn preferred(header: &str) -> Self {
        let mut best = (Self::English, 0.0);
        for part in header.split(',') {
            let mut pieces = part.split(';');
            let tag = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
            let weight =
                pieces.find_map(|piece| piece.trim().strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
            let primary = tag.split('-').next().unwrap_or_default();
            if let Some(language) = Self::parse(primary)
                && weight > best.1
            {
                best = (language, weight);
            }
        }
        best.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use http::header::COOKIE;
    use std::fs;
    use std::path::{Path, PathBuf};

    fn headers(cookie: Option<&'static str>, accepted: Option<&'static str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let mut set = |name, value: Option<&'static str>| {
            if let Some(value) = value {
                headers.insert(name, HeaderValue::from_static(value));
            }
        };
        set(COOKIE, cookie);
        set(ACCEPT_LANGUAGE, accepted);
        headers
    }

    #[test]
    fn the_chosen_language_goes_before_the_preferred_one() {
        assert_eq!(Language::of(&headers(Some("language=en"), Some("nl"))), Language::English);
        assert_eq!(Language::of(&headers(Some("a=b; language=nl"), None)), Language::Dutch);
        assert_eq!(Language::of(&headers(Some("language=xx"), Some("nl"))), Language::Dutch);
    }

    #[test]
    fn the_preferred_language_is_the_heaviest_that_we_speak() {
        let of = |accepted| Language::of(&headers(None, Some(accepted)));
        assert_eq!(of("nl-NL,nl;q=0.9,en;q=0.8"), Language::Dutch);
        assert_eq!(of("fr, en;q=0.5, nl;q=0.7"), Language::Dutch);
        assert_eq!(of("en-GB, nl"), Language::English);
        assert_eq!(of("fr"), Language::English);
        assert_eq!(of("nl;q=0"), Language::English);
        assert_eq!(of(";;,q="), Language::English);
        assert_eq!(Language::of(&HeaderMap::new()), Language::English);
    }

    #[test]
    fn every_text_that_the_pages_ask_for_is_there_in_every_language() {
        let mut asked = 0;
        for source in sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
            let text = fs::read_to_string(&source).expect("a source file is readable");
            for call in text.split("say!(").skip(1) {
                let Some(key) = call.split('"').nth(1).filter(|key| is_key(key)) else { continue };
                asked += 1;
                for language in Language::ALL {
                    assert!(language.find(key).is_some(), "{key} in {}", language.code());
                }
            }
        }
        assert!(asked > 150, "only {asked} texts were found");
    }

    fn is_key(text: &str) -> bool {
        text.contains('.') && text.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '.' | '_'))
    }

    fn sources(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).expect("a source folder is readable").flatten();
        let nested = entries.map(|entry| entry.path()).map(|path| match path.is_dir() {
            true => sources(&path),
            false => vec![path],
        });
        nested.flatten().filter(|path| path.extension().is_some_and(|it| it == "rs")).collect()
    }
}
