use std::time::Duration;

use chain::Time;
use engine::figures::IssueAnswer;
use engine::issued::{GRACE, RefreshError};
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

use super::program::Program;
use crate::world::{START, World, on_each_store};

#[tokio::test(flavor = "multi_thread")]
async fn what_programs_got_is_counted_for_charts_and_metrics() {
    on_each_store(async |world: World| {
        let program = Program::new(&world, Some(&["test"]), None).await;
        let first = program.issue().await;
        assert!(program.issue_for("elsewhere").await.is_err());
        let second = program.refresh(&first.refresh_token).await.unwrap();
        program.refresh(&second.refresh_token).await.unwrap();
        world.hand.advance(GRACE + Duration::from_secs(1));
        assert!(matches!(program.refresh(&first.refresh_token).await, Err(RefreshError::Reused)));

        world.engine.add_up().await.unwrap();
        let now = world.engine.now() + Duration::from_secs(1);
        let hours = world.operator.figures(Time::from_millis(START), now).await.unwrap();
        let mut counted = hours[0].issues.clone();
        counted.sort_unstable();
        let expected = [
            (IssueAnswer::Issued, 1),
            (IssueAnswer::Rotated, 2),
            (IssueAnswer::Reused, 1),
            (IssueAnswer::Refused, 1),
        ];
        assert_eq!(counted, expected);
        assert_eq!(hours[0].issued(), 3);

        let mut registry = Registry::default();
        world.engine.register_figures(&mut registry);
        let mut shown = String::new();
        encode(&mut shown, &registry).unwrap();
        for line in ["issues_total{answer=\"rotated\"} 2", "issues_total{answer=\"failed\"} 0"] {
            assert!(shown.contains(line), "{line} is not in {shown}");
        }
    })
    .await;
}
