//! Requests through the gate are counted by what programs got.

use chain::Time;
use engine::figures::GateAnswer;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

use super::world::{START, World, on_each_store_with};

#[tokio::test(flavor = "multi_thread")]
async fn what_programs_get_through_the_gate_is_counted() {
    let timing = r#"{"calls_a_minute":4,"minimum_interval":570,"access_lifetime":600}"#;
    on_each_store_with(Some(timing), async |world: World| {
        world.pass_seconds(60);
        world.operator.set_cache_seconds(world.own, 30).await.unwrap();
        for _ in 0..2 {
            world.get(world.own, "number").await;
        }
        assert_eq!(world.get(world.own, "status/404").await.status, 404);
        assert_eq!(world.get(world.own, "status/500").await.status, 500);
        assert_eq!(world.get(world.own, "status/429").await.status, 429);
        for refused in ["number?held=1", "../elsewhere"] {
            assert!(world.try_get(world.own, refused).await.is_err(), "{refused}");
        }

        world.engine.add_up().await.unwrap();
        let now = world.engine.now() + std::time::Duration::from_secs(1);
        let hours = world.operator.figures(Time::from_millis(START), now).await.unwrap();
        let mut counted = hours[0].gate.clone();
        counted.sort_unstable();
        let expected = [
            (GateAnswer::Passed, 1),
            (GateAnswer::Kept, 1),
            (GateAnswer::Refused, 1),
            (GateAnswer::Trouble, 1),
            (GateAnswer::Held, 2),
            (GateAnswer::NotPassed, 1),
        ];
        assert_eq!(counted, expected);
        assert_eq!(hours[0].passed(), 2);

        let mut registry = Registry::default();
        world.engine.register_figures(&mut registry);
        let mut shown = String::new();
        encode(&mut shown, &registry).unwrap();
        for line in [
            "gate_requests_total{answer=\"kept\"} 1",
            "gate_requests_total{answer=\"held\"} 2",
            "gate_requests_total{answer=\"unreachable\"} 0",
            "gate_seconds_count 7",
        ] {
            assert!(shown.contains(line), "{line} is not in {shown}");
        }
    })
    .await;
}
