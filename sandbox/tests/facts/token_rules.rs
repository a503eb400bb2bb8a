//! The token endpoint, held to what is known of Exact Online's.

use std::time::Duration;

use crate::common::{self, APP, HTTP, REDIRECT, SECRET, Told, USER, form, refresh, start, start_with};
use exact_sandbox::{Client, Options, User};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_refresh_answers_with_a_string_lifetime_and_a_new_link() {
    let sandbox = start().await;
    let issued = sandbox.issue(APP, USER);
    sandbox.advance(Duration::from_secs(570));
    let told = refresh(&sandbox, &issued.refresh_token).await;
    assert_eq!(told.status, 200);
    assert_eq!(told.body["expires_in"], "600");
    assert_eq!(told.body["token_type"], "bearer");
    assert_ne!(told.text("refresh_token"), issued.refresh_token);
    assert_ne!(told.text("access_token"), issued.access_token);
    assert_eq!(sandbox.counts().refreshes_accepted, 1);
}

#[tokio::test]
async fn a_second_too_early_is_told_so_with_the_reason_and_spends_nothing() {
    let sandbox = start().await;
    let issued = sandbox.issue(APP, USER);
    sandbox.advance(Duration::from_millis(569_999));
    let told = refresh(&sandbox, &issued.refresh_token).await;
    assert_eq!(told.status, 400);
    assert_eq!(
        told.body,
        serde_json::json!({
            "error": "access_denied",
            "error_description": "Rate limit exceeded: access_token not expired",
        })
    );
    assert!(told.reason.unwrap().starts_with("TooEarlyToRefreshTokens: "));
    sandbox.advance(Duration::from_millis(1));
    assert_eq!(refresh(&sandbox, &issued.refresh_token).await.status, 200);
    assert_eq!(sandbox.counts().too_early, 1);
}

#[tokio::test]
async fn a_spent_link_is_old_and_leaves_the_live_one_alone() {
    let sandbox = start().await;
    let first = sandbox.issue(APP, USER);
    sandbox.advance(HOUR);
    let second = refresh(&sandbox, &first.refresh_token).await.text("refresh_token");
    sandbox.advance(HOUR);
    refresh(&sandbox, &first.refresh_token).await.is_old();
    assert_eq!(refresh(&sandbox, &second).await.status, 200);
    let counts = sandbox.counts();
    assert_eq!((counts.max_presented, counts.max_accepted), (2, 1));
    assert_eq!((counts.spent_presented, counts.refused), (1, 1));
}

#[tokio::test]
async fn where_reuse_ends_the_chain_a_spent_link_takes_the_live_one_along() {
    let sandbox = start_with(Options { reuse_ends_chain: true, ..common::options() }).await;
    let first = sandbox.issue(APP, USER);
    sandbox.advance(HOUR);
    let second = refresh(&sandbox, &first.refresh_token).await.text("refresh_token");
    sandbox.advance(HOUR);
    refresh(&sandbox, &first.refresh_token).await.is_old();
    refresh(&sandbox, &second).await.is_old();
    let granted = sandbox.issue(APP, USER);
    sandbox.advance(HOUR);
    assert_eq!(refresh(&sandbox, &granted.refresh_token).await.status, 200, "a new grant mends it");
}

#[tokio::test]
async fn a_new_grant_kills_the_older_chain_of_the_same_client_and_user_only() {
    let sandbox = start().await;
    sandbox.add_user(User::new("ben@example.nl", "secret"));
    let older = sandbox.issue(APP, USER);
    let other = sandbox.issue(APP, "ben@example.nl");
    let younger = sandbox.issue(APP, USER);
    sandbox.advance(HOUR);
    refresh(&sandbox, &older.refresh_token).await.is_old();
    assert_eq!(refresh(&sandbox, &other.refresh_token).await.status, 200);
    assert_eq!(refresh(&sandbox, &younger.refresh_token).await.status, 200);
}

#[tokio::test]
async fn a_broken_chain_answers_old_refresh_token_used() {
    let sandbox = start().await;
    let issued = sandbox.issue(APP, USER);
    assert!(sandbox.break_chain(APP, USER));
    sandbox.advance(HOUR);
    refresh(&sandbox, &issued.refresh_token).await.is_old();
    assert!(!sandbox.break_chain(APP, USER));
}

#[tokio::test]
async fn thirty_idle_days_end_a_link_with_american_dates() {
    let sandbox = start().await;
    let issued = sandbox.issue(APP, USER);
    sandbox.advance(30 * 24 * HOUR - Duration::from_millis(1));
    let next = refresh(&sandbox, &issued.refresh_token).await.text("refresh_token");
    sandbox.advance(30 * 24 * HOUR + HOUR);
    let told = refresh(&sandbox, &next).await;
    assert_eq!(told.status, 400);
    assert_eq!(told.text("error"), "invalid_request");
    // The clock began at 2026-11-22 09:00:00 UTC.
    assert_eq!(
        told.text("error_description"),
        "The refresh token expired at 1/21/2027 8:59:59 AM and it is now 1/21/2027 9:59:59 AM."
    );
}

