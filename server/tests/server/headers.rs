//! The headers that tell browsers what a page may do.

use reqwest::Method;

use crate::app::{TestApp, header};

#[tokio::test]
async fn a_page_allows_its_own_files_and_scripts_with_its_nonce_only() {
    let app = TestApp::start().await;
    let answer = app.browser().open("/sign-in").await;
    let policy = header(&answer, "content-security-policy");
    let page = answer.text().await.unwrap();
    let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
    assert!(nonce.len() >= 16, "{policy}");
    for part in [
        "default-src 'none'",
        "style-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
    for script in page.split("<script").skip(1) {
        let tag = script.split('>').next().unwrap();
        assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "a script without the nonce: {tag}");
    }
    assert!(!page.contains(" style=\""), "no inline styles: the policy forbids them");
    let second = header(&app.browser().open("/sign-in").await, "content-security-policy");
    assert_ne!(policy, second, "a nonce serves once");
}

#[tokio::test]
async fn every_answer_has_the_common_headers() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    for path in [
        "/sign-in",
        "/databases",
        "/healthz",
        "/favicon.svg",
        "/nowhere",
        "/oauth/callback/exact-online",
        "/live",
    ] {
        let answer = browser.open(path).await;
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header(&answer, "referrer-policy"), "same-origin", "{path}");
        assert!(header(&answer, "content-security-policy").contains("default-src 'none'"), "{path}");
        assert!(header(&answer, "permissions-policy").contains("camera=()"), "{path}");
        assert!(!header(&answer, "x-request-id").is_empty(), "{path}");
        assert_eq!(header(&answer, "strict-transport-security"), "", "not over http: {path}");
    }
    assert_eq!(header(&browser.open("/databases").await, "cache-control"), "no-store");
}

#[tokio::test]
async fn over_https_browsers_are_told_to_stay_there() {
    let app = TestApp::start_at("https://evergrant.example").await;
    assert_eq!(
        header(&app.browser().open("/sign-in").await, "strict-transport-security"),
        "max-age=31536000"
    );
}

#[tokio::test]
async fn the_id_of_a_request_is_ours_and_not_the_callers() {
    let app = TestApp::start().await;
    let asked = app.browser().request(Method::GET, "/healthz").header("x-request-id", "forged\tline");
    let answer = asked.send().await.unwrap();
    assert_ne!(header(&answer, "x-request-id"), "forged\tline");
}

#[tokio::test]
async fn a_body_that_no_form_of_ours_has_is_refused() {
    let app = TestApp::start().await;
    let large = "x".repeat(300 * 1024);
    let answer =
        app.browser().post("/do/sign-in", &[("name", &large), ("password", "p"), ("next", "")]).await;
    assert_eq!(answer.status().as_u16(), 413);
}
