//! What a page of a sign-in is, read from its bytes alone; what is not understood is `Unknown`.

use url::Url;

use super::form::Form;
use super::html::Sheet;
use super::words::{self, Refusal, Said};
use super::{b2c, classic, ordinary};

/// The most of a page that is read, in bytes.
pub const MOST_BYTES: usize = 1024 * 1024;

/// The longest wait of a page that leads on by itself, in seconds; longer ones are time-outs of sessions.
const LONGEST_REFRESH: f64 = 10.0;

/// A page as it came.
pub struct Source<'a> {
    /// Where it came from.
    pub url: &'a Url,
    /// The `Content-Type` header.
    pub content_type: Option<&'a str>,
    /// The `Refresh` header.
    pub refresh: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
}

/// What a page is, with what goes back to it.
pub enum Page {
    /// Asks for the user name alone.
    UserName(Form),
    /// Asks for the password of a user it knows.
    Password(Form),
    /// Asks for user name and password.
    SignIn(Form),
    /// Asks for a one-time code.
    OneTimeCode(Form),
    /// A step of an Azure AD B2C policy, whatever it asks for.
    B2cStep(Form),
    /// Asks whether an app may.
    Consent(Form),
    /// Sends a form by itself.
    AutoPost(Form),
    /// Leads on by itself.
    Refresh(Url),
    /// Says that something was refused, and asks for nothing that is known.
    Refused,
    /// Wants to be sure that a person is there.
    Captcha,
    /// Anything else.
    Unknown,
}

impl Page {
    /// What goes back to it, where something does.
    pub const fn form(&self) -> Option<&Form> {
        match self {
            Self::UserName(form)
            | Self::Password(form)
            | Self::SignIn(form)
            | Self::OneTimeCode(form)
            | Self::B2cStep(form)
            | Self::Consent(form)
            | Self::AutoPost(form) => Some(form),
            Self::Refresh(_) | Self::Refused | Self::Captcha | Self::Unknown => None,
        }
    }
}

/// A page, read.
pub struct Seen {
    /// What it is.
    pub page: Page,
    /// What it complains of.
    pub said: Said,
}

/// A page's parts and what its addresses are relative to.
pub(super) struct Place<'a> {
    pub(super) url: &'a Url,
    pub(super) base: Url,
    pub(super) sheet: &'a Sheet,
}

impl Place<'_> {
    /// The address that a page names, if it is one of the web.
    pub(super) fn resolve(&self, address: &str) -> Option<Url> {
        let url = self.base.join(address.trim()).ok()?;
        is_of_the_web(&url).then_some(url)
    }
}

/// Reads a page; any bytes are a page, and the work grows with their number alone.
pub fn read(source: &Source<'_>) -> Seen {
    if !source.content_type.is_none_or(is_html) {
        return Seen { page: Page::Unknown, said: Said::default() };
    }
    let body = &source.body[..source.body.len().min(MOST_BYTES)];
    let sheet = Sheet::read(&String::from_utf8_lossy(body));
    let base = sheet.base.as_deref().and_then(|base| source.url.join(base).ok());
    let base = base.filter(is_of_the_web).unwrap_or_else(|| source.url.clone());
    let place = Place { url: source.url, base, sheet: &sheet };
    match look(&place, source.refresh) {
        Some(Page::Unknown) | None => unknown(words::said(&sheet.text)),
        Some(page) => Seen { page, said: words::said(&sheet.alerts) },
    }
}

fn look(place: &Place<'_>, refresh: Option<&str>) -> Option<Page> {
    if place.sheet.overfull {
        return None;
    }
    if place.sheet.puzzle {
        return Some(Page::Captcha);
    }
    classic::read(place)
        .or_else(|| b2c::read(place))
        .or_else(|| ordinary::read(place))
        .or_else(|| leads_on(place, refresh.or(place.sheet.refresh.as_deref())?))
}

fn unknown(said: Said) -> Seen {
    let page = if said.has(Refusal::Puzzle) {
        Page::Captcha
    } else if said.is_nothing() {
        Page::Unknown
    } else {
        Page::Refused
    };
    Seen { page, said }
}

/// `0; url=/next`, with or without quotes.
fn leads_on(place: &Place<'_>, content: &str) -> Option<Page> {
    let (delay, rest) = content.split_once([';', ','])?;
    let delay: f64 = delay.trim().parse().ok()?;
    let (name, address) = rest.split_once('=')?;
    let named = name.trim().eq_ignore_ascii_case("url") && (0.0..=LONGEST_REFRESH).contains(&delay);
    let address = address.trim().trim_matches(['"', '\'']);
    named.then(|| place.resolve(address)).flatten().map(Page::Refresh)
}

fn is_html(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "text/html" || kind == "application/xhtml+xml"
}

fn is_of_the_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
}
