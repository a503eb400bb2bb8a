//! What may be entered as a target, and whose it is.

use engine::alert::{Event, Kind};
use engine::{AlertTargetForm, FormError, Problem};

use super::receiver::{Receiver, outgoing, webhook};
use crate::recovery::scene::TIMING;
use crate::world::{World, on_each_store_sending};

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_told_is_refused_at_its_field() {
    on_each_store_sending(&outgoing(), TIMING, async |world: World| {
        let good = || webhook("https://hooks.example.com/evergrant");
        let check = async |form: AlertTargetForm, wanted: (&str, Problem)| {
            let text = format!("{form:?}");
            match world.operator.add_alert_target(form).await {
                Err(FormError::Invalid { field, problem }) => assert_eq!((field, problem), wanted, "{text}"),
                Ok(_) => panic!("{text} was taken"),
                Err(error) => panic!("{text}: {error}"),
            }
        };
        let at = |address: &str| AlertTargetForm { address: address.to_owned(), ..good() };
        check(AlertTargetForm { name: " ".to_owned(), ..good() }, ("name", Problem::Empty)).await;
        check(AlertTargetForm { events: Vec::new(), ..good() }, ("events", Problem::Empty)).await;
        check(AlertTargetForm { events: vec![Event::Test], ..good() }, ("events", Problem::Empty)).await;
        check(at(""), ("address", Problem::Empty)).await;
        for address in [
            "hooks.example.com",
            "ftp://hooks.example.com/",
            "http://hooks.example.com/",
            "https://name:password@hooks.example.com/",
            "https://hooks.example.com/#part",
        ] {
            check(at(address), ("address", Problem::NotAnAddress)).await;
        }
        for address in ["https://10.0.0.1/", "https://[::1]/", "https://169.254.169.254/", "https://0x7f.2/"]
        {
            check(at(address), ("address", Problem::NotPublic)).await;
        }
        check(
            AlertTargetForm { kind: Kind::Mail, ..at("anna@example.com") },
            ("kind", Problem::NoMailServer),
        )
        .await;
        world.operator.add_alert_target(good()).await.unwrap();
        check(good(), ("name", Problem::Taken)).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_is_deleted_goes_with_what_it_was_sent() {
    on_each_store_sending(&outgoing(), TIMING, async |world: World| {
        let receiver = Receiver::start().await;
        let secret = world.tell(&receiver).await;
        assert!(secret.expose().starts_with("evw_") && secret.expose().len() == 47);
        let target = world.operator.alert_targets().await.unwrap().remove(0);
        world.operator.test_alert_target(&target.id).await.unwrap();
        let delivery = world.operator.alert_deliveries().await.unwrap().remove(0);
        world.operator.delete_alert_target(&target.id).await.unwrap();
        assert!(world.operator.alert_targets().await.unwrap().is_empty());
        assert!(world.operator.alert_deliveries().await.unwrap().is_empty());
        for gone in [
            world.operator.redeliver(&delivery.id).await.err(),
            world.operator.test_alert_target(&target.id).await.err(),
            world.operator.delete_alert_target(&target.id).await.err(),
            world.operator.delete_alert_target("no id").await.err(),
            world.operator.enable_alert_target(&target.id, true).await.err(),
        ] {
            assert!(matches!(gone, Some(FormError::NotFound)));
        }
    })
    .await;
}
