//! Messages: which are found, where they are, how trouble ended; and what comes next.

use chain::Wake;
use engine::view::{Closed, MessageFilter, MessageView, StateName};

use crate::world::{ANNA, CLIENT, World, on_each_store};

async fn found(world: &World, filter: MessageFilter) -> Vec<MessageView> {
    world.operator.messages(&filter, 50).await.unwrap().messages
}

/// A container that was connected, broke, and was mended ten minutes later.
async fn mended(world: &World) {
    let id = world.id().await;
    world.grant(id, ANNA).await;
    world.sandbox.break_chain(CLIENT, ANNA);
    world.pass_seconds(600).await;
    world.operator.refresh_now(id).await.unwrap();
    world.until(StateName::Broken).await;
    let broken =
        found(world, MessageFilter { code: Some("itgenoda494".to_owned()), ..MessageFilter::default() })
            .await;
    assert_eq!(broken[0].closed, Some(Closed::Open(StateName::Broken)));
    world.pass_seconds(600).await;
    world.grant(id, ANNA).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_says_where_it_belongs_and_how_its_trouble_ended() {
    on_each_store(async |world: World| {
        let begun = world.engine.now();
        mended(&world).await;
        let refused =
            found(&world, MessageFilter { code: Some("itgenoda494".to_owned()), ..MessageFilter::default() })
                .await;
        assert_eq!(refused.len(), 1);
        assert_eq!(
            (refused[0].places[0].database_slug.as_str(), refused[0].places[0].alias.as_str()),
            ("test", "eol")
        );
        let Some(Closed::By { action, at }) = &refused[0].closed else { panic!("{:?}", refused[0]) };
        assert_eq!(action, "linked");
        assert_eq!(at.since(begun).as_secs(), 1_200);

        let of = |database: &str, container: Option<&str>| MessageFilter {
            database: Some(database.to_owned()),
            container: container.map(str::to_owned),
            ..MessageFilter::default()
        };
        let all = found(&world, of("test", None)).await;
        assert!(all.iter().any(|message| message.action == "linked"), "{all:?}");
        // That the database was created is about none of its containers.
        assert_eq!(found(&world, of("test", Some("eol"))).await.len() + 1, all.len());
        assert!(found(&world, of("test", Some("other"))).await.is_empty());
        assert!(found(&world, of("elsewhere", None)).await.is_empty());
        let late = MessageFilter { since: Some(world.engine.now()), ..MessageFilter::default() };
        assert!(found(&world, late).await.iter().all(|message| message.action != "refused"));
        let links = MessageFilter { action: Some("linked".to_owned()), ..MessageFilter::default() };
        let links = found(&world, links).await;
        assert!(
            !links.is_empty()
                && links.iter().all(|message| message.action == "linked" && message.closed.is_none())
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_messages_follow_each_other_without_a_gap() {
    on_each_store(async |world: World| {
        mended(&world).await;
        let all = found(&world, MessageFilter::default()).await;
        assert!(all.len() > 4, "{all:?}");
        let mut read = Vec::new();
        let mut filter = MessageFilter::default();
        for _ in 0..all.len() {
            let page = world.operator.messages(&filter, 2).await.unwrap();
            read.extend(page.messages.into_iter().map(|message| message.id));
            filter.before = page.older;
            if page.older.is_none() {
                break;
            }
        }
        assert_eq!(read, all.iter().map(|message| message.id).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn states_are_counted_by_chain_and_the_next_step_is_told() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        let second = world.another("second").await;
        world.grant(second, ANNA).await;
        world.another("third").await;
        let counts = world.operator.state_counts().await.unwrap();
        let of = |state| counts.iter().find(|count| count.state == state).unwrap().chains;
        assert_eq!((of(StateName::Live), of(StateName::Unlinked), of(StateName::Broken)), (1, 1, 0));
        let steps = world.operator.next_steps(5).await.unwrap();
        assert_eq!(steps.len(), 1);
        assert_eq!(steps[0].what, Wake::KeepAlive);
        let aliases: Vec<_> = steps[0].places.iter().map(|place| place.alias.as_str()).collect();
        assert_eq!(aliases, ["eol", "second"]);
    })
    .await;
}
