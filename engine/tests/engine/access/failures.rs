//! Failed sign-ins are written down, and a flood of them does not fill the journal.

use std::net::IpAddr;
use std::time::Duration;

use engine::store::journal::{self, Entry, Filter, Page};
use engine::store::organisations;

use super::password;
use crate::world::{World, on_each_store};

/// The lines of failed sign-ins, the oldest first.
async fn lines(world: &World) -> Vec<Entry> {
    let db = world.engine.store();
    let organisation = organisations::all(db).await.unwrap()[0].id;
    let filter = Filter { actions: vec!["sign_in_failed".to_owned()], ..Filter::default() };
    let mut lines =
        journal::list(db, organisation, &filter, Page { before: None, limit: 100 }).await.unwrap();
    lines.reverse();
    lines
}

async fn details(world: &World) -> Vec<String> {
    let mut lines = lines(world).await;
    lines.sort_by_key(|line| (line.at, line.detail.clone()));
    lines.into_iter().map(|line| line.detail.unwrap()).collect()
}

async fn fail(world: &World, name: &str, from: &str) {
    let from: IpAddr = from.parse().unwrap();
    assert!(world.engine.sign_in(name, password("a wrong password"), Some(from)).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_sign_in_says_where_it_came_from_and_never_what_was_typed_for_a_name() {
    on_each_store(async |world: World| {
        world.engine.add_operator("owner", password("a long password")).await.unwrap();
        fail(&world, " Owner", "192.0.2.1").await;
        fail(&world, "my secret password", "192.0.2.2").await;
        let lines = lines(&world).await;
        // Both are of one moment, and have no order.
        let told = |line: &Entry| (line.actor.clone(), line.from_address.clone(), line.detail.clone());
        let of = |from: &str, detail: &str| {
            ("stranger".to_owned(), Some(from.to_owned()), Some(detail.to_owned()))
        };
        let mut told: Vec<_> = lines.iter().map(told).collect();
        told.sort_unstable();
        assert_eq!(told, [of("192.0.2.1", "owner"), of("192.0.2.2", "an unknown name")]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_leaves_two_lines_a_name_and_minute() {
    on_each_store(async |world: World| {
        world.engine.add_operator("owner", password("a long password")).await.unwrap();
        // Beyond the free tries nobody looks at the password, so that a flood is quick.
        for number in 0..8 {
            fail(&world, "owner", "192.0.2.1").await;
            fail(&world, &format!("made up {number}"), &format!("192.0.2.{number}")).await;
        }
        assert_eq!(details(&world).await, ["an unknown name", "owner"]);
        world.hand.advance(Duration::from_secs(60));
        fail(&world, "owner", "192.0.2.9").await;
        let told = details(&world).await.split_off(2);
        let unknown = "an unknown name, 7 times within a minute, from several addresses";
        assert_eq!(told, [unknown, "owner", "owner, 7 times within a minute"]);

        fail(&world, "owner", "192.0.2.9").await;
        world.engine.shutdown().await;
        assert_eq!(details(&world).await.len(), 6, "the end of the process tells the rest");
    })
    .await;
}
