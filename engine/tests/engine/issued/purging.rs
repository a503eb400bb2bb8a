use engine::store::purge::{Criterion, What};
use engine::view::Went;

use super::program::{ACCESS_LIFE, Program, REFRESH_LIFE};
use crate::world::{World, on_each_store};

/// What would go now.
async fn over(world: &World) -> Vec<(What, Criterion, u64)> {
    let went = world.engine.purge_dry_run().await.unwrap();
    went.into_iter().map(|Went { what, criterion, amount }| (what, criterion, amount)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_goes_and_is_counted_by_why() {
    on_each_store(async |world: World| {
        let program = Program::new(&world, None, None).await;
        let first = program.issue().await;
        let second = program.refresh(&first.refresh_token).await.unwrap();
        program.client().await.revoke(second.access_token.expose()).await.unwrap();
        let revoked = (What::AccessToken, Criterion::Revoked, 1);
        assert_eq!(over(&world).await, [revoked]);
        world.hand.advance(ACCESS_LIFE);
        let expired = (What::AccessToken, Criterion::Expired, 1);
        assert_eq!(over(&world).await, [expired, revoked]);
        // What took another one's place is remembered for twice the life of an access token.
        world.hand.advance(ACCESS_LIFE);
        let superseded = (What::RefreshToken, Criterion::Superseded, 1);
        assert_eq!(over(&world).await, [expired, revoked, superseded]);
        world.engine.purge().await.unwrap();
        assert_eq!(over(&world).await, []);
        program.refresh(&second.refresh_token).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_family_goes_with_its_tokens() {
    on_each_store(async |world: World| {
        let program = Program::new(&world, None, None).await;
        let (ended, kept) = (program.issue().await, program.issue().await);
        program.client().await.revoke(ended.refresh_token.expose()).await.unwrap();
        let expected = [
            (What::AccessToken, Criterion::Revoked, 1),
            (What::RefreshToken, Criterion::Revoked, 1),
            (What::TokenFamily, Criterion::Orphaned, 1),
        ];
        assert_eq!(over(&world).await, expected);
        world.engine.purge().await.unwrap();
        assert_eq!(over(&world).await, []);
        program.open(kept.access_token.expose()).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_families_of_a_revoked_key_go_with_all_their_tokens() {
    on_each_store(async |world: World| {
        let (program, other) =
            (Program::new(&world, None, None).await, Program::new(&world, None, None).await);
        for _ in 0..3 {
            program.issue().await;
        }
        let kept = other.issue().await;
        world.operator.revoke_consumer(program.id).await.unwrap();
        let expected = [
            (What::AccessToken, Criterion::Revoked, 3),
            (What::RefreshToken, Criterion::Revoked, 3),
            (What::TokenFamily, Criterion::Orphaned, 3),
        ];
        assert_eq!(over(&world).await, expected);
        world.engine.purge().await.unwrap();
        assert_eq!(over(&world).await, []);
        other.open(kept.access_token.expose()).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_family_goes_with_the_last_of_its_tokens() {
    on_each_store(async |world: World| {
        let program = Program::new(&world, None, None).await;
        for _ in 0..5 {
            let pair = program.issue().await;
            program.refresh(&pair.refresh_token).await.unwrap();
        }
        world.hand.advance(REFRESH_LIFE);
        let families = (What::TokenFamily, Criterion::Orphaned, 5);
        assert!(over(&world).await.contains(&families), "long before their end");
        world.engine.purge().await.unwrap();
        assert_eq!(over(&world).await, []);
    })
    .await;
}
