//! A process is killed between sending an alert and writing that down: the next one sends it once
//! more, and the receiver can tell.

use std::path::Path;

use engine::EngineOptions;
use engine::alert::State;
use engine::keeper::Boundary;
use engine::view::StateName;

use super::receiver::{Receiver, outgoing};
use crate::child::Orders;
use crate::recovery::scene::TIMING;
use crate::world::{World, on_each_store_sending};

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_that_was_sent_by_a_killed_process_arrives_again_under_its_id() {
    on_each_store_sending(&outgoing(), TIMING, async |world: World| {
        crate::recovery::scene::prepare(&world).await;
        let receiver = Receiver::start().await;
        let secret = world.tell(&receiver).await;
        world.break_and_notice().await;
        world.until(StateName::Broken).await;
        let now = world.engine.now();
        let killed = async |url: &str, folder: &Path| {
            let (url, folder) = (url.to_owned(), folder.to_owned());
            let orders = Orders { url, folder, boundary: Boundary::AlertSent, now: Some(now) };
            let test = "alerts::killed::the_child_sends_until_it_is_killed";
            tokio::task::spawn_blocking(move || orders.kill(test)).await.unwrap();
        };
        let world = world.while_closed(killed).await;
        assert_eq!(receiver.got().len(), 1);
        world.deliver_after(60).await;
        assert_eq!(receiver.got().len(), 1, "its lease goes on");
        world.deliver_after(60).await;
        let got = receiver.got();
        assert_eq!(got.len(), 2);
        assert_eq!(got[0].header("evergrant-id"), got[1].header("evergrant-id"));
        assert!(got.iter().all(|got| got.is_signed_with(&secret)));
        let delivery = world.operator.alert_deliveries().await.unwrap().remove(0);
        assert_eq!((delivery.state, delivery.tries), (State::Delivered, 2));
        world.deliver_after(86_400).await;
        assert_eq!(receiver.got().len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_child_sends_until_it_is_killed() {
    let Some(orders) = Orders::given() else { return };
    let engine = orders.open(|options| EngineOptions { outgoing: outgoing(), ..options }).await;
    let delivering = tokio::spawn(async move { engine.deliver_due().await });
    Orders::wait();
    delivering.abort();
}
