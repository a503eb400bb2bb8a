use std::time::Duration;

use engine::issued::{Issued, RefreshError};
use futures::future::join_all;

use super::program::Program;
use crate::world::{World, on_each_store, on_postgres};

const MANY: usize = 50;

/// Those that came through, each still good or not, and the errors of the others.
async fn sort(
    program: &Program,
    outcomes: Vec<Result<Issued, RefreshError>>,
) -> (Vec<bool>, Vec<RefreshError>) {
    let (mut good, mut errors) = (Vec::new(), Vec::new());
    for outcome in outcomes {
        match outcome {
            Ok(pair) => good.push(program.introspect(pair.refresh_token.expose()).await.is_some()),
            Err(error) => errors.push(error),
        }
    }
    good.sort_unstable();
    (good, errors)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_who_use_a_refresh_token_at_once_two_get_a_pair_and_one_of_them_is_good() {
    on_each_store(async |world: World| {
        let program = Program::new(&world, None, None).await;
        let pair = program.issue().await;
        let client = program.client().await;
        let outcomes = join_all((0..MANY).map(|_| client.refresh(&pair.refresh_token, None))).await;
        let (good, errors) = sort(&program, outcomes).await;
        assert_eq!(good, [false, true], "the second one takes the place of the first one");
        assert_eq!(errors.len(), MANY - 2);
        assert!(errors.iter().all(|error| matches!(error, RefreshError::JustUsed)), "{errors:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_keep_the_same_rule() {
    on_postgres(async |world: World| {
        let here = Program::new(&world, None, None).await;
        let (engine, _hand) = world.replica().await;
        let pair = here.issue().await;
        let clients = [here.client().await, here.at(&engine).client().await];
        let asked = (0..MANY).map(|number| clients[number % 2].refresh(&pair.refresh_token, None));
        let (good, errors) = sort(&here, join_all(asked).await).await;
        assert_eq!((good.as_slice(), errors.len()), ([false, true].as_slice(), MANY - 2), "{errors:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_wait_together_each_get_a_family_of_their_own() {
    on_each_store(async |world: World| {
        let (one, other) = (Program::new(&world, None, None).await, Program::new(&world, None, None).await);
        let clients = [one.client().await, other.client().await];
        // More than one commit takes.
        let asked = (0..600).map(|number| clients[number % 2].issue(None));
        let issued: Vec<Issued> = join_all(asked).await.into_iter().map(Result::unwrap).collect();
        for (number, pair) in issued.iter().enumerate().take(20) {
            let owner = if number % 2 == 0 { one.id } else { other.id };
            assert_eq!(one.introspect(pair.access_token.expose()).await.unwrap().client, owner);
        }
        let mut texts: Vec<&str> = issued.iter().map(|pair| pair.refresh_token.expose()).collect();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), 600);
        // One family's end is nothing to the others.
        clients[0].revoke(issued[0].refresh_token.expose()).await.unwrap();
        assert!(one.introspect(issued[2].access_token.expose()).await.is_some());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_that_is_gone_gets_nothing_and_the_others_do() {
    on_each_store(async |world: World| {
        let (gone, there) =
            (Program::new(&world, None, Some(1)).await, Program::new(&world, None, None).await);
        let clients = [gone.client().await, there.client().await];
        world.hand.advance(Duration::from_secs(32 * 86_400));
        world.engine.tidy().await.unwrap();
        assert!(world.operator.consumer(gone.id).await.unwrap().is_none());
        let outcomes = join_all((0..20).map(|number| clients[number % 2].issue(None))).await;
        let came: Vec<bool> = outcomes.iter().map(Result::is_ok).collect();
        assert_eq!(came, (0..20).map(|number| number % 2 == 1).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_refuses_is_told_to_each_who_waits() {
    on_each_store(async |world: World| {
        let program = Program::new(&world, None, None).await;
        let client = program.client().await;
        world.engine.store().clone().close().await.unwrap();
        for outcome in join_all((0..20).map(|_| client.issue(None))).await {
            assert!(matches!(outcome, Err(engine::issued::IssueError::Store(_))));
        }
    })
    .await;
}
