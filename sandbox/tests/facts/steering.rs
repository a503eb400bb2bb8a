//! The same verbs over HTTP.

use std::time::Duration;

use exact_sandbox::{Options, Sandbox};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::browser::{Browser, authorize};
use crate::common::{self, APP, HTTP, PASSWORD, START, TOTP, USER, refresh, start};

pub async fn tell(sandbox: &Sandbox, path: &str, told: Value) -> Value {
    let response = HTTP.post(format!("{}/sandbox/{path}", sandbox.url())).json(&told).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path} {told}");
    response.json().await.unwrap()
}

pub async fn ask(sandbox: &Sandbox, path: &str) -> Value {
    let response = HTTP.get(format!("{}/sandbox/{path}", sandbox.url())).send().await.unwrap();
    response.json().await.unwrap()
}

#[tokio::test]
async fn the_clock_is_read_and_moved() {
    let sandbox = start().await;
    tell(&sandbox, "clock", json!({ "advance_seconds": 60 })).await;
    let clock = ask(&sandbox, "clock").await;
    assert_eq!(clock, json!({ "now": START + 60_000, "at": "2026-11-22T09:01:00Z" }));
}

#[tokio::test]
async fn users_apps_and_companies_are_added_and_used() {
    let sandbox = Sandbox::start(common::options()).await.unwrap();
    let redirect = common::REDIRECT;
    tell(&sandbox, "clients", json!({ "id": APP, "secret": common::SECRET, "redirect_uris": [redirect] }))
        .await;
    tell(&sandbox, "companies", json!({ "division": 7, "name": "Seven", "accounts": 1 })).await;
    let user = json!({
        "name": USER, "password": PASSWORD, "totp_secret": TOTP, "divisions": [7], "consented": true,
    });
    tell(&sandbox, "users", user).await;
    let users = ask(&sandbox, "users").await;
    assert_eq!(users[0]["one_time_code"].as_str(), sandbox.one_time_code(USER).as_deref());
    assert!(Browser::new().sign_in(&sandbox).await.returned("code").is_some());
}

#[tokio::test]
async fn a_chain_is_issued_broken_and_counted() {
    let sandbox = start().await;
    let whose = json!({ "client_id": APP, "user": USER });
    let issued = tell(&sandbox, "issue", whose.clone()).await;
    assert_eq!(tell(&sandbox, "break", whose).await, json!({ "broken": true }));
    refresh(&sandbox, issued["refresh_token"].as_str().unwrap()).await.is_old();
    assert_eq!(ask(&sandbox, "counts").await["spent_presented"], 1);
}

#[tokio::test]
async fn faults_are_arranged_by_name_and_forgotten() {
    let sandbox = start().await;
    let link = sandbox.issue(APP, USER).refresh_token;
    sandbox.advance(Duration::from_secs(600));
    tell(&sandbox, "faults", json!({ "fault": "outage", "times": 3 })).await;
    assert_eq!(refresh(&sandbox, &link).await.status, 503);
    HTTP.delete(format!("{}/sandbox/faults", sandbox.url())).send().await.unwrap();
    assert_eq!(refresh(&sandbox, &link).await.status, 200);
    let address = format!("{}/sandbox/faults", sandbox.url());
    let wrong = HTTP.post(address).json(&json!({ "fault": "earthquake" })).send().await.unwrap();
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST);
    assert!(wrong.text().await.unwrap().contains("answer_lost"));
}

#[tokio::test]
async fn every_fault_has_a_name() {
    for name in exact_sandbox::Fault::NAMES {
        assert!(exact_sandbox::Fault::named(name, Duration::ZERO).is_some(), "{name}");
    }
}

#[tokio::test]
async fn connections_are_refused_for_a_while() {
    let sandbox = start().await;
    tell(&sandbox, "faults", json!({ "fault": "connection_refused", "seconds": 3600 })).await;
    let address = format!("{}/sandbox/clock", sandbox.url());
    // The answer to the wish is sent first, so the door may still be open for a moment.
    let refused = async {
        loop {
            match HTTP.get(&address).send().await {
                Ok(_) => tokio::task::yield_now().await,
                Err(error) => break error,
            }
        }
    };
    let error = tokio::time::timeout(Duration::from_secs(10), refused).await.unwrap();
    assert!(error.is_connect() || error.is_request(), "{error:?}");
}

#[tokio::test]
async fn lifetimes_change_while_it_runs() {
    let sandbox = start().await;
    let answer =
        tell(&sandbox, "lifetimes", json!({ "access_seconds": 60, "minimum_interval_seconds": 50 })).await;
    assert_eq!(answer["idle_seconds"], 30 * 24 * 3600);
    let link = sandbox.issue(APP, USER).refresh_token;
    sandbox.advance(Duration::from_secs(50));
    let told = refresh(&sandbox, &link).await;
    assert_eq!(told.text("expires_in"), "60");
}

#[tokio::test]
async fn the_page_shows_users_and_takes_forms() {
    let sandbox = start().await;
    sandbox.issue(APP, USER);
    let browser = Browser::new();
    let page = browser.open(sandbox.url()).await;
    let code = sandbox.one_time_code(USER).unwrap();
    for shown in [USER, PASSWORD, &code, APP] {
        assert!(page.html.contains(shown), "{shown}");
    }
    let response = HTTP
        .post(format!("{}/sandbox/break", sandbox.url()))
        .form(&[("client_id", APP), ("user", USER)])
        .send()
        .await
        .unwrap();
    assert_eq!(response.url().path(), "/sandbox/");
    assert!(!sandbox.break_chain(APP, USER), "it was broken by the form");
}

#[tokio::test]
async fn an_open_sandbox_lets_any_app_in() {
    let sandbox = Sandbox::start(Options { open_clients: true, ..common::options() }).await.unwrap();
    let page = Browser::new().open(authorize(&sandbox, &[])).await;
    assert!(page.has("html#LoginPage"));
    let link = sandbox.issue(APP, USER).refresh_token;
    sandbox.advance(Duration::from_secs(600));
    assert_eq!(refresh(&sandbox, &link).await.status, 200);
}

#[tokio::test]
async fn a_dropped_sandbox_does_not_answer() {
    let sandbox = start().await;
    let address = format!("{}/sandbox/clock", sandbox.url());
    assert!(HTTP.get(&address).send().await.is_ok());
    drop(sandbox);
    tokio::task::yield_now().await;
    assert!(HTTP.get(&address).send().await.is_err());
}
