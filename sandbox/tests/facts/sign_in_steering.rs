//! Sign-ins steered over HTTP.

use exact_sandbox::{Sandbox, SignInFault, SignInStep};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::common::{HTTP, PASSWORD, TOTP, USER, start};
use crate::steering::{ask, tell};

async fn refuses(sandbox: &Sandbox, path: &str, told: Value) -> String {
    let response = HTTP.post(format!("{}/sandbox/{path}", sandbox.url())).json(&told).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{path} {told}");
    response.text().await.unwrap()
}

#[tokio::test]
async fn a_sign_in_fault_is_arranged_by_name_for_a_user_and_a_step() {
    let sandbox = start().await;
    let fault = json!({ "fault": "outage503", "user": USER, "at": "one_time_code", "times": 2 });
    assert_eq!(tell(&sandbox, "sign_in_faults", fault).await, json!({ "waiting": 1 }));
    for expected in [503, 503] {
        assert_eq!(Browser::new().go(&sandbox, USER).await.unwrap().status, expected);
        sandbox.advance(std::time::Duration::from_secs(30));
    }
    let page = Browser::new().go(&sandbox, USER).await.unwrap();
    assert!(page.returned("code").is_some());
}

#[tokio::test]
async fn what_always_happens_ends_when_it_is_forgotten() {
    let sandbox = start().await;
    tell(&sandbox, "sign_in_faults", json!({ "fault": "wrong_password", "user": USER, "always": true }))
        .await;
    tell(&sandbox, "sign_in_faults", json!({ "fault": "error500", "user": "ben@example.nl" })).await;
    for _ in 0..2 {
        assert!(Browser::new().go(&sandbox, USER).await.unwrap().location.is_none());
    }
    let address = format!("{}/sandbox/sign_in_faults", sandbox.url());
    let left = HTTP.delete(format!("{address}?user={USER}")).send().await.unwrap();
    assert_eq!(left.json::<Value>().await.unwrap(), json!({ "waiting": 1 }));
    assert!(Browser::new().go(&sandbox, USER).await.unwrap().returned("code").is_some());
    let left = HTTP.delete(address).send().await.unwrap();
    assert_eq!(left.json::<Value>().await.unwrap(), json!({ "waiting": 0 }));
}

#[tokio::test]
async fn details_of_a_fault_are_told_with_it() {
    let sandbox = start().await;
    let foreign = "http://127.0.0.2:9/";
    tell(&sandbox, "sign_in_faults", json!({ "fault": "foreign_host", "address": foreign })).await;
    assert_eq!(Browser::new().go(&sandbox, USER).await.unwrap().location.unwrap().as_str(), foreign);
    tell(&sandbox, "sign_in_faults", json!({ "fault": "slow", "milliseconds": 1 })).await;
    tell(&sandbox, "sign_in_faults", json!({ "fault": "other_user", "other_user": USER })).await;
    let nobody = json!({ "fault": "other_user", "other_user": "nobody@example.nl" });
    assert!(refuses(&sandbox, "sign_in_faults", nobody).await.contains("no such other_user"));
    assert!(
        refuses(&sandbox, "sign_in_faults", json!({ "fault": "other_user" })).await.contains("other_user")
    );
}

#[tokio::test]
async fn unknown_faults_and_steps_are_refused_with_the_known_ones() {
    let sandbox = start().await;
    let text = refuses(&sandbox, "sign_in_faults", json!({ "fault": "earthquake" })).await;
    assert!(SignInFault::NAMES.iter().all(|name| text.contains(name)), "{text}");
    let text = refuses(&sandbox, "sign_in_faults", json!({ "fault": "closed", "at": "lunch" })).await;
    assert!(SignInStep::NAMES.iter().all(|(name, _)| text.contains(name)), "{text}");
}

#[tokio::test]
async fn every_sign_in_fault_has_a_name() {
    for name in SignInFault::NAMES {
        let named = SignInFault::named(name, std::time::Duration::ZERO, Some("detail"));
        assert!(named.is_some(), "{name}");
    }
    assert_eq!(SignInStep::named("password"), Some(SignInStep::Password));
}

