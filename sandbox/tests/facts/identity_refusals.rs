//! The second sign-in generation: what it refuses, and in which words.

use std::time::Duration;

use exact_sandbox::Sandbox;
use reqwest::StatusCode;
use serde_json::json;

use crate::b2c::{self, AGENT, TENANT, code};
use crate::browser::{Browser, Page, authorize};
use crate::common::{HTTP, PASSWORD, USER};

const GOOD: &[(&str, &str)] = &[("signInName", USER), ("password", PASSWORD)];

/// A browser before the first page of the second origin.
async fn arrived() -> (Sandbox, Browser, Page) {
    let sandbox = b2c::start().await;
    let browser = Browser::new();
    let page = browser.begin(&sandbox, USER).await;
    (sandbox, browser, page)
}

#[tokio::test]
async fn the_start_page_refuses_a_token_that_it_did_not_write() {
    let sandbox = b2c::start().await;
    let browser = Browser::new();
    let start = browser.open(authorize(&sandbox, &[])).await;
    let forged = [("__RequestVerificationToken", "forged"), ("LoginForm$UserName", USER)];
    assert_eq!(browser.submit(&start, &forged).await.status, 400);
    let stranger = Browser::new().submit(&start, &[("LoginForm$UserName", USER)]).await;
    assert_eq!(stranger.status, 400);
}

#[tokio::test]
async fn the_start_page_wants_a_user_name() {
    let sandbox = b2c::start().await;
    let browser = Browser::new();
    let start = browser.open(authorize(&sandbox, &[])).await;
    let again = browser.submit(&start, &[]).await;
    assert!(again.text("#LoginForm_Input_ErrorMessages").contains("e-mail address"));
}

#[tokio::test]
async fn nobody_arrives_whom_the_first_origin_did_not_send() {
    let (sandbox, browser, page) = arrived().await;
    let bare = format!("{}{TENANT}/oauth2/v2.0/authorize", sandbox.identity_url());
    assert_eq!(browser.open(bare).await.status, 400);
    let elsewhere = page.url.as_str().replace("signin-azureb2c", "elsewhere");
    assert_eq!(browser.open(elsewhere).await.status, 400);
}

#[tokio::test]
async fn answers_want_both_headers() {
    let (_sandbox, browser, page) = arrived().await;
    for kept in ["X-CSRF-TOKEN", "X-Requested-With"] {
        let mut form = vec![("request_type", "RESPONSE")];
        form.extend(GOOD);
        let value = if kept == "X-CSRF-TOKEN" { page.setting("/csrf") } else { "XMLHttpRequest".to_owned() };
        let request = browser.client.post(page.self_asserted()).header(kept, value).form(&form);
        assert_eq!(request.send().await.unwrap().status(), StatusCode::FORBIDDEN, "{kept}");
    }
}

