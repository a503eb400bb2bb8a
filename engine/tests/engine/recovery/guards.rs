//! What keeps a run from beginning, or from going on.

use std::time::Duration;

use engine::guard::one_time;
use engine::guard::secret::RefreshToken;
use engine::view::{RunOutcome, StateName};

use super::scene::{PASSWORD, form, on_each_store};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn the_switch_stops_every_run_and_starts_what_waits() {
    on_each_store(async |world: World| {
        world.save(form(PASSWORD)).await;
        world.operator.set_recovery_enabled(false).await.unwrap();
        world.break_and_notice().await;
        world.until(StateName::Broken).await;
        world.pass_seconds(86_400 * 2).await;
        assert_eq!((world.recovery().await.runs.len(), world.sign_ins().requests), (0, 0));
        world.operator.set_recovery_enabled(true).await.unwrap();
        world.until(StateName::Live).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_ended_are_not_used() {
    on_each_store(async |world: World| {
        world.save(form(PASSWORD)).await;
        world.sandbox.break_chain(crate::world::CLIENT, super::scene::EVA);
        // Nobody tidied: the rows are still there.
        world.pass_seconds(86_400 * 30).await;
        world.until(StateName::Broken).await;
        assert_eq!(world.sign_ins().requests, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_waits_for_a_code_that_lives_long_enough_and_was_never_sent() {
    on_each_store(async |world: World| {
        world.save(form(PASSWORD)).await;
        world.sandbox.break_chain(crate::world::CLIENT, super::scene::EVA);
        world.pass_seconds(600 + 25).await;
        world.operator.refresh_now(world.id().await).await.unwrap();
        assert_eq!(one_time::left(world.engine.now()), Duration::from_secs(5));
        while world.recovery().await.running.is_none_or(|run| run.step < 3) {
            tokio::task::yield_now().await;
        }
        assert_eq!((world.status().await.state, world.sign_ins().codes), (StateName::Recovering, 0));
        world.pass_seconds(5).await;
        world.until(StateName::Live).await;
        // A test within the same period waits for the next one.
        world.until_runs(1).await;
        let (operator, id) = (world.operator.clone(), world.id().await);
        let testing = tokio::spawn(async move { operator.test_credentials(id, form(PASSWORD)).await });
        while world.recovery().await.running.is_none_or(|run| run.step < 3) {
            tokio::task::yield_now().await;
        }
        assert_eq!(world.sign_ins().codes, 1);
        world.pass_seconds(30).await;
        assert_eq!(testing.await.unwrap().unwrap().outcome, RunOutcome::CodeInHand);
        assert_eq!((world.sign_ins().codes, world.sign_ins().codes_reused), (2, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_follows_its_chain_into_the_one_that_it_is_joined_with() {
    on_each_store(async |world: World| {
        let second = world.another("second").await;
        let token = world.sandbox.issue(crate::world::CLIENT, super::scene::EVA).refresh_token;
        // Nobody answers: whose token it is stays unknown for now.
        world.sandbox.stop_listening().await;
        world.operator.adopt(second, RefreshToken::new(token)).await.unwrap();
        world.operator.save_credentials(second, form(PASSWORD)).await.unwrap();
        assert!(world.recovery().await.stored.is_none(), "the first container has a chain of its own");
        world.sandbox.listen_again().await.unwrap();
        let mut changes = world.engine.changes();
        for _ in 0..200 {
            if world.container("second").await.shared_with == 1 {
                break;
            }
            world.pass_seconds(30).await;
            let _ = tokio::time::timeout(Duration::from_millis(100), changes.recv()).await;
        }
        assert_eq!(world.container("second").await.shared_with, 1, "one user, one chain");
        assert!(world.recovery().await.stored.is_some());
        world.break_and_notice().await;
        world.until_runs(1).await;
        world.until(StateName::Live).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_walk_one_run() {
    crate::world::on_postgres_with(Some(super::scene::TIMING), async |world: World| {
        super::scene::prepare(&world).await;
        world.save(form(PASSWORD)).await;
        let (replica, hand) = world.replica().await;
        world.sandbox.break_chain(crate::world::CLIENT, super::scene::EVA);
        world.sandbox.advance(Duration::from_secs(600));
        world.hand.advance(Duration::from_secs(600));
        hand.advance(Duration::from_secs(600));
        let refresh = world.operator.refresh_now(world.id().await);
        let (asked, woken) = tokio::join!(refresh, replica.wake_due());
        asked.unwrap();
        woken.unwrap();
        world.until_that(|status| status.generation == Some(2)).await;
        assert_eq!(world.until_runs(1).await, RunOutcome::Recovered);
        assert_eq!((world.sign_ins().passwords, world.recovery().await.runs.len()), (1, 1));
    })
    .await;
}
