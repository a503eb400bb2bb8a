//! One page at a time: what it is, and what goes back to it.

use engine::sign_in::{Blank, Form, Method, Page, Request, Seen, Source, read};
use url::Url;

pub const HERE: &str = "https://id.example.nl/realms/one/sign-in?client=7";
pub const ANNA: &str = "anna@example.nl";

/// Reads a page that came from [`HERE`].
pub fn look(body: &str) -> Seen {
    look_from(HERE, body)
}

pub fn look_from(url: &str, body: &str) -> Seen {
    let url = Url::parse(url).unwrap();
    read(&Source {
        url: &url,
        content_type: Some("text/html; charset=utf-8"),
        refresh: None,
        body: body.as_bytes(),
    })
}

/// The kind of a page, as a word.
pub fn kind(page: &Page) -> &'static str {
    match page {
        Page::UserName(_) => "user name",
        Page::Password(_) => "password",
        Page::SignIn(_) => "sign-in",
        Page::OneTimeCode(_) => "code",
        Page::B2cStep(_) => "step",
        Page::Consent(_) => "consent",
        Page::AutoPost(_) => "auto-post",
        Page::Refresh(_) => "refresh",
        Page::Refused => "refused",
        Page::Captcha => "captcha",
        Page::Unknown => "unknown",
    }
}

pub fn form(page: Page) -> Form {
    let kind = kind(&page);
    match page {
        Page::UserName(form)
        | Page::Password(form)
        | Page::SignIn(form)
        | Page::OneTimeCode(form)
        | Page::B2cStep(form)
        | Page::Consent(form)
        | Page::AutoPost(form) => form,
        Page::Refresh(_) | Page::Refused | Page::Captcha | Page::Unknown => panic!("{kind}"),
    }
}

/// The filled-in request of a page with a form.
pub fn answered(page: Page) -> Request {
    let mut form = form(page);
    form.fill(Blank::UserName, ANNA);
    form.fill(Blank::Password, "p&ss word");
    form.fill(Blank::Code, "123456");
    form.into_request(true)
}

/// Method, address and fields of a request, as text.
pub fn written(request: &Request) -> (String, Vec<(&str, &str)>) {
    let method = match request.method {
        Method::Get => "GET",
        Method::Post => "POST",
    };
    let fields = request.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    (format!("{method} {}", request.url), fields.collect())
}

/// Checks what a page is and what is sent to it.
pub fn check(body: &str, expected: &str, line: &str, fields: &[(&str, &str)]) {
    let seen = look(body);
    assert_eq!(kind(&seen.page), expected, "{body}");
    let request = answered(seen.page);
    assert_eq!(written(&request), (line.to_owned(), fields.to_vec()));
}

/// Checks that nothing is sent to a page.
pub fn check_nothing(body: &str, expected: &str) {
    assert_eq!(kind(&look(body).page), expected, "{body}");
}