#[tokio::test]
async fn a_wrong_csrf_token_is_refused_twice() {
    let (sandbox, browser, page) = arrived().await;
    let forged = browser.client.post(page.self_asserted()).header("X-CSRF-TOKEN", "forged");
    let forged = forged.header("X-Requested-With", "XMLHttpRequest").form(&[("request_type", "RESPONSE")]);
    assert_eq!(forged.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    browser.tell(&page, GOOD).await;
    let address = page.confirmed().as_str().replace("csrf_token=", "csrf_token=forged");
    assert_eq!(browser.open(address).await.status, 403);
    assert_eq!(sandbox.counts().passwords_sent, 1);
}

#[tokio::test]
async fn a_wrong_transaction_or_policy_is_refused() {
    let (_sandbox, browser, page) = arrived().await;
    for (right, wrong) in [("tx=StateProperties", "tx=Other"), ("&p=B2C_1A", "&p=B2C_2B")] {
        let address = page.self_asserted().as_str().replace(right, wrong);
        assert_ne!(address, page.self_asserted().as_str());
        let request = browser.client.post(address).header("X-CSRF-TOKEN", page.setting("/csrf"));
        let request = request.header("X-Requested-With", "XMLHttpRequest").form(GOOD);
        assert_eq!(request.send().await.unwrap().status(), StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn another_browser_cannot_go_on() {
    let (_sandbox, _browser, page) = arrived().await;
    let stranger = Browser::new();
    let response = stranger.call(&page, GOOD).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_csrf_token_must_come_as_a_cookie_too() {
    let (sandbox, _browser, page) = arrived().await;
    let stranger = Browser::still();
    let transaction = format!("x-ms-cpim-trans={}", page.setting("/transId"));
    for cookies in [transaction.clone(), format!("{transaction}; x-ms-cpim-csrf=forged")] {
        let response = stranger.call(&page, GOOD).header("cookie", cookies).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
    }
    let both = format!("{transaction}; x-ms-cpim-csrf={}", page.setting("/csrf"));
    let response = stranger.call(&page, GOOD).header("cookie", both).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(sandbox.counts().passwords_sent, 1);
}

#[tokio::test]
async fn steps_out_of_order_are_refused() {
    let (_sandbox, browser, page) = arrived().await;
    assert_eq!(browser.open(page.confirmed()).await.status, 400, "not answered yet");
    assert_eq!(browser.tell(&page, GOOD).await, json!({ "status": "200" }));
    let twice = browser.call(&page, GOOD).send().await.unwrap();
    assert_eq!(twice.status(), StatusCode::BAD_REQUEST, "answered already");
    let next = browser.open(page.confirmed()).await;
    assert_eq!(next.declared(), ["userAgent"]);
    assert_eq!(browser.open(page.confirmed()).await.status, 403, "that page is over");
    let old = browser.call(&page, GOOD).send().await.unwrap();
    assert_eq!(old.status(), StatusCode::FORBIDDEN, "its token too");
}

#[tokio::test]
async fn the_way_on_is_that_of_the_page() {
    let (_sandbox, browser, page) = arrived().await;
    browser.tell(&page, GOOD).await;
    let address = page.confirmed().as_str().replace("CombinedSigninAndSignup", "SelfAsserted");
    assert_eq!(browser.open(address).await.status, 400);
}

#[tokio::test]
async fn answers_want_the_request_type_and_every_field() {
    let (sandbox, browser, page) = arrived().await;
    let request = browser.client.post(page.self_asserted()).header("X-CSRF-TOKEN", page.setting("/csrf"));
    let request = request.header("X-Requested-With", "XMLHttpRequest").form(GOOD);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::BAD_REQUEST);
    let told = browser.tell(&page, &[("password", PASSWORD)]).await;
    assert_eq!(told["status"], "400");
    assert!(told["message"].as_str().unwrap().contains("required field"));
    assert_eq!(sandbox.counts().passwords_sent, 0);
}

#[tokio::test]
async fn a_wrong_password_is_told_and_the_fifth_locks_the_account() {
    let (sandbox, browser, page) = arrived().await;
    let wrong = [("signInName", USER), ("password", "wrong")];
    for _ in 0..5 {
        let told = browser.tell(&page, &wrong).await;
        assert_eq!(told["status"], "400");
        assert_eq!(told["message"], "Your password is incorrect.");
    }
    let told = browser.tell(&page, GOOD).await;
    assert_eq!(told["status"], "400");
    assert!(told["message"].as_str().unwrap().contains("locked"), "{told}");
    assert_eq!(sandbox.sign_ins(USER).wrong_passwords, 5);
    assert!(sandbox.unlock(USER));
    assert_eq!(browser.tell(&page, GOOD).await["status"], "200");
}

#[tokio::test]
async fn a_refused_round_can_be_answered_again_but_not_left() {
    let (_sandbox, browser, page) = arrived().await;
    browser.tell(&page, &[("signInName", USER), ("password", "wrong")]).await;
    assert_eq!(browser.open(page.confirmed()).await.status, 400);
    assert_eq!(browser.answer(&page, GOOD).await.declared(), ["userAgent"]);
}

#[tokio::test]
async fn whether_a_user_exists_is_not_told() {
    let (_sandbox, browser, page) = arrived().await;
    let told = browser.tell(&page, &[("signInName", "nobody@example.nl"), ("password", PASSWORD)]).await;
    assert_eq!(told["message"], "Your password is incorrect.");
}

#[tokio::test]
async fn a_wrong_one_time_code_is_told() {
    let sandbox = b2c::start().await;
    let browser = Browser::new();
    let page = browser.reach_code(&sandbox).await;
    let told = browser.tell(&page, &code("abcdef")).await;
    assert_eq!(told["status"], "400");
    assert_eq!(told["message"], "The verification code is incorrect.");
    assert_eq!(sandbox.sign_ins(USER).wrong_codes, 1);
}

#[tokio::test]
async fn a_code_is_taken_once_a_period_whatever_the_generation() {
    let sandbox = b2c::start().await;
    let sent = sandbox.one_time_code(USER).unwrap();
    Browser::new().walk(&sandbox).await;
    let browser = Browser::new();
    let page = browser.reach_code(&sandbox).await;
    let told = browser.tell(&page, &code(&sent)).await;
    assert!(told["message"].as_str().unwrap().contains("used already"));
    assert_eq!(sandbox.sign_ins(USER).codes_reused, 1);
    sandbox.advance(Duration::from_secs(30));
    let next = sandbox.one_time_code(USER).unwrap();
    assert_eq!(browser.tell(&page, &code(&next)).await["status"], "200");
}

#[tokio::test]
async fn the_authenticator_is_not_reset_on_the_way() {
    let sandbox = b2c::start().await;
    let browser = Browser::new();
    let page = browser.reach_code(&sandbox).await;
    let mut fields = code("123456");
    fields[1].1 = "true";
    assert_eq!(browser.tell(&page, &fields).await["status"], "400");
    assert_eq!(browser.tell(&page, &fields[..1]).await["status"], "400", "the other two are wanted");
    assert_eq!(sandbox.counts().codes_sent, 0);
}

#[tokio::test]
async fn the_way_back_is_walked_once_and_by_its_browser_only() {
    let sandbox = b2c::start().await;
    let browser = Browser::new();
    let page = browser.reach_code(&sandbox).await;
    let last = browser.answer(&page, &code(&sandbox.one_time_code(USER).unwrap())).await;
    assert_eq!(browser.submit(&last, &[("state", "forged")]).await.status, 400);
    assert_eq!(browser.submit(&last, &[]).await.status, 400, "a code that was tried is gone");
    let bare = HTTP.post(format!("{}/signin-azureb2c", sandbox.url())).form(&[AGENT]).send().await.unwrap();
    assert_eq!(bare.status(), StatusCode::BAD_REQUEST);
    assert_eq!(sandbox.counts().sign_ins, 0);
}

#[tokio::test]
async fn another_browser_cannot_take_the_way_back() {
    let sandbox = b2c::start().await;
    let browser = Browser::new();
    let page = browser.reach_code(&sandbox).await;
    let last = browser.answer(&page, &code(&sandbox.one_time_code(USER).unwrap())).await;
    assert_eq!(Browser::new().submit(&last, &[]).await.status, 400);
}

#[tokio::test]
async fn refusals_speak_dutch_where_the_browser_does() {
    let (_sandbox, browser, page) = arrived().await;
    let wrong = [("signInName", USER), ("password", "wrong")];
    let told = browser.call(&page, &wrong).header("accept-language", "nl").send().await.unwrap();
    let told: serde_json::Value = told.json().await.unwrap();
    assert_eq!(told["message"], "Uw wachtwoord is onjuist.");
}
