//! Every way in which a run fails, what is made of it, and how the chain comes back.

use chain::RecoveryFailure;
use engine::view::{RunOutcome, StateName};
use exact_sandbox::{Generation, Options, SignInFault, SignInStep};

use super::scene::{EVA, PASSWORD, form, on_each_store, on_each_store_of};
use crate::world::{BRAM, World};

fn faults() -> Vec<(Option<SignInStep>, SignInFault, RecoveryFailure)> {
    let foreign = SignInFault::ForeignHost(SignInFault::FOREIGN_ADDRESS.to_owned());
    vec![
        (None, SignInFault::WrongCode, RecoveryFailure::WrongCode),
        (None, SignInFault::Consent, RecoveryFailure::ConsentNeeded),
        (Some(SignInStep::Password), SignInFault::Captcha, RecoveryFailure::Captcha),
        (Some(SignInStep::UserName), SignInFault::UnknownPage, RecoveryFailure::PageNotUnderstood),
        (Some(SignInStep::UserName), foreign, RecoveryFailure::LeftTheProvider),
        (Some(SignInStep::UserName), SignInFault::Loop, RecoveryFailure::Endless),
        (Some(SignInStep::UserName), SignInFault::Error500, RecoveryFailure::ProviderDown),
        (Some(SignInStep::Password), SignInFault::Outage503, RecoveryFailure::ProviderDown),
        (Some(SignInStep::Password), SignInFault::Closed, RecoveryFailure::ProviderDown),
        (Some(SignInStep::OneTimeCode), SignInFault::Closed, RecoveryFailure::ProviderDown),
        (None, SignInFault::Locked, RecoveryFailure::AccountLocked),
    ]
}

async fn every_fault(world: World) {
    world.save(form(PASSWORD)).await;
    // The password proves good first.
    world.break_and_notice().await;
    world.until_runs(1).await;
    let mut runs = 1;
    for (step, fault, failure) in faults() {
        world.sandbox.fail_sign_in(Some(EVA), step, fault.clone());
        world.break_and_notice().await;
        runs += 1;
        assert_eq!(world.until_runs(runs).await, RunOutcome::Failed(failure), "{fault:?} at {step:?}");
        let status = world.until(StateName::Broken).await;
        assert!(status.fault.is_some());
        assert_eq!(world.operator.repair_count().await.unwrap(), 1, "a person may help, too");
        world.sandbox.forget_sign_in_faults();
        world.sandbox.unlock(EVA);
        world.heals_later().await;
        runs += 1;
        assert_eq!(world.until_runs(runs.min(20)).await, RunOutcome::Recovered, "after {fault:?}");
        if runs >= 19 {
            break;
        }
    }
    let sign_ins = world.sign_ins();
    assert_eq!((sign_ins.wrong_passwords, sign_ins.codes_reused), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_failure_of_the_older_pages_has_a_name_and_heals_once_it_is_over() {
    on_each_store(every_fault).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_failure_of_the_newer_pages_has_a_name_and_heals_once_it_is_over() {
    let options = Options { generation: Generation::Identity, ..Options::default() };
    on_each_store_of(options, every_fault).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_sent_once_until_it_is_replaced() {
    on_each_store(async |world: World| {
        world.save(form("not eva's password")).await;
        world.break_and_notice().await;
        let wrong = RunOutcome::Failed(RecoveryFailure::WrongPassword);
        assert_eq!(world.until_runs(1).await, wrong);
        world.until(StateName::Broken).await;
        let stored = world.recovery().await.stored.unwrap();
        assert_eq!((stored.blocked, stored.next_run), (Some(RecoveryFailure::WrongPassword), None));
        for _ in 0..5 {
            world.pass_seconds(86_400).await;
        }
        assert_eq!(world.sign_ins().wrong_passwords, 1);
        world.save(form(PASSWORD)).await;
        world.until(StateName::Live).await;
        assert_eq!(world.sign_ins().wrong_passwords, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_was_never_accepted_and_got_no_answer_is_not_sent_again() {
    on_each_store(async |world: World| {
        world.save(form("perhaps eva's password")).await;
        world.sandbox.fail_sign_in(Some(EVA), Some(SignInStep::Password), SignInFault::Closed);
        world.break_and_notice().await;
        let unanswered = RunOutcome::Failed(RecoveryFailure::PasswordUnanswered);
        assert_eq!(world.until_runs(1).await, unanswered);
        for _ in 0..3 {
            world.pass_seconds(86_400).await;
        }
        assert_eq!(world.status().await.state, StateName::Broken);
        assert_eq!(world.sign_ins().passwords, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_users_link_goes_to_that_users_own_chain() {
    on_each_store(async |world: World| {
        let second = world.another("second").await;
        world.grant(second, BRAM).await;
        world.save(form(PASSWORD)).await;
        world.sandbox.fail_sign_in(Some(EVA), None, SignInFault::OtherUser(BRAM.to_owned()));
        world.break_and_notice().await;
        assert_eq!(world.until_runs(1).await, RunOutcome::Failed(RecoveryFailure::WrongUser));
        let bram = world.container("second").await;
        assert_eq!(bram.upstream_user.unwrap().name, BRAM);
        assert_eq!(bram.status.state, StateName::Live);
        // Bram's older link died with the run's grant: the newer one is what is refreshed.
        world.pass_seconds(600).await;
        world.operator.refresh_now(second).await.unwrap();
        let mut changes = world.engine.changes();
        while world.container("second").await.status.generation < Some(3) {
            changes.recv().await.unwrap();
        }
        let eva = world.container("eol").await;
        assert_eq!(eva.upstream_user.unwrap().name, EVA);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_refused_at_the_provider_holds_nothing_up() {
    on_each_store(async |world: World| {
        world.save(form(PASSWORD)).await;
        let url = world.operator.begin_grant(world.id().await, crate::world::BROWSER, None).await.unwrap();
        let refused = engine::Callback {
            code: None,
            error: Some("access_denied".to_owned()),
            ..world.sign_in(&url, EVA)
        };
        world.engine.finish_grant("exact-test", refused, crate::world::BROWSER).await;
        world.break_and_notice().await;
        assert_eq!(world.until_runs(1).await, RunOutcome::Recovered);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_is_signing_in_goes_first() {
    on_each_store(async |world: World| {
        world.save(form(PASSWORD)).await;
        let url = world.operator.begin_grant(world.id().await, crate::world::BROWSER, None).await.unwrap();
        world.break_and_notice().await;
        assert_eq!(world.until_runs(1).await, RunOutcome::Failed(RecoveryFailure::GrantInFlight));
        assert_eq!(world.sign_ins().passwords, 0);
        let callback = world.sign_in(&url, EVA);
        world.engine.finish_grant("exact-test", callback, crate::world::BROWSER).await;
        world.until(StateName::Live).await;
    })
    .await;
}
