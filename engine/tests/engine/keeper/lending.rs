use std::time::Duration;

use engine::lend::LendError;
use engine::view::StateName;

use crate::world::{ANNA, CLIENT, World, on_each_store};

const WAIT: Duration = Duration::from_secs(30);
const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn any_number_of_askers_cause_one_refresh() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        world.pass_seconds(600).await;
        let id = world.id().await;
        let before = world.sandbox.counts().token_calls;
        let askers: Vec<_> = (0..200)
            .map(|_| {
                let engine = world.engine.clone();
                tokio::spawn(async move { engine.lend(id, MINUTE, WAIT).await.map(|lent| lent.generation) })
            })
            .collect();
        for asker in askers {
            assert_eq!(asker.await.unwrap().unwrap(), 2);
        }
        assert_eq!(world.sandbox.counts().token_calls - before, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_forbids_to_renew_is_lent_with_what_it_has_left() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        world.pass_seconds(555).await;
        let lent = world.engine.lend(world.id().await, MINUTE, Duration::ZERO).await.unwrap();
        assert_eq!(lent.until.since(world.engine.now()), Duration::from_secs(45));
        assert_eq!(world.sandbox.counts().token_calls, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_token_is_lent_while_the_chain_is_broken() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        world.pass_seconds(575).await;
        world.sandbox.break_chain(CLIENT, ANNA);
        world.operator.refresh_now(world.id().await).await.unwrap();
        world.until(StateName::Broken).await;
        let id = world.id().await;
        assert!(world.engine.lend(id, Duration::ZERO, Duration::ZERO).await.is_ok());
        world.pass_seconds(60).await;
        assert!(matches!(world.engine.lend(id, MINUTE, WAIT).await, Err(LendError::Broken { .. })));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "a program of a consumer, with a client of its own")]
async fn the_lent_token_opens_the_provider() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        let lent = world.engine.lend(world.id().await, MINUTE, WAIT).await.unwrap();
        let url = format!("{}/api/v1/current/Me?$select=UserName", world.sandbox.url());
        let answer =
            reqwest::Client::builder().build().unwrap().get(url).bearer_auth(lent.access_token.expose());
        let answer = answer.header("accept", "application/json").send().await.unwrap();
        assert_eq!(answer.status(), 200);
    })
    .await;
}
