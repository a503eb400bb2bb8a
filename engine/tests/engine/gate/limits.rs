use std::sync::Arc;
use std::time::Duration;

use engine::gate::{GateError, HeldBy};
use futures::future::join_all;
use sea_orm::ConnectionTrait;

use super::world::{World, get, on_each_store, on_each_store_with};

const DIVISIONS: &str = "100001/system/Divisions?$select=Code";

#[tokio::test(flavor = "multi_thread")]
async fn the_gate_says_no_before_the_provider_would() {
    on_each_store(async |world: World| {
        let mut passed = 0;
        let held = loop {
            match world.try_get(world.exact, DIVISIONS).await {
                Ok(answer) => assert_eq!(answer.status, 200, "the provider refused number {passed}"),
                Err(error) => break error,
            }
            passed += 1;
            assert!(passed <= 60);
        };
        // The probes of the grants were calls of this minute, too.
        assert!(passed >= 55, "{passed}");
        let GateError::Held { by: HeldBy::Minute, retry_after } = held else { panic!("{held:?}") };
        assert_eq!(retry_after, Duration::from_secs(60));
        world.pass_seconds(59);
        assert!(world.try_get(world.exact, DIVISIONS).await.is_err());
        world.pass_seconds(1);
        assert_eq!(world.get(world.exact, DIVISIONS).await.status, 200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_and_on_two_replicas_share_one_allowance() {
    let timing = r#"{"calls_a_minute":25,"minimum_interval":570,"access_lifetime":600}"#;
    on_each_store_with(Some(timing), async |world: World| {
        let mut engines = vec![world.engine.clone()];
        let mut hands = Vec::new();
        if world.is_shared() {
            let (replica, hand) = world.replica().await;
            engines.push(replica);
            hands.push(hand);
        }
        let asked = (0..80).map(|number| {
            let (engine, own) = (engines[number % engines.len()].clone(), world.own);
            tokio::spawn(async move { engine.pass(own, get("number")).await.map(|answer| answer.status) })
        });
        let answers = join_all(asked).await;
        let passed = answers.iter().filter(|answer| matches!(answer, Ok(Ok(_)))).count();
        let held = answers
            .iter()
            .filter(|answer| matches!(answer, Ok(Err(GateError::Held { by: HeldBy::Minute, .. }))));
        assert_eq!(passed + held.count(), 80);
        assert_eq!(world.upstream.count("/v2/number") as usize, passed);
        // What one process took and did not need is the other's loss, but never more than a portion.
        assert!((20..=25).contains(&passed), "{passed}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_process_took_and_did_not_need_is_given_back_at_its_end() {
    let timing = r#"{"calls_a_minute":60,"calls_a_day":600,"minimum_interval":570,"access_lifetime":600}"#;
    on_each_store_with(Some(timing), async |world: World| {
        for _ in 0..3 {
            world.get(world.own, "number").await;
        }
        let taken = async || {
            let db = world.engine.store();
            let sql = "SELECT span, spent FROM traffic WHERE span <> 'block' ORDER BY span";
            let statement = sea_orm::Statement::from_string(db.get_database_backend(), sql);
            let rows = db.query_all_raw(statement).await.unwrap();
            let row = |row: &sea_orm::QueryResult| {
                (row.try_get::<String>("", "span").unwrap(), row.try_get::<i64>("", "spent").unwrap())
            };
            rows.iter().map(row).collect::<Vec<_>>()
        };
        assert_eq!(taken().await, [("day".to_owned(), 20), ("minute".to_owned(), 10)]);
        world.engine.shutdown().await;
        assert_eq!(taken().await, [("day".to_owned(), 3), ("minute".to_owned(), 3)]);
        world.engine.shutdown().await;
        assert_eq!(taken().await, [("day".to_owned(), 3), ("minute".to_owned(), 3)], "once only");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_ends_at_midnight() {
    let timing = r#"{"calls_a_day":30,"minimum_interval":570,"access_lifetime":600}"#;
    on_each_store_with(Some(timing), async |world: World| {
        for number in 0..30 {
            assert_eq!(world.get(world.own, "number").await.status, 200, "{number}");
            world.pass_seconds(2);
        }
        let held = world.try_get(world.own, "number").await.unwrap_err();
        let GateError::Held { by: HeldBy::Day, retry_after } = held else { panic!("{held:?}") };
        world.hand.advance(retry_after - Duration::from_secs(1));
        world.sandbox.advance(retry_after - Duration::from_secs(1));
        assert!(matches!(
            world.try_get(world.own, "number").await,
            Err(GateError::Held { by: HeldBy::Day, .. })
        ));
        world.pass_seconds(1);
        assert_eq!(world.get(world.own, "number").await.status, 200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_error_that_would_block_the_app_is_never_made() {
    on_each_store(async |world: World| {
        let wrong = "100001/crm/Nothing?$select=ID";
        let engine = Arc::new(world.engine.clone());
        // More at once than may err.
        let asked = (0..20).map(|_| {
            let (engine, exact) = (Arc::clone(&engine), world.exact);
            tokio::spawn(async move { engine.pass(exact, get(wrong)).await.map(|answer| answer.status) })
        });
        let answers = join_all(asked).await;
        let erred =
            answers.iter().filter(|answer| matches!(answer, Ok(Ok(status)) if *status == 404)).count();
        let held = answers
            .iter()
            .filter(|answer| matches!(answer, Ok(Err(GateError::Held { by: HeldBy::Errors, .. }))));
        assert_eq!((erred, held.count()), (10, 10));
        // The app is not blocked, elsewhere all goes on, and another key of the endpoint is the same place.
        assert_eq!(world.get(world.exact, DIVISIONS).await.status, 200);
        assert!(world.try_get(world.exact, "100001/crm/Nothing(guid'x')").await.is_err());
        world.pass_seconds(3_599);
        assert!(matches!(
            world.try_get(world.exact, wrong).await,
            Err(GateError::Held { by: HeldBy::Errors, .. } | GateError::Lend(_))
        ));
        world.pass_seconds(1);
        assert_eq!(world.get(world.exact, wrong).await.status, 404);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_remembered_by_the_next_process() {
    on_each_store(async |world: World| {
        if !world.is_shared() {
            return;
        }
        let wrong = "100001/crm/Nothing?$select=ID";
        for _ in 0..10 {
            assert_eq!(world.get(world.exact, wrong).await.status, 404);
        }
        let (replica, _hand) = world.replica().await;
        let held = replica.pass(world.exact, get(wrong)).await;
        assert!(matches!(held, Err(GateError::Held { by: HeldBy::Errors, .. })));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_of_the_provider_is_kept_without_asking_again() {
    let timing = r#"{"calls_a_minute":1000,"minimum_interval":570,"access_lifetime":600}"#;
    on_each_store_with(Some(timing), async |world: World| {
        assert_eq!(world.get(world.own, "status/429").await.status, 429);
        for _ in 0..3 {
            let held = world.try_get(world.own, "number").await;
            assert!(matches!(held, Err(GateError::Held { by: HeldBy::Provider, .. })));
        }
        if world.is_shared() {
            let (replica, _hand) = world.replica().await;
            let held = replica.pass(world.own, get("number")).await;
            assert!(matches!(held, Err(GateError::Held { by: HeldBy::Provider, .. })));
        }
        assert_eq!(world.upstream.count("/v2/number"), 0);
        world.pass_seconds(60);
        assert_eq!(world.get(world.own, "number").await.status, 200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn past_traffic_is_forgotten() {
    on_each_store(async |world: World| {
        world.get(world.exact, DIVISIONS).await;
        assert!(rows(&world).await > 0);
        world.pass_seconds(3 * 86_400);
        while world.engine.tidy().await.unwrap() > 0 {}
        assert_eq!(rows(&world).await, 0);
    })
    .await;
}

async fn rows(world: &World) -> i64 {
    use sea_orm::{ConnectionTrait, Statement};
    let db = world.engine.store();
    let count =
        Statement::from_string(db.get_database_backend(), "SELECT COUNT(*) AS rows_there FROM traffic");
    db.query_one_raw(count).await.unwrap().unwrap().try_get("", "rows_there").unwrap()
}
