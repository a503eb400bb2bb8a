use std::time::Duration;

use chain::Fault;
use engine::RefreshNow;
use engine::view::StateName;
use exact_sandbox::Fault as Trouble;

use crate::world::{ANNA, World, on_each_store, on_each_store_with};

#[tokio::test(flavor = "multi_thread")]
async fn the_manual_button_never_sends_too_early() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        world.pass_seconds(569).await;
        let answer = world.operator.refresh_now(world.id().await).await.unwrap();
        assert!(matches!(answer, RefreshNow::TooEarly { .. }));
        assert_eq!(world.sandbox.counts().token_calls, 1);
        world.pass_seconds(1).await;
        assert_eq!(world.operator.refresh_now(world.id().await).await.unwrap(), RefreshNow::Started);
        world.until_that(|status| status.generation == Some(2) && status.state == StateName::Live).await;
        assert_eq!(world.sandbox.counts().too_early, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_of_silence_is_survived_by_keep_alive() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        let mut generation = 1;
        for _ in 0..(60 * 4) {
            world.pass_seconds(6 * 3_600).await;
            let status = world.until_that(|status| status.state == StateName::Live).await;
            generation = status.generation.unwrap();
        }
        // 60 days, at most 7 days apart.
        assert!((9..=11).contains(&generation), "{generation}");
        assert_eq!(world.sandbox.counts().refused, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warm_container_is_refreshed_in_the_polite_window_all_day() {
    on_each_store(async |world: World| {
        // The wish comes before the first chain.
        world.operator.set_warm(world.id().await, true).await.unwrap();
        world.grant(world.id().await, ANNA).await;
        for generation in 2..20 {
            world.pass_seconds(569).await;
            world.pass_seconds(2).await;
            world
                .until_that(|status| status.generation == Some(generation) && status.state == StateName::Live)
                .await;
        }
        let counts = world.sandbox.counts();
        assert_eq!((counts.too_early, counts.refused, counts.max_accepted), (0, 0, 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_adopted_token_is_tried_at_once_and_learns_its_user() {
    on_each_store(async |world: World| {
        let issued = world.sandbox.issue(crate::world::CLIENT, ANNA);
        // Obtained elsewhere an hour ago.
        world.sandbox.advance(Duration::from_secs(3_600));
        let token = engine::guard::secret::RefreshToken::new(issued.refresh_token);
        world.operator.adopt(world.id().await, token).await.unwrap();
        world.until_that(|status| status.state == StateName::Live && status.generation == Some(2)).await;
        let mut changes = world.engine.changes();
        while world.container("eol").await.upstream_user.is_none() {
            changes.recv().await.unwrap();
        }
        assert_eq!(world.container("eol").await.upstream_user.unwrap().name, ANNA);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_adopted_token_that_is_too_fresh_waits_and_is_not_lost() {
    on_each_store(async |world: World| {
        world.adopt(ANNA).await;
        let status = world.until(StateName::Waiting).await;
        assert_eq!(status.fault, Some(Fault::TooEarly));
        world.pass_seconds(571).await;
        world.until(StateName::Live).await;
        assert_eq!(world.sandbox.counts().max_accepted, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unused_chain_that_was_asleep_too_long_says_so() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        world.pass_seconds(31 * 86_400).await;
        let status = world.until(StateName::Broken).await;
        assert_eq!(status.fault, Some(Fault::RefreshTokenExpired));
        assert_eq!(world.sandbox.counts().token_calls, 1, "a dead token is not sent");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_day_limit_is_kept_before_the_provider_says_so() {
    let timing =
        r#"{"minimum_interval": 60, "access_lifetime": 90, "token_calls_a_day": 5, "quiet_hours": false}"#;
    let options = exact_sandbox::Options {
        minimum_interval: Duration::from_secs(60),
        access_lifetime: Duration::from_secs(90),
        ..exact_sandbox::Options::default()
    };
    on_each_store_with(options, Some(timing), async |world: World| {
        world.grant(world.id().await, ANNA).await;
        world.operator.set_warm(world.id().await, true).await.unwrap();
        for _ in 0..20 {
            world.pass_seconds(61).await;
            world.until_that(|status| status.state != StateName::Spending).await;
        }
        let status = world.until(StateName::Waiting).await;
        assert_eq!(status.fault, Some(Fault::DailyLimit));
        assert_eq!(world.sandbox.counts().token_calls, 1 + 5);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_client_secret_is_tried_at_once() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        world.sandbox.fail_next(Trouble::InvalidClient);
        world.pass_seconds(600).await;
        world.operator.refresh_now(world.id().await).await.unwrap();
        let status = world.until(StateName::Waiting).await;
        assert_eq!(status.fault, Some(Fault::ClientRefused));
        assert_eq!(world.operator.repair_count().await.unwrap(), 0, "the chain is intact");
        let view = world.operator.registrations().await.unwrap().remove(0);
        assert!(view.refused_since.is_some());
        let form = engine::RegistrationForm {
            id: Some(view.id),
            name: view.name,
            country: view.country,
            base_url: view.base_url,
            client_id: view.client_id,
            client_secret: Some(engine::guard::secret::ClientSecret::new(crate::world::SECRET.to_owned())),
            timing: view.timing,
            provider: "exact".to_owned(),
            custom: None,
            pkce: view.pkce,
        };
        world.operator.save_registration(form).await.unwrap();
        world.until_that(|status| status.state == StateName::Live && status.generation == Some(2)).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_process_waits_for_a_refresh_in_flight() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        world.pass_seconds(600).await;
        world.sandbox.fail_next(Trouble::Delayed(Duration::from_secs(1)));
        world.operator.refresh_now(world.id().await).await.unwrap();
        while world.sandbox.counts().token_calls < 2 {
            tokio::task::yield_now().await;
        }
        world.engine.shutdown().await;
        let status = world.status().await;
        assert_eq!((status.state, status.generation), (StateName::Live, Some(2)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_hangs_up_leaves_no_lease_that_nobody_works_on() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        let id = world.id().await;
        for polls in 1..30 {
            world.pass_seconds(600).await;
            let mut asking = Box::pin(world.operator.refresh_now(id));
            for _ in 0..polls {
                if futures::poll!(&mut asking).is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(asking);
            // Time stands still, so a lease that nobody works on would never end.
            let mut rests = false;
            for _ in 0..5_000 {
                world.engine.wake_due().await.unwrap();
                rests = world.status().await.state == StateName::Live;
                if rests {
                    break;
                }
                tokio::task::yield_now().await;
            }
            assert!(rests, "after {polls} polls: {:?}", world.status().await);
        }
    })
    .await;
}
