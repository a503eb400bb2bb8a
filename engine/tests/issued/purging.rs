use std::time::Duration;

use engine::issued::FAMILY_LIVES;
use engine::store::issued_tokens::{self, Criterion, Gone};
use engine::store::{Purge, token_families};

use crate::program::{ACCESS_LIFE, Program, REFRESH_LIFE};
use crate::world::{World, on_each_store};

const ACCESS: &str = "access_token";
const REFRESH: &str = "refresh_token";

async fn over(world: &World) -> Gone {
    issued_tokens::count_over(world.engine.store(), world.engine.now()).await.unwrap()
}

fn purge(world: &World, limit: u64) -> Purge {
    Purge { now: world.engine.now(), limit }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_goes_in_batches_and_is_counted_by_why() {
    on_each_store(async |world: World| {
        let db = world.engine.store();
        let program = Program::new(&world, None, None).await;
        let first = program.issue().await;
        let second = program.refresh(&first.refresh_token).await.unwrap();
        program.client().await.revoke(second.access_token.expose()).await.unwrap();
        assert_eq!(over(&world).await, Gone::from([((ACCESS, Criterion::Revoked), 1)]));
        world.hand.advance(ACCESS_LIFE);
        let expected = [((ACCESS, Criterion::Expired), 1), ((ACCESS, Criterion::Revoked), 1)];
        assert_eq!(over(&world).await, Gone::from(expected));
        // What took another one's place is remembered for twice the life of an access token.
        world.hand.advance(ACCESS_LIFE);
        let expected = [expected[0], expected[1], ((REFRESH, Criterion::Superseded), 1)];
        assert_eq!(over(&world).await, Gone::from(expected));
        let batch = issued_tokens::purge(db, purge(&world, 2)).await.unwrap();
        assert_eq!(batch.values().sum::<u64>(), 2);
        let rest = issued_tokens::purge(db, purge(&world, 2)).await.unwrap();
        assert_eq!(rest.values().sum::<u64>(), 1);
        assert_eq!(over(&world).await, Gone::new());
        assert_eq!(
            token_families::purge(db, purge(&world, 9)).await.unwrap(),
            token_families::Gone::default()
        );
        program.refresh(&second.refresh_token).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_family_goes_with_its_tokens() {
    on_each_store(async |world: World| {
        let db = world.engine.store();
        let program = Program::new(&world, None, None).await;
        let (ended, kept) = (program.issue().await, program.issue().await);
        program.client().await.revoke(ended.refresh_token.expose()).await.unwrap();
        assert_eq!(over(&world).await, Gone::new(), "its tokens would live on");
        let both = Gone::from([((ACCESS, Criterion::Revoked), 1), ((REFRESH, Criterion::Revoked), 1)]);
        assert_eq!(issued_tokens::count_ended(db, world.engine.now()).await.unwrap(), both);
        let families = token_families::count_over(db, world.engine.now()).await.unwrap();
        assert_eq!((families.expired, families.ended), (0, 1));
        assert_eq!(token_families::purge(db, purge(&world, 9)).await.unwrap().ended, 0, "not before them");
        assert_eq!(issued_tokens::purge_ended(db, purge(&world, 9)).await.unwrap(), both);
        assert_eq!(token_families::purge(db, purge(&world, 9)).await.unwrap().ended, 1);
        program.open(kept.access_token.expose()).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_families_of_a_revoked_key_go_in_batches() {
    on_each_store(async |world: World| {
        let db = world.engine.store();
        let (program, other) =
            (Program::new(&world, None, None).await, Program::new(&world, None, None).await);
        for _ in 0..3 {
            program.issue().await;
        }
        let kept = other.issue().await;
        world.operator.revoke_consumer(program.id).await.unwrap();
        let now = world.engine.now();
        assert_eq!(token_families::count_revoked(db, now).await.unwrap(), 3);
        assert_eq!(token_families::end_revoked(db, purge(&world, 2)).await.unwrap(), 2);
        assert_eq!(token_families::count_revoked(db, now).await.unwrap(), 1);
        world.engine.tidy().await.unwrap();
        assert_eq!(token_families::count_revoked(db, now).await.unwrap(), 0);
        assert_eq!(token_families::count_over(db, now).await.unwrap(), token_families::Gone::default());
        other.open(kept.access_token.expose()).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_when_everything_is_over() {
    on_each_store(async |world: World| {
        let db = world.engine.store();
        let program = Program::new(&world, None, None).await;
        for _ in 0..5 {
            let pair = program.issue().await;
            program.refresh(&pair.refresh_token).await.unwrap();
        }
        world.hand.advance(REFRESH_LIFE * FAMILY_LIVES - Duration::from_millis(1));
        world.engine.tidy().await.unwrap();
        let later = world.engine.now() + Duration::from_millis(1);
        assert_eq!(token_families::count_over(db, later).await.unwrap().expired, 5);
        world.hand.advance(Duration::from_millis(1));
        world.engine.tidy().await.unwrap();
        assert_eq!(token_families::count_over(db, later).await.unwrap(), token_families::Gone::default());
        assert_eq!(over(&world).await, Gone::new());
    })
    .await;
}
