//! The pages that a code grant passes.

use std::time::Duration;

use exact_sandbox::User;

use crate::browser::{Browser, authorize};
use crate::common::{APP, HTTP, PASSWORD, REDIRECT, USER, exchange, start};

const ALLOW: &[(&str, &str)] = &[("ConsentForm$Allow", "1")];

#[tokio::test]
async fn a_first_grant_passes_user_name_password_code_and_consent() {
    let sandbox = start().await;
    let browser = Browser::new();

    let first = browser.open(authorize(&sandbox, &[])).await;
    assert_eq!(first.url.path(), "/docs/Login.aspx");
    assert!(first.has("html#LoginPage"));
    assert!(first.has("input[name='LoginForm$UserName']"));
    assert!(!first.has("input[name='LoginForm$Password']"));
    assert_eq!(first.text("#LoginForm_Input_ErrorMessages"), "");

    let second = browser.submit(&first, &[("LoginForm$UserName", USER)]).await;
    assert!(second.has("html#LoginPage"));
    assert!(second.has("input[name='LoginForm$Password']"));

    let third = browser.submit(&second, &[("LoginForm$Password", PASSWORD)]).await;
    assert_eq!(third.url.path(), "/docs/TotpLogin.aspx");
    assert!(third.has("input[name='LoginForm$Input$Key']"));
    assert!(third.has("input[name='LoginForm$RememberDevice']"));

    let code = sandbox.one_time_code(USER).unwrap();
    let fourth = browser.submit(&third, &[("LoginForm$Input$Key", &code)]).await;
    assert_eq!(fourth.text("#ConsentForm_Allow"), "Allow");

    let back = browser.submit(&fourth, ALLOW).await;
    assert_eq!(back.returned("state").as_deref(), Some("a state & more"));
    let told = exchange(&sandbox, &back.returned("code").unwrap(), None).await;
    assert_eq!(told.status, 200);
    assert_eq!(told.text("expires_in"), "600");
}

#[tokio::test]
async fn a_second_grant_in_the_same_session_shows_no_page() {
    let sandbox = start().await;
    let browser = Browser::new();
    let consent = browser.sign_in(&sandbox).await;
    browser.submit(&consent, ALLOW).await;
    let back = browser.open(authorize(&sandbox, &[])).await;
    assert!(back.returned("code").is_some());
    assert_eq!(sandbox.counts().sign_ins, 1);
}

#[tokio::test]
async fn a_forced_login_ignores_the_session_and_ends_all_the_same() {
    let sandbox = start().await;
    let browser = Browser::new();
    browser.sign_in(&sandbox).await;
    sandbox.advance(Duration::from_secs(30));

    let first = browser.open(authorize(&sandbox, &[("force_login", "1")])).await;
    assert!(first.has("html#LoginPage"));
    let second = browser.submit(&first, &[("LoginForm$UserName", USER)]).await;
    let third = browser.submit(&second, &[("LoginForm$Password", PASSWORD)]).await;
    let code = sandbox.one_time_code(USER).unwrap();
    let fourth = browser.submit(&third, &[("LoginForm$Input$Key", &code)]).await;
    assert!(fourth.has("#ConsentForm_Allow"));
}

#[tokio::test]
async fn a_session_ends_after_an_hour() {
    let sandbox = start().await;
    let browser = Browser::new();
    browser.sign_in(&sandbox).await;
    sandbox.advance(Duration::from_secs(3600));
    assert!(browser.open(authorize(&sandbox, &[])).await.has("html#LoginPage"));
}

#[tokio::test]
async fn consent_is_asked_once_per_app_and_can_be_refused() {
    let sandbox = start().await;
    let browser = Browser::new();
    let consent = browser.sign_in(&sandbox).await;
    let back = browser.submit(&consent, &[("ConsentForm$Refuse", "1")]).await;
    assert_eq!(back.returned("error").as_deref(), Some("access_denied"));
    assert_eq!(back.returned("state").as_deref(), Some("a state & more"));
    assert_eq!(back.returned("code"), None);
    assert!(browser.open(authorize(&sandbox, &[])).await.has("#ConsentForm_Allow"));
}

