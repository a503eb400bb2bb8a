//! A row that says something impossible is nothing to those who ask for others at the same moment. These
//! stories have one thread, so that those who ask at once share one way to the store.

use std::time::Duration;

use chain::ChainId;
use engine::lend::Lent;
use engine::store::StoreError;
use engine::{BorrowError, Consumer, KeyError, ReachError};
use futures::future::join;
use sea_orm::ConnectionTrait;

use crate::issued::program::Program;
use crate::world::{ANNA, BRAM, World, on_each_store};

async fn lend(consumer: &Consumer, alias: &str) -> Result<Lent, BorrowError> {
    consumer.lend("test", alias, Some(Duration::ZERO), Duration::ZERO).await
}

/// The error of the row itself.
fn impossible(error: &StoreError) -> bool {
    match error {
        StoreError::Shared(error) => impossible(error),
        error => matches!(error, StoreError::Impossible { .. }),
    }
}

async fn spoil(world: &World, sql: &str) {
    world.engine.store().execute_unprepared(sql).await.unwrap();
}

async fn chain_of(world: &World, alias: &str) -> ChainId {
    let id = world.container(alias).await.id;
    engine::store::containers::find(world.engine.store(), id).await.unwrap().unwrap().chain.unwrap()
}

#[tokio::test]
async fn the_tokens_of_other_containers_are_lent() {
    on_each_store(async |world: World| {
        world.another("bad").await;
        world.grant(world.id().await, ANNA).await;
        world.grant(world.container("bad").await.id, BRAM).await;
        let program = Program::new(&world, None, None).await;
        let consumer = world.engine.consumer(program.key.expose(), None).await.unwrap();
        let bad = chain_of(&world, "bad").await;
        spoil(&world, &format!("UPDATE chains SET state = 'happy' WHERE id = '{bad}'")).await;
        let (good, bad) = join(lend(&consumer, "eol"), lend(&consumer, "bad")).await;
        assert!(good.is_ok());
        let Err(BorrowError::Reach(ReachError::Store(error))) = bad else { panic!("it was lent") };
        assert!(impossible(&error), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn other_keys_open_what_they_did() {
    on_each_store(async |world: World| {
        let (good, bad) = (Program::new(&world, None, None).await, Program::new(&world, None, None).await);
        let (good_token, bad_token) = (good.issue().await, bad.issue().await);
        spoil(
            &world,
            &format!(
                "UPDATE issued_tokens SET kind = 'both' WHERE family_id IN
                 (SELECT id FROM token_families WHERE consumer_id = '{}')",
                bad.id
            ),
        )
        .await;
        let opened =
            join(good.open(good_token.access_token.expose()), bad.open(bad_token.access_token.expose()));
        let (good, bad) = opened.await;
        assert!(good.is_ok());
        assert!(matches!(&bad, Err(KeyError::Store(error)) if impossible(error)), "{:?}", bad.err());
    })
    .await;
}