#[tokio::test]
async fn an_unknown_link_and_another_clients_link_have_the_wrong_chain() {
    let sandbox = start().await;
    sandbox.add_client(Client::new("other", "other-secret", REDIRECT));
    let issued = sandbox.issue(APP, USER);
    sandbox.advance(HOUR);
    refresh(&sandbox, "never issued").await.is_wrong_chain();
    let foreign = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &issued.refresh_token),
        ("client_id", "other"),
        ("client_secret", "other-secret"),
    ];
    form(&sandbox, &foreign).await.is_wrong_chain();
    assert_eq!(refresh(&sandbox, &issued.refresh_token).await.status, 200);
}

#[tokio::test]
async fn a_wrong_secret_is_an_invalid_client_and_spends_nothing() {
    let sandbox = start().await;
    let issued = sandbox.issue(APP, USER);
    sandbox.advance(HOUR);
    let wrong = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &issued.refresh_token),
        ("client_id", APP),
        ("client_secret", "guess"),
    ];
    let told = form(&sandbox, &wrong).await;
    assert_eq!(told.status, 400);
    assert_eq!(told.body, serde_json::json!({ "error": "invalid_client" }));
    assert_eq!(sandbox.counts().max_presented, 0);
    assert_eq!(refresh(&sandbox, &issued.refresh_token).await.status, 200);
}

#[tokio::test]
async fn basic_credentials_are_as_good_as_those_in_the_body() {
    let sandbox = start().await;
    let issued = sandbox.issue(APP, USER);
    sandbox.advance(HOUR);
    let response = HTTP
        .post(format!("{}/api/oauth2/token", sandbox.url()))
        .basic_auth(APP, Some(SECRET))
        .form(&[("grant_type", "refresh_token"), ("refresh_token", &issued.refresh_token)])
        .send()
        .await
        .unwrap();
    assert_eq!(Told::read(response).await.status, 200);
}

#[tokio::test]
async fn other_grant_types_and_bodies_are_refused() {
    let sandbox = start().await;
    let password = [("grant_type", "password"), ("client_id", APP), ("client_secret", SECRET)];
    assert_eq!(form(&sandbox, &password).await.text("error"), "unsupported_grant_type");
    let response = HTTP
        .post(format!("{}/api/oauth2/token", sandbox.url()))
        .json(&serde_json::json!({ "grant_type": "refresh_token" }))
        .send()
        .await
        .unwrap();
    assert_eq!(Told::read(response).await.text("error"), "invalid_request");
}

#[tokio::test]
async fn the_call_after_two_hundred_a_day_is_refused_until_midnight() {
    let sandbox = start_with(Options { minimum_interval: Duration::ZERO, ..common::options() }).await;
    let mut link = sandbox.issue(APP, USER).refresh_token;
    for _ in 0..200 {
        link = refresh(&sandbox, &link).await.text("refresh_token");
    }
    let told = refresh(&sandbox, &link).await;
    assert_eq!(told.status, 429);
    // Nine in the morning when the clock began.
    sandbox.advance(15 * HOUR);
    assert_eq!(refresh(&sandbox, &link).await.status, 200);
}

#[tokio::test]
async fn with_grace_the_previous_link_lives_until_the_new_one_is_used() {
    let sandbox = start_with(Options { grace: Some(Duration::from_secs(600)), ..common::options() }).await;
    let first = sandbox.issue(APP, USER).refresh_token;
    sandbox.advance(HOUR);
    let lost = refresh(&sandbox, &first).await.text("refresh_token");
    sandbox.advance(Duration::from_secs(5));
    let again = refresh(&sandbox, &first).await.text("refresh_token");
    sandbox.advance(Duration::from_secs(570));
    refresh(&sandbox, &lost).await.is_old();
    assert_eq!(refresh(&sandbox, &again).await.status, 200);
    refresh(&sandbox, &first).await.is_old();
    assert_eq!(sandbox.counts().max_accepted, 2);
}

#[tokio::test]
async fn grace_ends_with_its_time() {
    let sandbox = start_with(Options { grace: Some(Duration::from_secs(600)), ..common::options() }).await;
    let first = sandbox.issue(APP, USER).refresh_token;
    sandbox.advance(HOUR);
    assert_eq!(refresh(&sandbox, &first).await.status, 200);
    sandbox.advance(Duration::from_secs(601));
    refresh(&sandbox, &first).await.is_old();
}

#[tokio::test]
async fn the_other_reading_hides_a_spent_link_behind_too_early() {
    let sandbox = start_with(Options { early_before_spent: true, ..common::options() }).await;
    let first = sandbox.issue(APP, USER).refresh_token;
    sandbox.advance(HOUR);
    assert_eq!(refresh(&sandbox, &first).await.status, 200);
    assert_eq!(refresh(&sandbox, &first).await.text("error"), "access_denied");
    sandbox.advance(Duration::from_secs(570));
    refresh(&sandbox, &first).await.is_old();
}
