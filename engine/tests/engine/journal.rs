//! The journal: whoever changes, removes or puts in a line behind Evergrant's back is found out.

mod tampering;

use std::time::Duration;

use engine::{Misfit, SoundJournal, VerifyError};
use sea_orm::ConnectionTrait;

use crate::world::{ANNA, World, on_each_store, on_postgres};

const DAY: Duration = Duration::from_secs(86_400);
/// Lines that making the world leaves: a database, an app registration, a container.
const MADE: u64 = 3;

/// Writes so many lines, a second apart.
async fn write(world: &World, lines: u32) {
    for line in 0..lines {
        world.operator.set_recovery_enabled(line % 2 == 1).await.unwrap();
        world.pass_seconds(1).await;
    }
}

async fn sound(world: &World) -> SoundJournal {
    let mut sound = world.engine.verify_journal().await.unwrap();
    assert_eq!(sound.len(), 1);
    sound.remove(0)
}

async fn misfit(world: &World) -> Misfit {
    match world.engine.verify_journal().await {
        Err(VerifyError::Misfit(misfit)) => misfit,
        other @ (Ok(_) | Err(VerifyError::Store(_))) => panic!("{other:?}"),
    }
}

async fn run(world: &World, sql: &str) {
    world.engine.store().execute_unprepared(sql).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_gets_its_place_and_all_of_them_fit() {
    on_each_store(async |world: World| {
        assert_eq!(sound(&world).await, SoundJournal { lines: 0, waiting: MADE, head: None });
        world.grant(world.id().await, ANNA).await;
        write(&world, 3).await;
        let waiting = sound(&world).await.waiting;
        assert!(waiting > MADE + 3, "the grant left lines, too: {waiting}");
        assert_eq!(world.engine.chain_journal().await.unwrap() as u64, waiting);
        assert_eq!(world.engine.chain_journal().await.unwrap(), 0);
        let first = sound(&world).await;
        assert_eq!((first.lines, first.waiting), (waiting, 0));

        write(&world, 1).await;
        world.engine.chain_journal().await.unwrap();
        let second = sound(&world).await;
        assert_eq!(second.lines, waiting + 1);
        assert_ne!(second.head.unwrap().1, first.head.unwrap().1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_of_a_version_without_a_chain_get_their_places_in_their_order() {
    on_each_store(async |world: World| {
        write(&world, 250).await;
        assert_eq!(world.engine.chain_journal().await.unwrap() as u64, MADE + 250);
        assert_eq!(sound(&world).await.lines, MADE + 250);
        let out_of_order = "SELECT COUNT(*) AS many FROM journal one JOIN journal other
            ON other.number = one.number + 1 WHERE other.at < one.at";
        let db = world.engine.store();
        let statement = sea_orm::Statement::from_string(db.get_database_backend(), out_of_order);
        let counted = db.query_one_raw(statement).await.unwrap().unwrap();
        assert_eq!(counted.try_get::<i64>("", "many").unwrap(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_that_give_places_at_once_make_one_chain() {
    on_postgres(async |world: World| {
        let (replica, _hand) = world.replica().await;
        for _ in 0..5 {
            write(&world, 30).await;
            // One of them waits for the other, or is told that it came second.
            let (_one, _other) = tokio::join!(world.engine.chain_journal(), replica.chain_journal());
        }
        world.engine.chain_journal().await.unwrap();
        let sound = sound(&world).await;
        assert_eq!((sound.lines, sound.waiting), (MADE + 150, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chain_outlives_the_keys_that_sealed_its_ends() {
    on_each_store(async |world: World| {
        write(&world, 3).await;
        world.engine.chain_journal().await.unwrap();
        world.engine.rotate_keys().await.unwrap();
        for _ in 0..3 {
            world.engine.reseal(u64::MAX).await.unwrap();
            world.pass(8 * DAY).await;
        }
        assert_eq!(world.engine.keys().await.unwrap().left(), 0);
        let restarted = world.restarted().await;
        write(&restarted, 1).await;
        restarted.engine.chain_journal().await.unwrap();
        assert_eq!(sound(&restarted).await.lines, MADE + 4);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_go_with_age_and_the_rest_still_fits() {
    on_each_store(async |world: World| {
        write(&world, 5).await;
        world.engine.chain_journal().await.unwrap();
        world.pass(401 * DAY).await;
        write(&world, 3).await;
        world.engine.chain_journal().await.unwrap();
        let before = sound(&world).await;
        assert_eq!(world.engine.forget_old_lines().await.unwrap() as u64, MADE + 5);
        assert_eq!(world.engine.forget_old_lines().await.unwrap(), 0);
        let after = sound(&world).await;
        assert_eq!((after.lines, after.head), (3, before.head));

        run(&world, "DELETE FROM journal WHERE number = 9").await;
        assert_eq!(misfit(&world).await, Misfit::Missing { number: 9 });
    })
    .await;
}
