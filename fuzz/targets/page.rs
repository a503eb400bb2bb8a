//! Sign-in pages, and the JSON that answers a step.
#![no_main]

use engine::sign_in::{Blank, Page, Source, read, read_answer};
use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|body: &[u8]| {
    let Ok(url) = Url::parse("https://login.example.nl/tenant/authorize?a=1") else { return };
    let seen = read(&Source { url: &url, content_type: None, refresh: None, body });
    let form = match seen.page {
        Page::UserName(form)
        | Page::Password(form)
        | Page::SignIn(form)
        | Page::OneTimeCode(form)
        | Page::B2cStep(form)
        | Page::Consent(form)
        | Page::AutoPost(form) => Some(form),
        Page::Refresh(_) | Page::Refused | Page::Captcha | Page::Unknown => None,
    };
    if let Some(mut form) = form {
        form.fill(Blank::Password, "planted");
        let request = form.into_request(true);
        assert!(matches!(request.url.scheme(), "http" | "https"));
        assert!(request.url.username().is_empty() && request.url.password().is_none());
        assert!(!request.url.as_str().contains("planted") || body.windows(7).any(|word| word == b"planted"));
        assert!(request.then.is_none_or(|then| then.origin() == url.origin()));
    }
    let _ = read_answer(body);
});
