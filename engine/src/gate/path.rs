//! Where a request goes: a path that a program sent becomes an address within the provider's REST API,
//! or is refused.

use percent_encoding::percent_decode_str;
use thiserror::Error;
use url::Url;

use crate::provider::{Company, Profile};

/// An address within the provider's REST API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The address.
    pub url: Url,
    /// The company that the path names.
    pub company: Option<String>,
    /// What errors are counted together for: the path without company and keys, in small letters.
    pub endpoint: String,
}

/// Why a path is refused; the texts are for whoever wrote the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PathError {
    /// Nothing behind `proxy/`.
    #[error("The path is empty.")]
    Empty,
    /// Another host, or an address of its own.
    #[error("The path is an absolute address; only a path within the provider's API is passed on.")]
    Absolute,
    /// Two slashes in a row.
    #[error("The path has an empty segment.")]
    EmptySegment,
    /// `..` and what is read as such.
    #[error("The path has a segment of dots.")]
    Dots,
    /// `%2f` or `%2e`.
    #[error("The path has an encoded slash or dot.")]
    Encoded,
    /// A backslash, encoded or not.
    #[error("The path has a backslash.")]
    Backslash,
    /// `%25`.
    #[error("The path is encoded twice.")]
    Twice,
    /// A percent sign without two digits, a control character, or bytes that are no text.
    #[error("The path is not properly encoded.")]
    Malformed,
    /// It would leave the provider's API.
    #[error("The path leaves the provider's API.")]
    Outside,
}

impl Target {
    /// The address that a raw path and query, as they stood behind `proxy/`, mean at a provider.
    ///
    /// The path of the API itself, such as `api/v1/`, may stand before it or not: so the path of a link
    /// in an answer can be used as it is.
    ///
    /// # Errors
    /// See [`PathError`].
    pub fn of(profile: &Profile, path: &str, query: Option<&str>) -> Result<Self, PathError> {
        let base = &profile.api;
        check(path)?;
        let within = base.path().trim_start_matches('/');
        let path = path.strip_prefix(within).unwrap_or(path);
        if path.is_empty() {
            return Err(PathError::Empty);
        }
        let mut url = base.clone();
        url.set_path(&format!("{}{path}", base.path()));
        url.set_query(query);
        // What was checked as it was written holds for what is sent.
        let segments = |url: &Url| url.path().split('/').count();
        let expected = segments(base) + path.split('/').count() - 1;
        let within = url.origin() == base.origin() && url.path().starts_with(base.path());
        if !within || segments(&url) != expected {
            return Err(PathError::Outside);
        }
        let (company, endpoint) = split(profile.limits().company, path);
        Ok(Self { url, company, endpoint })
    }
}

fn check(path: &str) -> Result<(), PathError> {
    if path.is_empty() {
        return Err(PathError::Empty);
    }
    let segments: Vec<&str> = path.split('/').collect();
    let first = segments.first().copied().unwrap_or_default();
    // `//host/…` came as an empty first segment, `https://host/…` begins with a scheme.
    if first.is_empty() || first.ends_with(':') {
        return Err(PathError::Absolute);
    }
    let inner = segments.split_last().map_or(&[][..], |(_, before)| before);
    if inner.iter().any(|segment| segment.is_empty()) {
        return Err(PathError::EmptySegment);
    }
    segments.into_iter().filter(|segment| !segment.is_empty()).try_for_each(check_segment)
}

fn check_segment(raw: &str) -> Result<(), PathError> {
    if raw.contains('\\') {
        return Err(PathError::Backslash);
    }
    let mut escapes = raw.split('%').skip(1);
    let two_digits =
        |escape: &str| escape.len() >= 2 && escape.bytes().take(2).all(|it| it.is_ascii_hexdigit());
    if !escapes.all(two_digits) || raw.contains(['?', '#']) {
        return Err(PathError::Malformed);
    }
    if raw.to_ascii_lowercase().contains("%2e") {
        return Err(PathError::Encoded);
    }
    let text = percent_decode_str(raw).decode_utf8().map_err(|_| PathError::Malformed)?;
    for letter in text.chars() {
        match letter {
            '/' => return Err(PathError::Encoded),
            '\\' => return Err(PathError::Backslash),
            '%' => return Err(PathError::Twice),
            letter if letter.is_control() => return Err(PathError::Malformed),
            _ => {}
        }
    }
    // Some servers cut blanks, dots and what follows a semicolon off before they look for `..`.
    let name = text.split(';').next().unwrap_or_default();
    let blank = |letter: char| letter == '.' || letter.is_whitespace();
    if name.chars().all(blank) { Err(PathError::Dots) } else { Ok(()) }
}

fn split(company: Company, path: &str) -> (Option<String>, String) {
    let (company, rest) = match company {
        Company::FirstNumber => match path.split_once('/') {
            Some((first, rest)) if !first.is_empty() && first.bytes().all(|it| it.is_ascii_digit()) => {
                (Some(first.to_owned()), rest)
            }
            Some(_) | None => (None, path),
        },
        Company::Nowhere => (None, path),
    };
    let bare = |segment: &str| segment.split('(').next().unwrap_or_default().to_ascii_lowercase();
    let endpoint: Vec<String> = rest.trim_end_matches('/').split('/').map(bare).collect();
    (company, endpoint.join("/"))
}
