//! What happens is counted: in memory at once, in the store by the hour, over all replicas together.

use std::time::Duration;

use chain::Time;
use engine::figures::{LendAnswer, RepairedBy, TokenOutcome};
use engine::view::{HourView, StateName};
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use sea_orm::ConnectionTrait;

use crate::world::{ANNA, CLIENT, START, World, on_each_store, on_postgres};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

async fn hours(world: &World) -> Vec<HourView> {
    world.engine.add_up().await.unwrap();
    world.operator.figures(Time::from_millis(START), world.engine.now() + MINUTE).await.unwrap()
}

/// The hours, once they are as wanted: what is committed is counted a moment later.
async fn hours_when(world: &World, wanted: impl Fn(&[HourView]) -> bool) -> Vec<HourView> {
    for _ in 0..10_000 {
        let hours = hours(world).await;
        if wanted(&hours) {
            return hours;
        }
        tokio::task::yield_now().await;
    }
    panic!("it was never counted: {:?}", hours(world).await)
}

/// What a scrape of this process shows.
fn scraped(world: &World) -> String {
    let mut registry = Registry::default();
    world.engine.register_figures(&mut registry);
    let mut text = String::new();
    encode(&mut text, &registry).unwrap();
    text
}

async fn lend(world: &World) -> bool {
    world.engine.lend(world.id().await, MINUTE, Duration::from_secs(30)).await.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_counted_in_its_hour() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        world.pass_seconds(600).await;
        assert!(lend(&world).await);
        world.pass_seconds(3_000).await;
        world.sandbox.break_chain(CLIENT, ANNA);
        world.operator.refresh_now(world.id().await).await.unwrap();
        let fault = world.until(StateName::Broken).await.fault.unwrap();
        hours_when(&world, |hours| hours[1].breaks_of(None) == 1).await;
        assert!(!lend(&world).await);
        world.pass_seconds(90).await;
        world.grant(world.id().await, ANNA).await;
        world.engine.sample_chains().await.unwrap();

        let hours = hours(&world).await;
        let [first, second] = &hours[..] else { panic!("{hours:?}") };
        assert_eq!(first.token_calls, [(TokenOutcome::Exchanged, 1), (TokenOutcome::Refreshed, 1)]);
        assert_eq!((first.refreshes(), first.lent(), first.breaks_of(None)), (1, 1, 0));
        assert_eq!((first.authorizations(), first.time_to_repair()), (None, None));
        assert_eq!(second.hour, first.hour + HOUR);
        assert_eq!(second.token_calls, [(TokenOutcome::Exchanged, 1), (TokenOutcome::Refused, 1)]);
        assert_eq!(second.lends, [(LendAnswer::Broken, 1)]);
        assert_eq!(second.breaks, [(fault, 1)]);
        let broken_for = Duration::from_secs(90);
        assert_eq!(second.repairs, [(RepairedBy::Person, 1, broken_for)]);
        assert_eq!((second.authorizations(), second.time_to_repair()), (Some(1), Some(broken_for)));
        let live = second.chains.iter().find(|(state, _)| *state == StateName::Live);
        assert_eq!(live, Some(&(StateName::Live, 1)));

        let shown = scraped(&world);
        for line in [
            "lends_total{answer=\"lent\"} 1",
            "lends_total{answer=\"broken\"} 1",
            "token_calls_total{outcome=\"exchanged\"} 2",
            "token_calls_total{outcome=\"no_answer\"} 0",
            &format!("breaks_total{{cause=\"{}\"}} 1", fault.code()),
            "repair_seconds_sum{by=\"person\"} 90.0",
            "token_call_seconds_count{grant=\"refresh_token\"} 2",
            "lend_seconds_count 2",
        ] {
            assert!(shown.contains(line), "{line} is not in {shown}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_counts_of_replicas_add_up() {
    on_postgres(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        let (replica, _hand) = world.replica().await;
        for _ in 0..3 {
            assert!(lend(&world).await);
            replica.lend(world.id().await, MINUTE, MINUTE).await.unwrap();
        }
        tokio::join!(async { world.engine.add_up().await.unwrap() }, async {
            replica.add_up().await.unwrap();
        });
        // Both see the same chains, which are there once.
        world.engine.sample_chains().await.unwrap();
        replica.sample_chains().await.unwrap();
        let hours = hours(&world).await;
        assert_eq!((hours[0].lent(), hours[0].authorizations()), (6, Some(1)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_store_refuses_is_added_the_next_time() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        assert!(lend(&world).await);
        let db = world.engine.store();
        db.execute_unprepared("ALTER TABLE hours RENAME TO elsewhere").await.unwrap();
        assert!(world.engine.add_up().await.is_err());
        assert!(lend(&world).await);
        db.execute_unprepared("ALTER TABLE elsewhere RENAME TO hours").await.unwrap();
        assert_eq!(hours(&world).await[0].lent(), 2);
        assert_eq!(world.engine.add_up().await.unwrap(), 0, "nothing is added twice");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_process_writes_its_figures_down() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        assert!(lend(&world).await);
        world.engine.shutdown().await;
        let world = world.restarted().await;
        assert_eq!(hours(&world).await[0].lent(), 1);
    })
    .await;
}
