//! The classic sign-in, as the sandbox serves it.

use std::time::Duration;

use chain::RecoveryFailure;
use engine::sign_in::{Consent, Step, Walk, walk};
use exact_sandbox::{Options, Sandbox, User};

use super::companion::{Anna, clock, outcome, outcomes};
use super::sandbox::{anna, at};

async fn sandbox(user: User) -> Sandbox {
    super::sandbox::sandbox(Options::default(), user).await
}

#[tokio::test]
async fn the_whole_grant_is_walked() {
    let sandbox = sandbox(anna()).await;
    let (clock, _hand) = clock();
    let mut anna = Anna::new(&clock);
    let walked = walk(&clock, at(&sandbox), &mut anna).await;
    assert!(outcome(&walked).is_ok_and(|code| !code.is_empty()), "{:?}", walked.trace);
    assert_eq!(
        outcomes(&walked),
        [
            "led on",
            "asks for the user name",
            "asks for the password",
            "led on",
            "asks for the one-time code",
            "led on",
            "led on",
            "code in hand"
        ]
    );
    assert_eq!(
        anna.heard,
        ["Opening", "UserName", "Password", "password", "accepted", "OneTimeCode", "code", "Returning"]
    );
    assert!(walked.trace.iter().all(|trace| trace.took == Duration::ZERO));
    assert_eq!(
        walked.trace.last().map(|trace| (trace.step, trace.host.as_str())),
        Some((Step::Returning, "app.example.nl"))
    );
    assert_eq!(sandbox.counts().sign_ins, 1);
}

#[tokio::test]
async fn a_user_without_one_time_code_needs_none() {
    let sandbox = sandbox(User { totp_secret: None, ..anna() }).await;
    let (clock, _hand) = clock();
    let mut anna = Anna::new(&clock).with_secret(None);
    let walked = walk(&clock, at(&sandbox), &mut anna).await;
    assert!(outcome(&walked).is_ok());
    assert_eq!(anna.heard, ["Opening", "UserName", "Password", "password", "Returning", "accepted"]);
}

#[tokio::test]
async fn a_wrong_password_is_sent_once() {
    let sandbox = sandbox(anna()).await;
    let (clock, _hand) = clock();
    let mut anna = Anna::new(&clock).with_password("wrong");
    let walked = walk(&clock, at(&sandbox), &mut anna).await;
    assert_eq!(outcome(&walked), Err(RecoveryFailure::WrongPassword));
    assert_eq!(anna.heard, ["Opening", "UserName", "Password", "password", "refused"]);
    assert_eq!(sandbox.counts().wrong_passwords, 1);
}

#[tokio::test]
async fn a_locked_account_is_told_apart_from_a_wrong_password() {
    let sandbox = sandbox(anna()).await;
    for _ in 0..5 {
        let (clock, _hand) = clock();
        let mut anna = Anna::new(&clock).with_password("wrong");
        assert!(walk(&clock, at(&sandbox), &mut anna).await.outcome.is_err());
    }
    let (clock, _hand) = clock();
    let mut anna = Anna::new(&clock);
    let walked = walk(&clock, at(&sandbox), &mut anna).await;
    assert_eq!(outcome(&walked), Err(RecoveryFailure::AccountLocked));
    assert!(!anna.heard.contains(&"refused".to_owned()));
}

#[tokio::test]
async fn a_wrong_code_is_sent_once() {
    let sandbox = sandbox(anna()).await;
    let (clock, _hand) = clock();
    let mut anna = Anna::new(&clock).with_secret(Some("JBSWY3DPEHPK3PXPJBSWY3DP"));
    let walked = walk(&clock, at(&sandbox), &mut anna).await;
    assert_eq!(outcome(&walked), Err(RecoveryFailure::WrongCode));
    assert_eq!(anna.heard.iter().filter(|heard| *heard == "code").count(), 1);
    assert!(anna.heard.contains(&"accepted".to_owned()));
}

#[tokio::test]
async fn a_companion_that_has_no_code_ends_the_walk() {
    let sandbox = sandbox(anna()).await;
    let (clock, _hand) = clock();
    let mut anna = Anna::new(&clock).with_secret(None);
    let walked = walk(&clock, at(&sandbox), &mut anna).await;
    assert_eq!(outcome(&walked), Err(RecoveryFailure::WrongCode));
    assert_eq!(outcomes(&walked).last(), Some(&"asks for the one-time code"));
}

#[tokio::test]
async fn consent_is_left_to_a_person_unless_it_may_be_given() {
    let sandbox = sandbox(User { consented: false, ..anna() }).await;
    let (clock, hand) = clock();
    let mut anna = Anna::new(&clock);
    let walked = walk(&clock, at(&sandbox), &mut anna).await;
    assert_eq!(outcome(&walked), Err(RecoveryFailure::ConsentNeeded));
    assert_eq!(outcomes(&walked).last(), Some(&"asks for consent"));
    hand.advance(Duration::from_secs(30));
    sandbox.advance(Duration::from_secs(30));
    let walked = walk(&clock, Walk { consent: Consent::Give, ..at(&sandbox) }, &mut anna).await;
    assert!(outcome(&walked).is_ok(), "{:?}", walked.trace);
    assert!(anna.heard.contains(&"Consent".to_owned()));
}

#[tokio::test]
async fn an_app_that_is_not_known_ends_the_walk_before_anything_is_sent() {
    let sandbox = sandbox(anna()).await;
    let (clock, _hand) = clock();
    let mut anna = Anna::new(&clock);
    let mut wrong = at(&sandbox);
    wrong.start.set_query(Some("client_id=unknown"));
    let walked = walk(&clock, wrong, &mut anna).await;
    assert_eq!(outcome(&walked), Err(RecoveryFailure::PageNotUnderstood));
    assert_eq!(anna.heard, ["Opening"]);
}
