//! Renew all: what a round holds, and what it tells of each grant.

use std::time::Duration;

use chain::ContainerId;
use engine::view::{RoundView, StateName, StopCame};
use engine::{Callback, GrantOutcome};

use crate::world::{ANNA, BRAM, BROWSER, CLIENT, World, on_each_store};

/// Connects a container for a user, then breaks its chain and lets Evergrant find out.
async fn broken(world: &World, alias: &str, user: &str) -> ContainerId {
    let id = world.container(alias).await.id;
    world.grant(id, user).await;
    world.sandbox.break_chain(CLIENT, user);
    world.pass_seconds(600).await;
    let mut changes = world.engine.changes();
    world.operator.refresh_now(id).await.unwrap();
    let wait = async {
        while world.container(alias).await.status.state != StateName::Broken {
            changes.recv().await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(30), wait).await.expect("it breaks");
    id
}

async fn round(world: &World) -> RoundView {
    world.operator.round().await.unwrap().unwrap()
}

fn came(round: &RoundView) -> Vec<StopCame> {
    round.stops.iter().map(|stop| stop.came.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn containers_of_one_chain_are_one_grant_and_each_user_is_asked_for() {
    on_each_store(async |world: World| {
        assert_eq!(world.operator.begin_round().await.unwrap(), None, "nothing is broken");
        let second = world.another("second").await;
        world.another("third").await;
        world.grant(second, ANNA).await;
        let eol = broken(&world, "eol", ANNA).await;
        let third = broken(&world, "third", BRAM).await;
        assert_eq!(world.operator.repairs().await.unwrap().len(), 2, "one card a chain");

        let begun = world.operator.begin_round().await.unwrap().unwrap();
        let stops: Vec<_> =
            begun.stops.iter().map(|stop| (stop.others, stop.upstream_user.clone().unwrap().name)).collect();
        assert_eq!(stops, [(1, ANNA.to_owned()), (0, BRAM.to_owned())]);
        let first = begun.next().unwrap().container;
        assert!(first == eol || first == second);

        let url = world.operator.begin_grant(first, BROWSER, None).await.unwrap();
        assert!(url.as_str().contains("force_login=1"), "the provider may still know the other one: {url}");
        let callback = world.sign_in(&url, ANNA);
        world.engine.finish_grant("exact-test", callback, BROWSER).await;
        let now = round(&world).await;
        assert_eq!((now.done(), now.next().unwrap().container), (1, third));
        assert_eq!(now.stops[0].came, StopCame::Renewed(Some(ANNA.to_owned())));
        assert_eq!(world.container("second").await.status.state, StateName::Live);

        world.grant(third, ANNA).await;
        let now = round(&world).await;
        assert_eq!(now.stops[1].came, StopCame::OtherUser(ANNA.to_owned()));
        assert!(now.stops[1].undecided);
        assert_eq!((now.next(), now.done(), now.mended()), (None, 2, 1));

        world.grant(third, BRAM).await;
        let now = round(&world).await;
        assert_eq!((now.stops[1].came.clone(), now.mended()), (StopCame::Renewed(Some(BRAM.to_owned())), 2));
        assert_eq!(world.operator.repair_count().await.unwrap(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_tells_what_was_refused_and_left_out_and_can_be_stopped() {
    on_each_store(async |world: World| {
        world.another("second").await;
        let eol = broken(&world, "eol", ANNA).await;
        let second = broken(&world, "second", BRAM).await;
        world.operator.begin_round().await.unwrap();

        let url = world.operator.begin_grant(eol, BROWSER, None).await.unwrap();
        let refused =
            Callback { code: None, error: Some("access_denied".to_owned()), ..world.sign_in(&url, ANNA) };
        let finished = world.engine.finish_grant("exact-test", refused, BROWSER).await;
        assert_eq!(finished.outcome, GrantOutcome::Cancelled);
        world.operator.skip_stop(second).await.unwrap();
        let over = round(&world).await;
        assert_eq!(came(&over), [StopCame::Cancelled, StopCame::Skipped]);
        assert_eq!((over.next(), over.done(), over.mended()), (None, 2, 0));

        world.pass_seconds(1).await;
        let again = world.operator.begin_round().await.unwrap().unwrap();
        assert_eq!(came(&again), [StopCame::Ahead, StopCame::Ahead], "both are still broken");
        world.operator.stop_round().await.unwrap();
        let stopped = round(&world).await;
        assert!(stopped.stopped_at.is_some());
        assert_eq!(stopped.next(), None);
        world.grant(second, BRAM).await;
        assert_eq!(
            came(&round(&world).await),
            [StopCame::Ahead, StopCame::Mended],
            "what is done after the end is not the round's"
        );
        let url = world.operator.begin_grant(eol, BROWSER, None).await.unwrap();
        assert!(url.as_str().contains("force_login=0"), "outside of a round nobody is asked again: {url}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_heals_in_between_needs_nobody_any_more_and_old_rounds_go() {
    on_each_store(async |world: World| {
        world.another("second").await;
        let eol = broken(&world, "eol", ANNA).await;
        broken(&world, "second", BRAM).await;
        world.operator.begin_round().await.unwrap();
        let token = world.sandbox.issue(CLIENT, ANNA).refresh_token;
        world.pass_seconds(600).await;
        world.operator.adopt(eol, engine::guard::secret::RefreshToken::new(token)).await.unwrap();
        world.until(StateName::Live).await;
        let now = round(&world).await;
        assert_eq!((now.stops[0].came.clone(), now.done()), (StopCame::Mended, 1));
        assert_eq!(now.next().unwrap().alias, "second");

        world.hand.advance(Duration::from_secs(8 * 86_400));
        world.engine.tidy().await.unwrap();
        assert_eq!(world.operator.round().await.unwrap(), None);
    })
    .await;
}
