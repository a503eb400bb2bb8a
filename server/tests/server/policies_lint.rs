//! The page on which a policy file is checked.

use axum::http::StatusCode;

use crate::app::{Browser, TestApp, location};

const PAGE: &str = "/policies/lint";
const SEND: &str = "/do/check-policy";
const ENDLESS: &str = "\r\n<OAuthV2 name=\"Issue &amp; co\">\r\n  <Operation>RefreshAccessToken</Operation>\r\n  \
    <ExpiresIn>-1</ExpiresIn>\r\n  <RefreshTokenExpiresIn>86400000</RefreshTokenExpiresIn>\r\n</OAuthV2>\r\n";

/// Sends the form and shows the page that it leads to.
async fn check(browser: &Browser, fields: &[(&str, &[u8])]) -> String {
    let answer = browser.post_parts(SEND, fields).await;
    assert_eq!((answer.status(), location(&answer)), (StatusCode::SEE_OTHER, PAGE.to_owned()));
    shown(browser).await
}

async fn shown(browser: &Browser) -> String {
    let page = browser.open(PAGE).await;
    assert_eq!(page.status(), StatusCode::OK);
    page.text().await.unwrap()
}

#[tokio::test]
async fn a_pasted_text_is_checked_and_stays_in_the_form() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    assert!(!shown(&browser).await.contains("finding"));
    let page = check(&browser, &[("text", ENDLESS.as_bytes())]).await;
    assert!(page.contains("One thing is missing or unsafe."), "{page}");
    assert!(page.contains("Line 4, column 3") && page.contains("ExpiresIn is -1"), "{page}");
    assert!(page.contains("Policy Issue &amp; co"), "{page}");
    assert!(page.contains("&lt;ExpiresIn&gt;1800000&lt;/ExpiresIn&gt;"), "{page}");
    let text = page.split_once("<textarea").unwrap().1.split_once('>').unwrap().1;
    let text = text.split_once("</textarea>").unwrap().0;
    assert!(text.starts_with("\n\r\n&lt;OAuthV2 name=\"Issue &amp;amp; co\"&gt;"), "{text}");
    assert!(text.ends_with("&lt;/OAuthV2&gt;\r\n"), "{text}");
    assert!(!shown(&browser).await.contains("finding"), "it is shown once, and not stored");
}

#[tokio::test]
async fn a_text_that_would_be_a_page_stays_a_text() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    let planted = "</textarea><script>planted()</script>";
    for text in [planted.to_owned(), format!("{ENDLESS}<!-- {planted} -->"), format!("x = '{planted}'")] {
        let page = check(&browser, &[("text", text.as_bytes())]).await;
        assert!(!page.contains("<script>planted") && page.contains("&lt;script&gt;planted"), "{page}");
    }
    let name = ENDLESS.replace("Issue", "&lt;script>planted()&lt;/script>");
    let page = check(&browser, &[("file", name.as_bytes())]).await;
    assert!(!page.contains("<script>planted"), "{page}");
}

#[tokio::test]
async fn a_file_is_checked_in_the_language_of_the_page() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    let page = check(&browser, &[("file", ENDLESS.as_bytes()), ("text", b"")]).await;
    assert!(page.contains("<code>issue.xml</code>"), "{page}");
    let chosen = browser.post("/do/language", &[("language", "nl"), ("back", PAGE)]).await;
    assert_eq!(location(&chosen), PAGE);
    let page = check(&browser, &[("file", ENDLESS.as_bytes())]).await;
    assert!(page.contains("Eén ding ontbreekt of is onveilig."), "{page}");
    let page = check(&browser, &[("file", b"<!DOCTYPE x><OAuthV2/>")]).await;
    assert!(page.contains("documenttypedeclaratie"), "{page}");
}

#[tokio::test]
async fn nothing_and_too_much_are_answered() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    let page = check(&browser, &[("text", b" \r\n")]).await;
    assert!(page.contains("Choose a file, or paste one."), "{page}");
    let page = check(&browser, &[("file", &vec![b' '; 5 * 1024 * 1024])]).await;
    assert!(page.contains("larger than 4096 KiB"), "{page}");
    let sound = b"<OAuthV2><Operation>VerifyAccessToken</Operation></OAuthV2>";
    let page = check(&browser, &[("text", sound)]).await;
    assert!(
        page.contains("Nothing is missing or unsafe.") && page.contains("One policy was read."),
        "{page}"
    );
    let answer = browser.post(SEND, &[("text", "<OAuthV2/>")]).await;
    assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn only_those_who_are_signed_in_check_anything() {
    let app = TestApp::start().await;
    let stranger = app.browser().post_parts(SEND, &[("text", ENDLESS)]).await;
    assert_eq!(stranger.status(), StatusCode::SEE_OTHER);
    assert!(location(&stranger).starts_with("/sign-in"), "{}", location(&stranger));
}
