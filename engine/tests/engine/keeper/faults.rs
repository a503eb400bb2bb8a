//! Every way in which an answer can fail to come, and what becomes of the chain.

use std::time::Duration;

use chain::Fault;
use engine::view::{ContainerStatus, StateName};
use exact_sandbox::{Fault as Trouble, Options};
use sea_orm::{ConnectionTrait, Statement};

use crate::world::{ANNA, World, on_each_store, on_each_store_with};

/// Authorizes, lets the token die, and refreshes into the trouble.
async fn refresh_into(world: &World, trouble: Trouble) {
    world.grant(world.id().await, ANNA).await;
    world.pass_seconds(600).await;
    world.sandbox.fail_next(trouble);
    world.operator.refresh_now(world.id().await).await.unwrap();
}

/// Lets time go on until the chain has come to rest.
async fn settle(world: &World) -> ContainerStatus {
    for _ in 0..40 {
        let status = world.until_that(|status| status.state != StateName::Spending).await;
        if matches!(status.state, StateName::Live | StateName::Broken) {
            return status;
        }
        world.pass_seconds(30).await;
    }
    world.status().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_breaks_the_chain_with_the_true_cause() {
    for trouble in
        [Trouble::AnswerLost, Trouble::Gateway500, Trouble::Html, Trouble::Empty, Trouble::Truncated]
    {
        on_each_store(async |world: World| {
            refresh_into(&world, trouble).await;
            let status = settle(&world).await;
            assert_eq!(
                (status.state, status.fault),
                (StateName::Broken, Some(Fault::AnswerLost)),
                "{trouble:?}"
            );
            let counts = world.sandbox.counts();
            assert_eq!(counts.max_accepted, 1, "{trouble:?}");
            assert!(counts.max_presented <= 3, "{trouble:?}: {}", counts.max_presented);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_never_sends_the_link_twice_where_the_profile_forbids_it() {
    on_each_store_with(Options::default(), Some(r#"{"resend_tries": 0}"#), async |world: World| {
        refresh_into(&world, Trouble::AnswerLost).await;
        let status = settle(&world).await;
        assert_eq!((status.state, status.fault), (StateName::Broken, Some(Fault::AnswerLost)));
        assert_eq!(world.sandbox.counts().max_presented, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_with_grace_gives_the_lost_answer_again() {
    let options = Options { grace: Some(Duration::from_secs(600)), ..Options::default() };
    on_each_store_with(options, None, async |world: World| {
        refresh_into(&world, Trouble::AnswerLost).await;
        let status = settle(&world).await;
        assert_eq!(status.state, StateName::Live);
        assert_eq!(status.generation, Some(2));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_reached_the_provider_leaves_the_chain_intact() {
    for trouble in [Trouble::Outage, Trouble::Outage404, Trouble::TooEarly] {
        on_each_store(async |world: World| {
            refresh_into(&world, trouble).await;
            let status = world.until(StateName::Waiting).await;
            assert!(status.fault.is_some_and(Fault::heals_by_itself), "{trouble:?}");
            let status = settle(&world).await;
            assert_eq!((status.state, status.generation), (StateName::Live, Some(2)), "{trouble:?}");
            assert_eq!(world.operator.repair_count().await.unwrap(), 0);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_connection_leaves_the_chain_intact() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        world.pass_seconds(600).await;
        world.sandbox.stop_listening().await;
        world.operator.refresh_now(world.id().await).await.unwrap();
        let status = world.until(StateName::Waiting).await;
        assert_eq!(status.fault, Some(Fault::Unreachable));
        world.sandbox.listen_again().await.unwrap();
        let status = settle(&world).await;
        assert_eq!((status.state, status.generation), (StateName::Live, Some(2)));
        assert_eq!(world.sandbox.counts().max_presented, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_after_the_deadline_is_a_lost_answer() {
    on_each_store_with(
        Options::default(),
        Some(r#"{"request_deadline": 1, "resend_tries": 0}"#),
        async |world: World| {
            refresh_into(&world, Trouble::Delayed(Duration::from_secs(3))).await;
            let status = settle(&world).await;
            assert_eq!((status.state, status.fault), (StateName::Broken, Some(Fault::AnswerLost)));
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_nobody_understands_is_kept_sealed() {
    on_each_store(async |world: World| {
        refresh_into(&world, Trouble::Html).await;
        world.until_that(|status| status.state == StateName::InDoubt).await;
        let rows = world.engine.store().query_all_raw(Statement::from_string(
            world.engine.store().get_database_backend(),
            "SELECT body FROM answers WHERE kind = 'refresh'",
        ));
        let bodies: Vec<Vec<u8>> =
            rows.await.unwrap().iter().map(|row| row.try_get("", "body").unwrap()).collect();
        assert_eq!(bodies.len(), 1);
        assert!(bodies[0].len() > 40 && !bodies[0].windows(4).any(|bytes| bytes == b"html"));
    })
    .await;
}
