//! Received is kept: whatever the store does, and whoever else is there.

use std::time::Duration;

use chain::ContainerId;
use engine::Engine;
use engine::view::StateName;
use sea_orm::ConnectionTrait;

use crate::world::{ANNA, World, on_each_store, on_postgres};

#[tokio::test(flavor = "multi_thread")]
async fn a_received_link_outlives_a_store_that_refuses() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        world.pass_seconds(600).await;
        let db = world.engine.store();
        db.execute_unprepared("ALTER TABLE answers RENAME TO answers_away").await.unwrap();
        world.operator.refresh_now(world.id().await).await.unwrap();
        // The answer comes, finds no place in the store, and is spooled at once.
        let spooled = async {
            while world.spooled() == 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), spooled).await.expect("the answer is spooled");
        assert_eq!(world.status().await.state, StateName::Spending);
        db.execute_unprepared("ALTER TABLE answers_away RENAME TO answers").await.unwrap();
        world.engine.take_up().await.unwrap();
        let status = world.until(StateName::Live).await;
        assert_eq!(status.generation, Some(2));
        assert_eq!(world.spooled(), 0);
        assert_eq!(world.sandbox.counts().max_presented, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_cause_one_refresh() {
    on_postgres(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        world.pass_seconds(600).await;
        let (other, other_hand) = world.replica().await;
        let id = world.id().await;
        let before = world.sandbox.counts().token_calls;
        let ask = |engine: &Engine, id: ContainerId| {
            let engine = engine.clone();
            tokio::spawn(async move {
                let minute = Duration::from_secs(60);
                engine.lend(id, minute, Duration::from_secs(30)).await.map(|lent| lent.generation)
            })
        };
        let askers: Vec<_> =
            (0..40).map(|n| ask(if n % 2 == 0 { &world.engine } else { &other }, id)).collect();
        let time = async {
            loop {
                // The other replica sees the new link when it looks again.
                world.hand.advance(Duration::from_millis(10));
                other_hand.advance(Duration::from_millis(10));
                tokio::time::timeout(Duration::from_millis(10), std::future::pending::<()>()).await.ok();
            }
        };
        let all = async {
            for asker in askers {
                assert_eq!(asker.await.unwrap().unwrap(), 2);
            }
        };
        tokio::select! {
            () = all => {}
            () = time => {}
        }
        assert_eq!(world.sandbox.counts().token_calls - before, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_hears_at_once_what_another_one_changed() {
    on_postgres(async |world: World| {
        let (other, _) = world.replica().await;
        world.engine.start().await.unwrap();
        other.start().await.unwrap();
        // No clock moves, so nobody comes to look again.
        let told = async {
            world.engine.hears_replicas().await;
            other.hears_replicas().await;
            let (mut here, mut there) = (world.engine.changes(), other.changes());
            world.grant(world.id().await, ANNA).await;
            let changed = here.recv().await.unwrap();
            while there.recv().await.unwrap() != changed {}
        };
        tokio::time::timeout(Duration::from_secs(30), told).await.expect("the other replica is told");
        other.shutdown().await;
        world.engine.shutdown().await;
    })
    .await;
}
