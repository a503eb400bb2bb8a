//! "Test these credentials": the live chain is left alone.

use chain::RecoveryFailure;
use engine::view::{RunKind, RunOutcome, StateName};
use engine::{CredentialsForm, FormError, Problem};
use exact_sandbox::{SignInFault, SignInStep};

use super::scene::{EVA, PASSWORD, form, on_each_store};
use crate::world::{BROWSER, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_test_says_how_far_it_came_and_leaves_the_live_chain_alone() {
    on_each_store(async |world: World| {
        let tested = world.operator.test_credentials(world.id().await, form(PASSWORD)).await.unwrap();
        assert_eq!(tested.outcome, RunOutcome::CodeInHand);
        assert_eq!(tested.trace.last().unwrap().outcome, "code in hand");
        let view = world.recovery().await;
        assert!(view.stored.is_none(), "a test stores nothing");
        assert_eq!((view.runs[0].kind, view.runs[0].step), (RunKind::Test, 4));
        assert_eq!(world.sandbox.counts().token_calls, 1, "only the first grant was exchanged");
        world.pass_seconds(600).await;
        world.operator.refresh_now(world.id().await).await.unwrap();
        world.until_that(|status| status.generation == Some(2)).await;
        assert_eq!(world.status().await.state, StateName::Live);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_tells_a_wrong_password_and_blocks_nothing_that_is_stored() {
    on_each_store(async |world: World| {
        world.save(form(PASSWORD)).await;
        let tested = world.operator.test_credentials(world.id().await, form("wrong")).await.unwrap();
        assert_eq!(tested.outcome, RunOutcome::Failed(RecoveryFailure::WrongPassword));
        let stored = world.recovery().await.stored.unwrap();
        assert_eq!((stored.blocked, stored.proved), (None, false));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stored_is_tested_where_nothing_is_typed_and_proves_good() {
    on_each_store(async |world: World| {
        world.save(form(PASSWORD)).await;
        let nothing =
            CredentialsForm { user_name: None, password: None, one_time: None, days: 30, consent: false };
        let tested = world.operator.test_credentials(world.id().await, nothing).await.unwrap();
        assert_eq!(tested.outcome, RunOutcome::CodeInHand);
        assert!(world.recovery().await.stored.unwrap().proved);
        // So a lost answer to the password does not end auto-recovery.
        world.sandbox.fail_sign_in(Some(EVA), Some(SignInStep::Password), SignInFault::Closed);
        world.break_and_notice().await;
        assert_eq!(world.until_runs(2).await, RunOutcome::Failed(RecoveryFailure::ProviderDown));
        world.heals_later().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_tested_and_is_stored_then_counts_as_proven() {
    on_each_store(async |world: World| {
        world.operator.test_credentials(world.id().await, form(PASSWORD)).await.unwrap();
        world.save(form("another password")).await;
        assert!(!world.recovery().await.stored.unwrap().proved);
        world.save(form(PASSWORD)).await;
        assert!(world.recovery().await.stored.unwrap().proved);
        world.pass_seconds(900).await;
        world.save(form(PASSWORD)).await;
        assert!(!world.recovery().await.stored.unwrap().proved, "a test of long ago proves nothing");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_test_begins_while_a_person_signs_in() {
    on_each_store(async |world: World| {
        let id = world.id().await;
        world.operator.begin_grant(id, BROWSER, None).await.unwrap();
        let tested = world.operator.test_credentials(id, form(PASSWORD)).await;
        assert!(matches!(tested, Err(FormError::Invalid { problem: Problem::Busy, .. })));
        assert_eq!(world.sign_ins().requests, 0);
    })
    .await;
}
