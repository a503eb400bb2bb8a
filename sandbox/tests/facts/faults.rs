//! Every fault: what the caller sees, and whether the link was spent.

use std::time::Duration;

use exact_sandbox::{Counts, Fault, Options, Sandbox};
use serde_json::Value;

use crate::common::{self, APP, HTTP, USER, refresh, send_refresh, start, start_with};

#[test]
fn a_sandbox_is_shared_between_threads() {
    fn check<T: Send + Sync>() {}
    check::<Sandbox>();
}

/// A sandbox with a link that may be refreshed.
async fn ready() -> (Sandbox, String) {
    let sandbox = start().await;
    let link = sandbox.issue(APP, USER).refresh_token;
    sandbox.advance(Duration::from_secs(600));
    (sandbox, link)
}

async fn is_spent(sandbox: &Sandbox, link: &str) {
    assert_eq!(sandbox.counts().refreshes_accepted, 1);
    refresh(sandbox, link).await.is_old();
}

async fn is_intact(sandbox: &Sandbox, link: &str) {
    assert_eq!(sandbox.counts().refreshes_accepted, 0);
    assert_eq!(refresh(sandbox, link).await.status, 200);
}

#[tokio::test]
async fn a_lost_answer_spends_the_link_and_closes_the_connection() {
    let (sandbox, link) = ready().await;
    sandbox.fail_next(Fault::AnswerLost);
    let error = send_refresh(&sandbox, &link).await.unwrap_err();
    assert!(error.is_request() && !error.is_connect(), "{error:?}");
    is_spent(&sandbox, &link).await;
    assert_eq!(sandbox.counts().faults, 1);
}

#[tokio::test]
async fn a_delayed_answer_spends_the_link_and_misses_the_deadline() {
    let (sandbox, link) = ready().await;
    sandbox.fail_next(Fault::Delayed(Duration::from_secs(600)));
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &link),
        ("client_id", APP),
        ("client_secret", common::SECRET),
    ];
    let address = format!("{}/api/oauth2/token", sandbox.url());
    let late = HTTP.post(address).form(&fields).timeout(Duration::from_millis(250)).send().await;
    assert!(late.unwrap_err().is_timeout());
    is_spent(&sandbox, &link).await;
}

#[tokio::test]
async fn a_short_delay_still_brings_the_answer() {
    let (sandbox, link) = ready().await;
    sandbox.fail_next(Fault::Delayed(Duration::from_millis(1)));
    assert_eq!(refresh(&sandbox, &link).await.status, 200);
}

#[tokio::test]
async fn the_gateway_fails_after_the_link_was_spent() {
    let (sandbox, link) = ready().await;
    sandbox.fail_next(Fault::Gateway500);
    let told = refresh(&sandbox, &link).await;
    assert_eq!(told.status, 500);
    assert_eq!(
        told.body,
        serde_json::json!({ "fault": {
            "faultstring": "Failed to execute the ExtractVariables: ExtractAccessToken",
            "detail": { "errorcode": "steps.extractvariables.ExecutionFailed" },
        } })
    );
    is_spent(&sandbox, &link).await;
}

#[tokio::test]
async fn an_outage_never_reaches_the_provider() {
    for (fault, status) in [(Fault::Outage, 503), (Fault::Outage404, 404)] {
        let (sandbox, link) = ready().await;
        sandbox.fail_next(fault);
        let told = refresh(&sandbox, &link).await;
        assert_eq!(told.status, status);
        let code = &told.body["fault"]["detail"]["errorcode"];
        assert_eq!(code, "messaging.adaptors.http.flow.ApplicationNotFound");
        assert_eq!(sandbox.counts().max_presented, 0);
        is_intact(&sandbox, &link).await;
    }
}

#[tokio::test]
async fn html_and_an_empty_body_come_after_the_link_was_spent() {
    for fault in [Fault::Html, Fault::Empty] {
        let (sandbox, link) = ready().await;
        sandbox.fail_next(fault);
        let response = send_refresh(&sandbox, &link).await.unwrap();
        assert_eq!(response.status(), 200);
        let text = response.text().await.unwrap();
        assert_eq!(text.contains("<html>"), fault == Fault::Html);
        assert_eq!(text.is_empty(), fault == Fault::Empty);
        is_spent(&sandbox, &link).await;
    }
}

#[tokio::test]
async fn a_truncated_answer_is_half_of_the_json() {
    let (sandbox, link) = ready().await;
    sandbox.fail_next(Fault::Truncated);
    let text = send_refresh(&sandbox, &link).await.unwrap().text().await.unwrap();
    assert!(text.starts_with("{\"access_token\":\"stampNL001."));
    assert!(serde_json::from_str::<Value>(&text).is_err());
    is_spent(&sandbox, &link).await;
}

#[tokio::test]
async fn a_refused_call_is_closed_before_anything_is_read() {
    let (sandbox, link) = ready().await;
    sandbox.fail_next(Fault::Refuse);
    assert!(send_refresh(&sandbox, &link).await.is_err());
    assert_eq!(sandbox.counts().token_calls, 0);
    is_intact(&sandbox, &link).await;
}

#[tokio::test]
async fn a_sandbox_that_does_not_listen_refuses_connections() {
    let (sandbox, link) = ready().await;
    sandbox.stop_listening().await;
    assert!(send_refresh(&sandbox, &link).await.unwrap_err().is_connect());
    sandbox.listen_again().await.unwrap();
    is_intact(&sandbox, &link).await;
}

#[tokio::test]
async fn an_asked_for_invalid_client_or_too_early_spends_nothing() {
    for (fault, error) in [(Fault::InvalidClient, "invalid_client"), (Fault::TooEarly, "access_denied")] {
        let (sandbox, link) = ready().await;
        sandbox.fail_next(fault);
        let told = refresh(&sandbox, &link).await;
        assert_eq!(told.text("error"), error);
        assert_eq!(told.reason.is_some(), fault == Fault::TooEarly);
        is_intact(&sandbox, &link).await;
    }
}

#[tokio::test]
async fn faults_wait_in_line() {
    let (sandbox, link) = ready().await;
    sandbox.fail_next(Fault::Outage);
    sandbox.fail_next(Fault::InvalidClient);
    assert_eq!(refresh(&sandbox, &link).await.status, 503);
    assert_eq!(refresh(&sandbox, &link).await.status, 400);
    is_intact(&sandbox, &link).await;
}

#[tokio::test]
async fn the_same_seed_brings_the_same_faults() {
    let (first, second, other) = (run(7, 0.5).await, run(7, 0.5).await, run(8, 0.5).await);
    assert_eq!(first, second);
    assert_ne!(first, other);
    assert!(first.1.faults > 0 && first.1.faults < 40, "{first:?}");
    assert_eq!(run(7, 0.0).await.1.faults, 0);
}

/// What forty fresh chains meet at their first refresh.
async fn run(seed: u64, rate: f64) -> (Vec<Option<u16>>, Counts) {
    let sandbox = start_with(Options {
        seed: Some(seed),
        fault_rate: rate,
        random_delay: Duration::from_millis(1),
        ..common::options()
    })
    .await;
    let mut seen = Vec::new();
    for number in 0..40 {
        let link = sandbox.issue(APP, &format!("user{number}@example.nl")).refresh_token;
        sandbox.advance(Duration::from_secs(600));
        let answer = send_refresh(&sandbox, &link).await;
        seen.push(answer.ok().map(|response| response.status().as_u16()));
    }
    let counts = sandbox.counts();
    (seen, counts)
}
