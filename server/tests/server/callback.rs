//! `GET /oauth/callback/{registration}`: what comes back from the provider.

use std::time::Duration;

use exact_sandbox::Fault;
use reqwest::StatusCode;

use crate::app::{ALIAS, DATABASE, TestApp, location};

const HERE: &str = "/oauth/callback/exact-online";

#[tokio::test]
async fn a_grant_that_came_back_is_live_and_the_code_leaves_the_address_bar() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    let back = app.walk_out(&browser, "").await;
    let answer = browser.open(&back).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let there = location(&answer);
    assert!(there.starts_with(&format!("/databases/{DATABASE}?evergrant=renewed")), "{there}");
    assert!(there.contains(&format!("alias={ALIAS}")) && !there.contains("state="), "{there}");
    assert_eq!(app.state().await, "live");
    assert_eq!(browser.open(&there).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_state_that_is_missing_foreign_or_used_touches_nothing() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    let good = app.walk_out(&browser, "").await;
    browser.open(&good).await;
    let calls = app.sandbox.counts().token_calls;

    let twice = format!("{good}&state=another");
    for back in [HERE, &format!("{HERE}?code=c"), &format!("{HERE}?code=c&state=planted"), &good, &twice] {
        let answer = browser.open(back).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{back}");
        let page = answer.text().await.unwrap();
        assert!(page.contains("<h1") && !page.contains("planted"), "a page that says what happened: {page}");
        assert_eq!(app.state().await, "live", "{back}");
    }
    assert_eq!(app.sandbox.counts().token_calls, calls, "no code was sent anywhere");
}

#[tokio::test]
async fn a_state_comes_back_in_the_browser_that_took_it_out() {
    let app = TestApp::start().await;
    let back = app.walk_out(&app.signed_in().await, "").await;
    for other in [app.browser(), app.signed_in().await] {
        assert_eq!(other.open(&back).await.status(), StatusCode::BAD_REQUEST);
    }
    assert_eq!(app.state().await, "unlinked");
    assert_eq!(app.sandbox.counts().token_calls, 0);
}

#[tokio::test]
async fn a_state_that_is_too_old_is_refused() {
    let (app, hand) = TestApp::start_with_hand().await;
    let browser = app.signed_in().await;
    let back = app.walk_out(&browser, "").await;
    hand.advance(Duration::from_secs(3_600));
    assert_eq!(browser.open(&back).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!((app.state().await, app.sandbox.counts().token_calls), ("unlinked", 0));
}

#[tokio::test]
async fn signing_in_again_on_the_way_does_not_lose_the_grant() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    let back = app.walk_out(&browser, "").await;
    browser.sign_in(crate::app::NAME, crate::app::PASSWORD).await;
    assert_eq!(browser.open(&back).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(app.state().await, "live");
}

#[tokio::test]
async fn a_person_who_says_no_leaves_everything_as_it_was() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    let back = app.walk_out(&browser, &format!("?return_to=/databases/{DATABASE}")).await;
    let state = back.split("state=").nth(1).unwrap();
    let answer = browser.open(&format!("{HERE}?error=access_denied&state={state}")).await;
    assert!(
        location(&answer).starts_with(&format!("/databases/{DATABASE}?evergrant=cancelled")),
        "{}",
        location(&answer)
    );
    assert_eq!((app.state().await, app.sandbox.counts().token_calls), ("unlinked", 0));
}

#[tokio::test]
async fn an_error_of_the_provider_is_shown_and_not_believed() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    let back = app.walk_out(&browser, "").await;
    let state = back.split("state=").nth(1).unwrap();
    let script = "%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let answer =
        browser.open(&format!("{HERE}?error={script}&error_description={script}&state={state}")).await;
    assert!(answer.status().is_client_error() || answer.status().is_server_error(), "{}", answer.status());
    let page = answer.text().await.unwrap();
    assert!(!page.contains("<script>alert"), "{page}");
    assert_eq!(app.state().await, "unlinked");
}

#[tokio::test]
async fn nonsense_for_an_answer_is_a_page_and_no_link() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    for fault in [
        Fault::Html,
        Fault::Empty,
        Fault::Truncated,
        Fault::Gateway500,
        Fault::Outage,
        Fault::AnswerLost,
        Fault::InvalidClient,
    ] {
        let back = app.walk_out(&browser, "").await;
        app.sandbox.fail_next(fault);
        let answer = browser.open(&back).await;
        assert_eq!(answer.status(), StatusCode::BAD_GATEWAY, "{fault:?}");
        assert!(answer.text().await.unwrap().contains("<h1"), "{fault:?}");
        assert_eq!(app.state().await, "unlinked", "{fault:?}");
    }
}

#[tokio::test]
async fn a_live_chain_stays_live_when_a_later_grant_fails() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    let back = app.walk_out(&browser, "").await;
    browser.open(&back).await;
    let back = app.walk_out(&browser, "").await;
    app.sandbox.fail_next(Fault::Outage);
    assert_eq!(browser.open(&back).await.status(), StatusCode::BAD_GATEWAY);
    assert_eq!(app.state().await, "live");
}

#[tokio::test]
async fn another_registration_than_the_one_that_was_asked_gets_nothing() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    let back = app.walk_out(&browser, "").await;
    let elsewhere = back.replace("exact-online", "another");
    assert_eq!(browser.open(&elsewhere).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!((app.state().await, app.sandbox.counts().token_calls), ("unlinked", 0));
}