#[tokio::test]
async fn chance_is_switched_on_and_off_while_it_runs() {
    let sandbox = start().await;
    let always = json!({ "rate": 1.0, "seed": 7, "faults": ["outage503"], "delay_milliseconds": 1 });
    tell(&sandbox, "sign_in_faults/random", always).await;
    assert_eq!(Browser::new().go(&sandbox, USER).await.unwrap().status, 503);
    tell(&sandbox, "sign_in_faults/random", json!({ "rate": 0.0 })).await;
    assert!(Browser::new().go(&sandbox, USER).await.unwrap().returned("code").is_some());
    refuses(&sandbox, "sign_in_faults/random", json!({ "rate": 1.5 })).await;
    refuses(&sandbox, "sign_in_faults/random", json!({ "rate": 0.5, "faults": ["earthquake"] })).await;
}

#[tokio::test]
async fn the_generation_is_chosen_for_all_or_for_one() {
    let sandbox = start().await;
    let before = ask(&sandbox, "generation").await;
    assert_eq!(before["generation"], "classic");
    assert_eq!(before["identity_url"], sandbox.identity_url());
    let told = json!({ "generation": "identity", "cut": "split", "user_name_field": "email",
        "user_agent": false, "extra_fields": ["news"], "lock_after": 3 });
    let after = tell(&sandbox, "generation", told).await;
    assert_eq!(after["pages"]["cut"], "split");
    assert_eq!(after["lock_after"], 3);
    assert_eq!(Browser::new().begin(&sandbox, USER).await.declared(), ["email", "news"]);

    tell(&sandbox, "generation", json!({ "generation": "classic", "user": USER })).await;
    assert_eq!(ask(&sandbox, "users").await[0]["generation"], "classic");
    assert!(Browser::new().begin(&sandbox, USER).await.has("input[type=password]"));
    refuses(&sandbox, "generation", json!({ "generation": "classic", "user": "nobody" })).await;
}

#[tokio::test]
async fn a_user_is_added_with_a_generation() {
    let sandbox = start().await;
    let user = json!({ "name": "eva@example.nl", "password": PASSWORD, "totp_secret": TOTP,
        "generation": "identity", "consented": true });
    tell(&sandbox, "users", user).await;
    let page = Browser::new().begin(&sandbox, "eva@example.nl").await;
    assert_eq!(page.declared(), ["signInName", "password"]);
}

#[tokio::test]
async fn numbers_are_read_and_accounts_unlocked() {
    let sandbox = start().await;
    tell(&sandbox, "generation", json!({ "lock_after": 1 })).await;
    tell(&sandbox, "sign_in_faults", json!({ "fault": "wrong_password", "user": USER })).await;
    Browser::new().go(&sandbox, USER).await.unwrap();
    assert_eq!(ask(&sandbox, "users").await[0]["locked"], true);
    let numbers = ask(&sandbox, "sign_ins").await;
    assert_eq!(numbers[USER]["wrong_passwords"], 1);
    assert_eq!(numbers[USER]["codes_by_period"], json!({}));

    tell(&sandbox, "unlock", json!({ "user": USER })).await;
    refuses(&sandbox, "unlock", json!({ "user": "nobody" })).await;
    assert!(Browser::new().go(&sandbox, USER).await.unwrap().returned("code").is_some());
    let numbers = ask(&sandbox, "sign_ins").await;
    let period = (sandbox.now() / 30_000).to_string();
    assert_eq!(numbers[USER]["codes_by_period"][period], 1);
    assert_eq!(ask(&sandbox, "counts").await["sign_ins"], 1);
}

#[tokio::test]
async fn the_page_arranges_sign_in_faults_with_a_form() {
    let sandbox = start().await;
    let address = format!("{}/sandbox/", sandbox.url());
    let page = HTTP.get(&address).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("/sandbox/sign_in_faults") && page.contains(&sandbox.identity_url()));
    let fields = [("fault", "captcha"), ("user", ""), ("at", ""), ("other_user", "")];
    HTTP.post(format!("{address}sign_in_faults")).form(&fields).send().await.unwrap();
    assert!(Browser::new().go(&sandbox, USER).await.unwrap().has("#CaptchaForm"));
    let fields = [("generation", "identity")];
    HTTP.post(format!("{address}generation")).form(&fields).send().await.unwrap();
    assert_eq!(ask(&sandbox, "generation").await["generation"], "identity");
}
