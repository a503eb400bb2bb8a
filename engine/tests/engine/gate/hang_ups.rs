//! Whoever hangs up ends the provider's request, and moves no chain.

use engine::view::StateName;
use futures::StreamExt;

use super::world::{World, get, on_each_store};

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_nobody_waits_for_any_more_ends() {
    on_each_store(async |world: World| {
        let (engine, own) = (world.engine.clone(), world.own);
        let waiting =
            tokio::spawn(async move { engine.pass(own, get("hold")).await.map(|answer| answer.status) });
        world.upstream.until_held(1, 0).await;
        waiting.abort();
        world.upstream.until_held(1, 1).await;
        let view = world.operator.database(&world.slug).await.unwrap().unwrap();
        assert!(view.containers.iter().all(|container| container.status.state == StateName::Live));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_nobody_reads_any_more_ends() {
    on_each_store(async |world: World| {
        for (number, path) in [(1, "drip"), (2, "endless")] {
            let answer = world.engine.pass(world.own, get(path)).await.unwrap();
            let mut body = answer.body;
            assert!(!body.next().await.unwrap().unwrap().is_empty());
            world.upstream.until_held(number, number - 1).await;
            drop(body);
            world.upstream.until_held(number, number).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_stands_still_ends_after_a_while() {
    on_each_store(async |world: World| {
        let mut body = world.engine.pass(world.own, get("drip")).await.unwrap().body;
        assert_eq!(&body.next().await.unwrap().unwrap()[..], b"first");
        let (next, ()) = tokio::join!(body.next(), async {
            tokio::task::yield_now().await;
            world.hand.advance(std::time::Duration::from_secs(600));
        });
        assert!(next.unwrap().is_err());
        world.upstream.until_held(1, 1).await;
    })
    .await;
}