#[tokio::test]
async fn a_consent_page_is_answered_once_and_by_its_user_only() {
    let sandbox = start().await;
    let browser = Browser::new();
    let consent = browser.sign_in(&sandbox).await;
    let stranger = Browser::new();
    assert_eq!(stranger.submit(&consent, ALLOW).await.status, 500);
    // Neither may somebody else who is signed in.
    sandbox.add_user(User::new("ben@example.nl", "ben"));
    let first = stranger.open(authorize(&sandbox, &[])).await;
    let second = stranger.submit(&first, &[("LoginForm$UserName", "ben@example.nl")]).await;
    assert!(stranger.submit(&second, &[("LoginForm$Password", "ben")]).await.has("#ConsentForm_Allow"));
    assert_eq!(stranger.submit(&consent, ALLOW).await.status, 500);
    assert!(browser.submit(&consent, ALLOW).await.returned("code").is_some());
    assert_eq!(browser.submit(&consent, ALLOW).await.status, 500);
}

#[tokio::test]
async fn an_unknown_app_or_address_gets_a_page_and_no_redirect() {
    let sandbox = start().await;
    let browser = Browser::new();
    let elsewhere = format!("{REDIRECT}/");
    for wrong in [("client_id", "unknown"), ("redirect_uri", &elsewhere), ("redirect_uri", "")] {
        let page = browser.open(authorize(&sandbox, &[wrong])).await;
        assert_eq!(page.status, 400, "{wrong:?}");
        assert!(page.location.is_none());
        assert!(page.has("html#ErrorPage"));
    }
}

#[tokio::test]
async fn a_client_id_counts_with_and_without_braces() {
    let sandbox = start().await;
    let bare = APP.trim_matches(['{', '}']).to_uppercase();
    let page = Browser::new().open(authorize(&sandbox, &[("client_id", &bare)])).await;
    assert!(page.has("html#LoginPage"));
}

#[tokio::test]
async fn other_response_types_go_back_with_an_error() {
    let sandbox = start().await;
    let back = Browser::new().open(authorize(&sandbox, &[("response_type", "token")])).await;
    assert_eq!(back.returned("error").as_deref(), Some("unsupported_response_type"));
}

#[tokio::test]
async fn a_wrong_password_is_told_and_the_fifth_locks_the_account() {
    let sandbox = start().await;
    let browser = Browser::new();
    let mut page = browser.type_password(&sandbox, "wrong").await;
    assert!(page.text("#LoginForm_Input_ErrorMessages").contains("not correct"));
    for _ in 0..4 {
        page = browser.submit(&page, &[("LoginForm$Password", "wrong")]).await;
    }
    page = browser.submit(&page, &[("LoginForm$Password", PASSWORD)]).await;
    assert!(page.text("#LoginForm_Input_ErrorMessages").contains("blocked"));
    assert_eq!(sandbox.counts().wrong_passwords, 5);
}

#[tokio::test]
async fn whether_a_user_exists_is_not_told() {
    let sandbox = start().await;
    let browser = Browser::new();
    let first = browser.open(authorize(&sandbox, &[])).await;
    let second = browser.submit(&first, &[("LoginForm$UserName", "nobody@example.nl")]).await;
    let third = browser.submit(&second, &[("LoginForm$Password", PASSWORD)]).await;
    assert!(third.text("#LoginForm_Input_ErrorMessages").contains("not correct"));
}

#[tokio::test]
async fn a_one_time_code_is_accepted_once_a_period() {
    let sandbox = start().await;
    let code = sandbox.one_time_code(USER).unwrap();
    Browser::new().sign_in(&sandbox).await;

    let browser = Browser::new();
    let page = browser.type_password(&sandbox, PASSWORD).await;
    let again = browser.submit(&page, &[("LoginForm$Input$Key", &code)]).await;
    assert!(again.text("#LoginForm_Input_ErrorMessages").contains("used already"));
    assert_eq!(sandbox.counts().codes_reused, 1);

    sandbox.advance(Duration::from_secs(30));
    let next = sandbox.one_time_code(USER).unwrap();
    assert!(browser.submit(&again, &[("LoginForm$Input$Key", &next)]).await.has("#ConsentForm_Allow"));
}

