//! What is told, and that it is told once.

use std::time::Duration;

use chain::Fault;
use engine::view::{RunOutcome, StateName};
use exact_sandbox::{SignInFault, SignInStep};

use super::receiver::{Receiver, outgoing};
use crate::recovery::scene::{EVA, PASSWORD, TIMING, form, prepare};
use crate::world::{World, on_each_store_sending};

const DAY: u64 = 86_400;

/// Runs a story with a container that Eva authorized, and a receiver that is told of everything.
async fn on_each_store(timing: &str, story: impl AsyncFn(World, Receiver)) {
    on_each_store_sending(&outgoing(), timing, async |world: World| {
        prepare(&world).await;
        let receiver = Receiver::start().await;
        world.tell(&receiver).await;
        story(world, receiver).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_break_and_each_repair_is_told_once() {
    on_each_store(TIMING, async |world, receiver| {
        for round in 1..=2 {
            world.break_and_notice().await;
            world.until(StateName::Broken).await;
            world.deliver().await;
            // Nothing new: asked again and again, and looked at again and again.
            for _ in 0..3 {
                world.operator.refresh_now(world.id().await).await.unwrap();
                world.engine.tidy().await.unwrap();
                world.deliver_after(3_600).await;
            }
            world.grant(world.id().await, EVA).await;
            world.until(StateName::Live).await;
            world.deliver().await;
            assert_eq!(receiver.events(), ["needs_repair", "repaired"].repeat(round));
        }
        let told = receiver.got();
        let first = told[0].json();
        assert_eq!(first["code"], Fault::OldRefreshTokenUsed.code());
        assert_eq!(first["containers"][0]["alias"], "eol");
        assert_eq!(first["containers"][0]["url"], "http://127.0.0.1:3000/databases/test/eol");
        assert_eq!(first["text"], "Test · eol needs repair: somebody has to sign in at the provider.");
        let mut ids: Vec<_> = told.iter().map(|got| got.header("evergrant-id").to_owned()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 4, "every event has an id of its own");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_that_heals_by_itself_needs_nobody() {
    on_each_store(TIMING, async |world, receiver| {
        world.save(form(PASSWORD)).await;
        world.break_and_notice().await;
        world.until_that(|status| status.generation == Some(2)).await;
        world.until_runs(1).await;
        // The first try fails, and the next one heals it.
        world.sandbox.fail_sign_in(Some(EVA), Some(SignInStep::UserName), SignInFault::Error500);
        world.break_and_notice().await;
        assert!(matches!(world.until_runs(2).await, RunOutcome::Failed(_)));
        world.until(StateName::Broken).await;
        world.deliver().await;
        world.sandbox.forget_sign_in_faults();
        world.heals_later().await;
        world.until_runs(3).await;
        world.deliver().await;
        assert_eq!(receiver.events(), ["recovered", "recovered"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_needs_a_person_once_the_tries_of_the_day_are_used_up() {
    let timing = r#"{"recovery_tries_a_day":2,"recovery_cool_down":60,"quiet_hours":false}"#;
    on_each_store(timing, async |world, receiver| {
        world.save(form(PASSWORD)).await;
        world.sandbox.fail_sign_in(Some(EVA), Some(SignInStep::UserName), SignInFault::Error500);
        world.break_and_notice().await;
        world.until_runs(1).await;
        world.until(StateName::Broken).await;
        world.deliver().await;
        assert!(receiver.events().is_empty(), "one try is left");
        world.sandbox.fail_sign_in(Some(EVA), Some(SignInStep::UserName), SignInFault::Error500);
        world.pass_seconds(60).await;
        world.until_runs(2).await;
        world.until(StateName::Broken).await;
        world.deliver().await;
        assert_eq!(receiver.events(), ["needs_repair"]);
        // The tries of the next day say nothing new, and the one that heals it does.
        world.sandbox.fail_sign_in(Some(EVA), Some(SignInStep::UserName), SignInFault::Error500);
        world.pass_seconds(DAY).await;
        world.until_runs(3).await;
        world.until(StateName::Broken).await;
        world.deliver().await;
        assert_eq!(receiver.events(), ["needs_repair"]);
        world.sandbox.forget_sign_in_faults();
        world.heals_later().await;
        world.deliver().await;
        assert_eq!(receiver.events(), ["needs_repair", "recovered"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_takes_the_last_hope_away_is_told_of() {
    on_each_store(TIMING, async |world, receiver| {
        world.save(form(PASSWORD)).await;
        world.sandbox.fail_sign_in(Some(EVA), Some(SignInStep::UserName), SignInFault::Error500);
        world.break_and_notice().await;
        world.until_runs(1).await;
        world.until(StateName::Broken).await;
        world.deliver().await;
        assert!(receiver.events().is_empty());
        world.operator.set_recovery_enabled(false).await.unwrap();
        world.deliver().await;
        assert_eq!(receiver.events(), ["needs_repair"]);
        world.operator.delete_credentials(world.id().await).await.unwrap();
        world.deliver().await;
        assert_eq!(receiver.events(), ["needs_repair"], "it is known already");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_blocks_recovery_and_is_told_of_once() {
    on_each_store(TIMING, async |world, receiver| {
        world.save(form("not eva's password")).await;
        world.break_and_notice().await;
        world.until_runs(1).await;
        world.until(StateName::Broken).await;
        for _ in 0..3 {
            world.deliver_after(DAY).await;
        }
        let mut events = receiver.events();
        events.sort();
        assert_eq!(events, ["needs_repair", "recovery_blocked"]);
        let blocked = receiver.got().into_iter().find(|got| got.json()["event"] == "recovery_blocked");
        assert_eq!(blocked.unwrap().json()["code"], "evg201");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_stored_sign_in_is_told_seven_days_and_one_day_ahead() {
    on_each_store(TIMING, async |world, receiver| {
        world.save(form(PASSWORD)).await;
        let mut told = Vec::new();
        for _ in 0..31 {
            world.sandbox.advance(Duration::from_secs(DAY));
            world.hand.advance(Duration::from_secs(DAY));
            for _ in 0..2 {
                world.engine.tidy().await.unwrap();
                world.deliver().await;
            }
        }
        for got in receiver.got() {
            if got.json()["event"] == "credentials_end" {
                told.push((
                    got.json()["days"].as_u64().unwrap(),
                    got.json()["until"].as_str().unwrap().to_owned(),
                ));
            }
        }
        assert_eq!(told.iter().map(|(days, _)| *days).collect::<Vec<_>>(), [7, 1]);
        assert_eq!(told[0].1, told[1].1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authorization_that_nothing_renews_is_told_of_before_it_ends() {
    on_each_store(TIMING, async |world, receiver| {
        // Nobody answers from now on, so no refresh succeeds.
        world.sandbox.stop_listening().await;
        for _ in 0..28 {
            world.pass_seconds(DAY).await;
            world.until_that(|status| status.state != StateName::Spending).await;
            world.engine.tidy().await.unwrap();
            world.deliver().await;
        }
        assert_eq!(receiver.events(), ["link_ends"]);
        let until = receiver.got()[0].json()["until"].as_str().unwrap().to_owned();
        assert!(until.starts_with("2027-02-1"), "{until}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authorization_that_ends_with_its_grant_is_told_of_however_fresh_it_is() {
    let timing = r#"{"absolute_life":864000,"quiet_hours":false}"#;
    on_each_store(timing, async |world, receiver| {
        for day in 1..=9 {
            world.pass_seconds(DAY).await;
            world.operator.refresh_now(world.id().await).await.unwrap();
            world.until_that(|status| status.generation == Some(day + 1)).await;
            world.engine.tidy().await.unwrap();
            world.deliver().await;
        }
        assert_eq!(receiver.events(), ["link_ends"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_hears_only_what_it_was_added_for() {
    on_each_store_sending(&outgoing(), TIMING, async |world: World| {
        prepare(&world).await;
        let receiver = Receiver::start().await;
        let wish = super::receiver::webhook(&receiver.address);
        let events = vec![engine::alert::Event::Repaired];
        world.operator.add_alert_target(engine::AlertTargetForm { events, ..wish }).await.unwrap();
        world.break_and_notice().await;
        world.until(StateName::Broken).await;
        world.grant(world.id().await, EVA).await;
        world.until(StateName::Live).await;
        world.deliver().await;
        assert_eq!(receiver.events(), ["repaired"]);
    })
    .await;
}
