//! Authorization codes at the token endpoint.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::browser::{Browser, authorize};
use crate::common::{APP, REDIRECT, SECRET, USER, exchange, form, refresh, start};

#[tokio::test]
async fn a_code_is_good_once() {
    let sandbox = start().await;
    let code = sandbox.authorize(APP, USER, REDIRECT, None);
    let told = exchange(&sandbox, &code, None).await;
    assert_eq!(told.status, 200);
    exchange(&sandbox, &code, None).await.is_wrong_chain();
    sandbox.advance(Duration::from_secs(600));
    assert_eq!(refresh(&sandbox, &told.text("refresh_token")).await.status, 200);
    assert_eq!(sandbox.counts().code_exchanges, 1);
}

#[tokio::test]
async fn a_code_lives_three_minutes() {
    let sandbox = start().await;
    let code = sandbox.authorize(APP, USER, REDIRECT, None);
    sandbox.advance(Duration::from_millis(179_999));
    assert_eq!(exchange(&sandbox, &code, None).await.status, 200);
    let code = sandbox.authorize(APP, USER, REDIRECT, None);
    sandbox.advance(Duration::from_secs(180));
    exchange(&sandbox, &code, None).await.is_wrong_chain();
}

#[tokio::test]
async fn a_second_code_makes_the_first_worthless() {
    let sandbox = start().await;
    let first = sandbox.authorize(APP, USER, REDIRECT, None);
    let second = sandbox.authorize(APP, USER, REDIRECT, None);
    exchange(&sandbox, &first, None).await.is_wrong_chain();
    assert_eq!(exchange(&sandbox, &second, None).await.status, 200);
}

#[tokio::test]
async fn an_exchange_ends_the_older_chain_and_a_code_that_lapses_does_not() {
    let sandbox = start().await;
    let older = sandbox.issue(APP, USER);
    sandbox.authorize(APP, USER, REDIRECT, None);
    sandbox.advance(Duration::from_secs(600));
    let live = refresh(&sandbox, &older.refresh_token).await.text("refresh_token");

    let code = sandbox.authorize(APP, USER, REDIRECT, None);
    assert_eq!(exchange(&sandbox, &code, None).await.status, 200);
    sandbox.advance(Duration::from_secs(600));
    refresh(&sandbox, &live).await.is_old();
}

#[tokio::test]
async fn another_redirect_uri_at_the_exchange_is_refused() {
    let sandbox = start().await;
    let code = sandbox.authorize(APP, USER, REDIRECT, None);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", "https://evergrant.example/elsewhere"),
        ("client_id", APP),
        ("client_secret", SECRET),
    ];
    form(&sandbox, &fields).await.is_wrong_chain();
}

#[tokio::test]
async fn a_challenge_is_kept_through_the_pages_and_checked_at_the_exchange() {
    let sandbox = start().await;
    let verifier = "a-verifier-of-at-least-forty-three-characters-in-all";
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
    let browser = Browser::new();
    let consent = browser.sign_in(&sandbox).await;
    browser.submit(&consent, &[("ConsentForm$Allow", "1")]).await;
    let asked = [("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")];
    let code = browser.open(authorize(&sandbox, &asked)).await.returned("code").unwrap();
    assert_eq!(exchange(&sandbox, &code, Some(verifier)).await.status, 200);

    for wrong in [Some("another verifier"), None] {
        let code = sandbox.authorize(APP, USER, REDIRECT, Some(&challenge));
        assert_eq!(exchange(&sandbox, &code, wrong).await.text("error"), "invalid_grant");
    }
}

#[tokio::test]
async fn a_plain_challenge_is_refused_before_any_page() {
    let sandbox = start().await;
    let asked = [("code_challenge", "plain"), ("code_challenge_method", "plain")];
    let back = Browser::new().open(authorize(&sandbox, &asked)).await;
    assert_eq!(back.returned("error").as_deref(), Some("invalid_request"));
}
