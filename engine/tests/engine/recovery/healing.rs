use std::time::Duration;

use engine::view::{RunOutcome, StateName};
use exact_sandbox::{Cut, Generation, IdentityPages, Options};

use super::scene::{EVA, PASSWORD, form, on_each_store, on_each_store_of};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_chain_heals_without_anybody() {
    on_each_store(async |world: World| {
        world.save(form(PASSWORD)).await;
        world.break_and_notice().await;
        let status = world.until_that(|status| status.generation == Some(2)).await;
        assert_eq!(status.state, StateName::Live);
        assert_eq!(world.until_runs(1).await, RunOutcome::Recovered);
        assert_eq!(world.operator.repair_count().await.unwrap(), 0);
        let view = world.recovery().await;
        let stored = view.stored.unwrap();
        assert!(stored.proved && stored.blocked.is_none());
        assert_eq!((stored.uses, stored.last_recovery.is_some()), (1, true));
        assert_eq!(view.runs[0].step, 5);
        let steps: Vec<_> = view.runs[0].trace.iter().map(|line| line.step.as_str()).collect();
        for step in ["opening", "user_name", "password", "one_time_code", "returning"] {
            assert!(steps.contains(&step), "{step} in {steps:?}");
        }
        let lent = world.engine.lend(world.id().await, Duration::from_secs(60), Duration::ZERO).await;
        assert!(lent.is_ok(), "the rebuilt chain lends");
        assert_eq!(world.container("eol").await.upstream_user.unwrap().name, EVA);
        let sign_ins = world.sign_ins();
        assert_eq!((sign_ins.passwords, sign_ins.wrong_passwords, sign_ins.codes), (1, 0, 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newer_pages_are_walked_too_however_they_are_cut() {
    for cut in [Cut::Combined, Cut::Split] {
        let pages = IdentityPages { cut, ..IdentityPages::default() };
        let options =
            Options { generation: Generation::Identity, identity_pages: pages, ..Options::default() };
        on_each_store_of(options, async |world: World| {
            world.save(form(PASSWORD)).await;
            world.break_and_notice().await;
            world.until_that(|status| status.generation == Some(2)).await;
            assert_eq!(world.until_runs(1).await, RunOutcome::Recovered);
            let requests = world.recovery().await.runs[0].trace.len();
            assert!((10..=20).contains(&requests), "{requests} requests");
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_that_is_broken_already_heals_when_its_sign_in_is_stored() {
    on_each_store(async |world: World| {
        world.break_and_notice().await;
        world.until(StateName::Broken).await;
        assert_eq!(world.operator.repair_count().await.unwrap(), 1);
        world.save(form(PASSWORD)).await;
        world.until(StateName::Live).await;
        assert_eq!(world.operator.repair_count().await.unwrap(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_heals_again_and_again_and_no_code_is_used_twice() {
    on_each_store(async |world: World| {
        world.save(form(PASSWORD)).await;
        for round in 1..=3 {
            world.break_and_notice().await;
            world.until_that(|status| status.generation == Some(round + 1)).await;
        }
        let sign_ins = world.sign_ins();
        assert_eq!((sign_ins.codes, sign_ins.codes_reused, sign_ins.wrong_codes), (3, 0, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_ends_leaves_the_run_to_the_next_one() {
    on_each_store(async |world: World| {
        world.save(form(PASSWORD)).await;
        // Accepted once: it may be sent again whatever becomes of the next answer.
        world.break_and_notice().await;
        world.until_that(|status| status.generation == Some(2)).await;
        let slow = exact_sandbox::SignInFault::Slow(Duration::from_secs(20));
        world.sandbox.fail_sign_in(Some(EVA), Some(exact_sandbox::SignInStep::Password), slow);
        world.break_and_notice().await;
        while world.sign_ins().passwords < 2 {
            tokio::task::yield_now().await;
        }
        world.engine.shutdown().await;
        assert_eq!(world.status().await.state, StateName::Broken);
        let world = world.restarted().await;
        world.heals_later().await;
        assert_eq!(world.sign_ins().wrong_passwords, 0);
    })
    .await;
}
