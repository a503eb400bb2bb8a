//! `/sign-in`, `/do/sign-in`, `/do/sign-out` and the session that they begin and end.

use std::time::Duration;

use reqwest::StatusCode;

use crate::app::{NAME, PASSWORD, TestApp, header, location};

#[tokio::test]
async fn the_right_password_signs_in_and_the_session_id_changes() {
    let app = TestApp::start().await;
    let browser = app.browser();
    // A wrong try leaves a message in a session, which gives that session its id.
    let before = header(&browser.sign_in(NAME, "wrong password").await, "set-cookie");
    let answer = browser.sign_in(NAME, PASSWORD).await;
    assert_eq!((answer.status(), location(&answer).as_str()), (StatusCode::SEE_OTHER, "/databases"));
    let after = header(&answer, "set-cookie");
    assert_ne!(before.split(';').next(), after.split(';').next());
    assert_eq!(browser.open("/databases").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_cookie_is_for_this_server_alone() {
    let app = TestApp::start().await;
    let cookie = header(&app.browser().sign_in(NAME, PASSWORD).await, "set-cookie");
    assert!(cookie.starts_with("evergrant="), "{cookie}");
    for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain"), "{cookie}");

    let secure = TestApp::start_at("https://evergrant.example").await;
    let cookie = header(&secure.browser().sign_in(NAME, PASSWORD).await, "set-cookie");
    assert!(cookie.starts_with("__Host-evergrant=") && cookie.contains("Secure"), "{cookie}");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_are_told_the_same() {
    let app = TestApp::start().await;
    let wrong = told(&app, NAME, "wrong password").await;
    let unknown = told(&app, "nobody@evergrant.example", PASSWORD).await;
    assert_eq!(wrong, unknown.replace("nobody@evergrant.example", NAME));
    assert!(wrong.contains("role=\"alert\"") || wrong.contains("aria-invalid"), "{wrong}");
}

#[tokio::test]
async fn whoever_fails_too_often_waits() {
    let (app, hand) = TestApp::start_with_hand().await;
    for _ in 0..5 {
        told(&app, NAME, "wrong password").await;
    }
    let answer = app.browser().sign_in(NAME, PASSWORD).await;
    assert!(location(&answer).starts_with("/sign-in"), "the right password too has to wait");
    hand.advance(Duration::from_secs(3_600));
    app.signed_in().await;
}

#[tokio::test]
async fn a_page_sends_whoever_is_not_signed_in_to_sign_in_and_back() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let answer = browser.open("/databases?search=jansen").await;
    assert!(answer.status().is_redirection(), "{}", answer.status());
    assert_eq!(location(&answer), "/sign-in?next=%2Fdatabases%3Fsearch%3Djansen");
    let fields = [("name", NAME), ("password", PASSWORD), ("next", "/databases?search=jansen")];
    assert_eq!(location(&browser.post("/do/sign-in", &fields).await), "/databases?search=jansen");
    let away = [("name", NAME), ("password", PASSWORD), ("next", "https://evil.example/")];
    assert_eq!(location(&browser.post("/do/sign-in", &away).await), "/databases");
}

#[tokio::test]
async fn signing_out_ends_the_session_for_good() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let cookie = header(&browser.sign_in(NAME, PASSWORD).await, "set-cookie");
    let cookie = cookie.split(';').next().unwrap();
    assert!(browser.post("/do/sign-out", &[]).await.status().is_redirection());
    let answer = app
        .browser()
        .request(reqwest::Method::GET, "/databases")
        .header("cookie", cookie)
        .send()
        .await
        .unwrap();
    assert!(location(&answer).starts_with("/sign-in"), "the old cookie opens nothing");
}

#[tokio::test]
async fn a_session_ends_after_twelve_idle_hours_and_after_seven_days_in_any_case() {
    let (app, hand) = TestApp::start_with_hand().await;
    let idle = app.signed_in().await;
    hand.advance(Duration::from_secs(12 * 3_600 + 1));
    assert!(idle.open("/databases").await.status().is_redirection());

    let busy = app.signed_in().await;
    for hour in 0..(7 * 24) {
        assert_eq!(busy.open("/databases").await.status(), StatusCode::OK, "in hour {hour}");
        hand.advance(Duration::from_secs(3_600));
    }
    assert!(busy.open("/databases").await.status().is_redirection());
}

async fn told(app: &TestApp, name: &str, password: &str) -> String {
    let browser = app.browser();
    let answer = browser.sign_in(name, password).await;
    assert!(location(&answer).starts_with("/sign-in"));
    let page = browser.open("/sign-in").await.text().await.unwrap();
    without_nonces(&page)
}

/// A page without what differs each time: nonces and the moment.
fn without_nonces(page: &str) -> String {
    ["nonce=\"", "data-now=\""].iter().fold(page.to_owned(), |page, attribute| {
        let mut parts = page.split(attribute);
        let mut plain = parts.next().unwrap().to_owned();
        for part in parts {
            plain.push_str(part.split_once('"').map_or("", |(_, rest)| rest));
        }
        plain
    })
}
