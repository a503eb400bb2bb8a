//! Faults of receivers, and that nothing is sent twice at once.

use std::time::Duration;

use engine::alert::{Answer, State};
use engine::view::DeliveryView;
use tokio::net::TcpListener;

use super::receiver::{Manner, Receiver, outgoing, webhook};
use crate::recovery::scene::TIMING;
use crate::world::{World, on_each_store_sending, on_postgres_sending};

/// Something happened that is worth an alert.
async fn break_chain(world: &World) {
    crate::recovery::scene::prepare(world).await;
    world.break_and_notice().await;
    world.until(engine::view::StateName::Broken).await;
}

impl World {
    /// The only delivery there is.
    async fn delivery(&self) -> DeliveryView {
        let mut deliveries = self.operator.alert_deliveries().await.unwrap();
        assert_eq!(deliveries.len(), 1, "{deliveries:?}");
        deliveries.remove(0)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_is_signed_and_named() {
    on_each_store_sending(&outgoing(), TIMING, async |world: World| {
        let receiver = Receiver::start().await;
        let secret = world.tell(&receiver).await;
        break_chain(&world).await;
        world.deliver().await;
        let got = receiver.got().remove(0);
        assert!(got.is_signed_with(&secret));
        assert_eq!(got.header("content-type"), "application/json");
        assert_eq!(got.header("evergrant-event"), "needs_repair");
        assert_eq!(got.json()["id"], got.header("evergrant-id"));
        let sent: i64 = got.header("evergrant-timestamp").parse().unwrap();
        assert_eq!(sent, world.engine.now().millis() / 1_000);
        let delivery = world.delivery().await;
        assert_eq!((delivery.state, delivery.tries), (State::Delivered, 1));
        assert_eq!(delivery.last.map(|(_, answer)| answer), Some(Answer::Http(204)));
        world.deliver_after(86_400).await;
        assert_eq!(receiver.got().len(), 1, "what was taken is not sent again");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_fails_is_told_ever_more_slowly_and_given_up_after_three_days() {
    on_each_store_sending(&outgoing(), TIMING, async |world: World| {
        let receiver = Receiver::start().await;
        receiver.answer(Manner::Status(500));
        let secret = world.tell(&receiver).await;
        break_chain(&world).await;
        world.deliver().await;
        let delivery = world.delivery().await;
        assert_eq!((delivery.state, delivery.tries), (State::Pending, 1));
        assert_eq!(delivery.last.map(|(_, answer)| answer), Some(Answer::Http(500)));
        assert_eq!(delivery.next_at, Some(world.engine.now() + Duration::from_secs(30)));
        world.deliver_after(29).await;
        assert_eq!(receiver.got().len(), 1);
        world.deliver_after(1).await;
        assert_eq!(receiver.got().len(), 2);
        world.deliver_after(60).await;
        assert_eq!(receiver.got().len(), 3);
        for _ in 0..80 {
            world.deliver_after(3_600).await;
        }
        let delivery = world.delivery().await;
        assert_eq!((delivery.state, delivery.next_at), (State::Failed, None));
        let got = receiver.got();
        assert!((15..25).contains(&got.len()), "{} tries", got.len());
        assert_eq!(usize::try_from(delivery.tries).unwrap(), got.len());
        let same = |it: &super::receiver::Got| it.header("evergrant-id") == got[0].header("evergrant-id");
        assert!(got.iter().all(same), "it is the same alert every time");
        assert!(got.iter().all(|it| it.is_signed_with(&secret)));
        assert_ne!(got[0].header("evergrant-timestamp"), got[1].header("evergrant-timestamp"));

        // Given up, and sent once more because somebody wants it.
        receiver.answer(Manner::Status(200));
        let again = world.operator.redeliver(&delivery.id).await.unwrap();
        assert_eq!(again, Some(Answer::Http(200)));
        assert_eq!(world.delivery().await.state, State::Delivered);
        assert!(same(receiver.got().last().unwrap()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_not_to_take_an_alert_has_a_name_and_holds_nothing_up() {
    on_each_store_sending(&outgoing(), TIMING, async |world: World| {
        let receiver = Receiver::start().await;
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let secure = receiver.address.replace("http://", "https://");
        let by_name = secure.replace("127.0.0.1", "localhost");
        let cases = [
            (format!("http://{closed}/"), Manner::Status(204), Answer::Unreachable),
            (receiver.address.clone(), Manner::Silent, Answer::NoAnswer),
            (receiver.address.clone(), Manner::Redirect, Answer::Http(302)),
            (receiver.address.clone(), Manner::Status(404), Answer::Http(404)),
            (secure, Manner::Status(204), Answer::NotSecure),
            // A name of this machine, which only its number may be used for.
            (by_name, Manner::Status(204), Answer::NotPublic),
        ];
        for (number, (address, manner, answer)) in cases.into_iter().enumerate() {
            receiver.answer(manner);
            let before = receiver.got().len();
            let form = engine::AlertTargetForm { name: format!("{number}"), ..webhook(&address) };
            world.operator.add_alert_target(form).await.unwrap();
            let target = world.operator.alert_targets().await.unwrap().pop().unwrap();
            let tested = world.operator.test_alert_target(&target.id).await.unwrap();
            assert_eq!(tested, Some(answer), "{address}");
            let reached = matches!(answer, Answer::Http(_) | Answer::NoAnswer);
            assert_eq!(receiver.got().len() - before, usize::from(reached), "{address}");
            let delivery = world.operator.alert_deliveries().await.unwrap().remove(0);
            assert_eq!(delivery.state, State::Failed, "a test is not tried again");
            world.operator.delete_alert_target(&target.id).await.unwrap();
        }
        assert!(receiver.got().iter().all(|got| got.path == "/hook"), "no redirect was followed");

        // However much comes back, only the status is read.
        receiver.answer(Manner::Endless);
        world.tell(&receiver).await;
        let target = world.operator.alert_targets().await.unwrap().remove(0);
        let tested = world.operator.test_alert_target(&target.id).await.unwrap();
        assert_eq!(tested, Some(Answer::Http(200)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_receiver_holds_nobody_else_up() {
    on_each_store_sending(&outgoing(), TIMING, async |world: World| {
        let (slow, quick) = (Receiver::start().await, Receiver::start().await);
        slow.answer(Manner::Silent);
        world.tell(&slow).await;
        let named = engine::AlertTargetForm { name: "Another".to_owned(), ..webhook(&quick.address) };
        world.operator.add_alert_target(named).await.unwrap();
        break_chain(&world).await;
        let engine = world.engine.clone();
        let delivering = tokio::spawn(async move { engine.deliver_due().await });
        while quick.got().is_empty() {
            tokio::task::yield_now().await;
        }
        assert!(!delivering.is_finished(), "the slow one still has time");
        delivering.await.unwrap().unwrap();
        assert_eq!((slow.got().len(), quick.got().len()), (1, 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_target_is_told_nothing_and_then_what_waited_for_it() {
    on_each_store_sending(&outgoing(), TIMING, async |world: World| {
        let receiver = Receiver::start().await;
        receiver.answer(Manner::Status(503));
        world.tell(&receiver).await;
        let target = world.operator.alert_targets().await.unwrap().remove(0);
        break_chain(&world).await;
        world.deliver().await;
        world.operator.enable_alert_target(&target.id, false).await.unwrap();
        receiver.answer(Manner::Status(200));
        world.deliver_after(3_600).await;
        assert_eq!(receiver.got().len(), 1);
        assert!(world.delivery().await.paused);
        assert!(world.operator.test_alert_target(&target.id).await.is_err());
        // What happens meanwhile is not for it.
        world.grant(world.id().await, crate::recovery::scene::EVA).await;
        world.until(engine::view::StateName::Live).await;
        world.operator.enable_alert_target(&target.id, true).await.unwrap();
        world.deliver().await;
        assert_eq!(receiver.events(), ["needs_repair", "needs_repair"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn alerts_and_their_deliveries_are_forgotten_after_ninety_days() {
    on_each_store_sending(&outgoing(), TIMING, async |world: World| {
        let receiver = Receiver::start().await;
        world.tell(&receiver).await;
        break_chain(&world).await;
        world.deliver().await;
        world.hand.advance(Duration::from_secs(89 * 86_400));
        world.engine.tidy().await.unwrap();
        assert_eq!(world.operator.alert_deliveries().await.unwrap().len(), 1);
        world.hand.advance(Duration::from_secs(86_400));
        world.engine.tidy().await.unwrap();
        assert_eq!(world.operator.alert_deliveries().await.unwrap().len(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_never_send_one_delivery_at_the_same_time() {
    on_postgres_sending(&outgoing(), TIMING, async |world: World| {
        let receiver = Receiver::start().await;
        receiver.answer(Manner::Silent);
        world.tell(&receiver).await;
        break_chain(&world).await;
        let (replica, _hand) = world.replica().await;
        let engines = [&world.engine, &replica, &world.engine, &replica, &world.engine, &replica];
        let rounds = engines.map(|engine| {
            let engine = engine.clone();
            tokio::spawn(async move { engine.deliver_due().await.unwrap() })
        });
        for round in rounds {
            round.await.unwrap();
        }
        assert_eq!(receiver.got().len(), 1);
        assert_eq!(world.delivery().await.tries, 1);
    })
    .await;
}