#[tokio::test]
async fn a_wrong_one_time_code_is_told() {
    let sandbox = start().await;
    let browser = Browser::new();
    let page = browser.type_password(&sandbox, PASSWORD).await;
    let again = browser.submit(&page, &[("LoginForm$Input$Key", "abcdef")]).await;
    assert!(again.text("#LoginForm_Input_ErrorMessages").contains("not correct"));
    assert_eq!(sandbox.counts().sign_ins, 0);
}

#[tokio::test]
async fn a_remembered_device_needs_no_second_code() {
    let sandbox = start().await;
    let browser = Browser::new();
    let page = browser.type_password(&sandbox, PASSWORD).await;
    let code = sandbox.one_time_code(USER).unwrap();
    let fields = [("LoginForm$Input$Key", code.as_str()), ("LoginForm$RememberDevice", "on")];
    browser.submit(&page, &fields).await;
    sandbox.advance(Duration::from_secs(7200));
    assert!(browser.type_password(&sandbox, PASSWORD).await.has("#ConsentForm_Allow"));
}

#[tokio::test]
async fn a_user_without_a_one_time_secret_skips_that_page() {
    let sandbox = start().await;
    sandbox.add_user(User { consented: true, ..User::new(USER, PASSWORD) });
    let back = Browser::new().type_password(&sandbox, PASSWORD).await;
    assert!(back.returned("code").is_some());
}

#[tokio::test]
async fn hidden_fields_that_do_not_come_back_are_refused() {
    let sandbox = start().await;
    for field in ["__VIEWSTATE", "__VIEWSTATEGENERATOR", "__EVENTVALIDATION"] {
        let browser = Browser::new();
        let first = browser.open(authorize(&sandbox, &[])).await;
        let page = browser.submit(&first, &[("LoginForm$UserName", USER), (field, "forged")]).await;
        assert_eq!(page.status, 500, "{field}");
    }
    let first = Browser::new().open(authorize(&sandbox, &[])).await;
    let stranger = Browser::new().submit(&first, &[("LoginForm$UserName", USER)]).await;
    assert_eq!(stranger.status, 500);
}

#[tokio::test]
async fn the_code_page_without_a_password_starts_over() {
    let sandbox = start().await;
    let page = Browser::new().open(format!("{}/docs/TotpLogin.aspx", sandbox.url())).await;
    assert_eq!(page.url.path(), "/docs/Login.aspx");
}

#[tokio::test]
async fn a_sign_in_leads_nowhere_but_to_the_authorize_address() {
    let sandbox = start().await;
    let browser = Browser::new();
    let address = format!("{}/docs/Login.aspx?ReturnUrl=https%3A%2F%2Fevil.example%2F", sandbox.url());
    let first = browser.open(address).await;
    let second = browser.submit(&first, &[("LoginForm$UserName", USER)]).await;
    let third = browser.submit(&second, &[("LoginForm$Password", PASSWORD)]).await;
    let code = sandbox.one_time_code(USER).unwrap();
    let last = browser.submit(&third, &[("LoginForm$Input$Key", &code)]).await;
    assert_eq!(last.url.path(), "/docs/MenuPortal.aspx");
}

#[tokio::test]
async fn pages_speak_dutch_where_the_browser_does() {
    let sandbox = start().await;
    let page = Browser::new().open_dutch(authorize(&sandbox, &[])).await;
    assert_eq!(page.text("h1"), "Inloggen");
    assert!(page.has("html[lang=nl]"));
}

#[tokio::test]
async fn what_is_typed_comes_back_escaped() {
    let sandbox = start().await;
    let browser = Browser::new();
    let first = browser.open(authorize(&sandbox, &[])).await;
    let name = "\"><script>alert(1)</script>";
    let second = browser.submit(&first, &[("LoginForm$UserName", name)]).await;
    assert!(!second.has("script"));
    assert_eq!(HTTP.get(second.url).send().await.unwrap().status(), 200);
}
