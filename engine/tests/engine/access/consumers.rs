//! Programs and their keys, on each store; what is kept in memory must never outlive a change.

use std::net::IpAddr;
use std::time::Duration;

use engine::consumer::LONGEST_WAIT;
use engine::guard::secret::ConsumerKey;
use engine::lend::Lent;
use engine::view::{ConsumerStanding, KeyLife};
use engine::{BorrowError, Consumer, ConsumerForm, Engine, GrantOutcome, KeyError, Problem, ReachError};

use super::field;
use crate::world::{ANNA, BRAM, World, on_each_store, on_postgres};

const DAY: Duration = Duration::from_secs(86_400);
const NONE: Duration = Duration::ZERO;

fn form(databases: Option<&[&str]>) -> ConsumerForm {
    let databases = databases.map(|slugs| slugs.iter().map(|slug| (*slug).to_owned()).collect());
    ConsumerForm { name: "Power BI".to_owned(), databases, days: None }
}

async fn key(world: &World) -> ConsumerKey {
    world.operator.add_consumer(form(Some(&["test"]))).await.unwrap().1
}

async fn caller(engine: &Engine, key: &ConsumerKey) -> Result<Consumer, KeyError> {
    engine.consumer(key.expose(), None).await
}

async fn lend(engine: &Engine, key: &ConsumerKey, alias: &str) -> Result<Lent, BorrowError> {
    caller(engine, key).await.unwrap().lend("test", alias, Some(NONE), NONE).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_opens_what_it_was_given_for_and_nothing_else() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        world.operator.create_database("Other").await.unwrap();
        let consumer = caller(&world.engine, &key(&world).await).await.unwrap();
        let lent = consumer.lend("test", "eol", None, NONE).await.unwrap();
        assert_eq!((lent.generation, lent.until.since(world.engine.now())), (1, Duration::from_secs(600)));
        assert_eq!(consumer.container("test", "eol").await.unwrap().status.generation, Some(1));
        assert_eq!(consumer.database("test").await.unwrap().containers.len(), 1);

        for (database, alias) in [("other", "eol"), ("other", "none")] {
            let refused = consumer.lend(database, alias, None, NONE).await.err().unwrap();
            assert!(matches!(refused, BorrowError::Reach(ReachError::OutOfScope)), "{refused:?}");
        }
        for (database, alias) in [("nowhere", "eol"), ("test", "none"), ("test", "EOL"), ("", "")] {
            let refused = consumer.lend(database, alias, None, NONE).await.err().unwrap();
            assert!(matches!(refused, BorrowError::Reach(ReachError::NotFound)), "{refused:?}");
        }
        assert!(matches!(consumer.database("other").await, Err(ReachError::OutOfScope)));
        assert!(matches!(consumer.database("nowhere").await, Err(ReachError::NotFound)));
        let slugs = |list: Vec<engine::consumer::DatabaseState>| {
            list.into_iter().map(|state| (state.slug, state.containers.len())).collect::<Vec<_>>()
        };
        assert_eq!(slugs(consumer.databases().await.unwrap()), [("test".to_owned(), 1)]);
        let (_, every) = world.operator.add_consumer(form(None)).await.unwrap();
        let every = caller(&world.engine, &every).await.unwrap().databases().await.unwrap();
        assert_eq!(slugs(every), [("other".to_owned(), 0), ("test".to_owned(), 1)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_no_key_opens_nothing() {
    on_each_store(async |world: World| {
        let key = key(&world).await;
        let unknown = format!("evg_{}", "A".repeat(43));
        assert!(matches!(world.engine.consumer(&unknown, None).await, Err(KeyError::Unknown)));
        for malformed in ["", "evg_", "nothing", &key.expose()[1..], &format!("{} ", key.expose())] {
            let refused = world.engine.consumer(malformed, None).await.err().unwrap();
            assert!(matches!(refused, KeyError::Malformed), "{refused:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_is_refused_by_the_next_request() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        let (view, key) = world.operator.add_consumer(form(None)).await.unwrap();
        lend(&world.engine, &key, "eol").await.unwrap();
        let revoked = world.operator.revoke_consumer(view.id).await.unwrap();
        assert_eq!(revoked.standing, ConsumerStanding::Revoked);
        assert!(matches!(caller(&world.engine, &key).await, Err(KeyError::Revoked { .. })));
        let again = world.operator.revoke_consumer(view.id).await.unwrap();
        assert_eq!(
            (again.revoked_at, again.revoked_by.as_deref()),
            (revoked.revoked_at, Some("command line"))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_one_replica_revokes_is_refused_by_all() {
    on_postgres(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        let (view, key) = world.operator.add_consumer(form(None)).await.unwrap();
        let (other, _hand) = world.replica().await;
        lend(&other, &key, "eol").await.unwrap();
        world.operator.revoke_consumer(view.id).await.unwrap();
        assert!(matches!(caller(&other, &key).await, Err(KeyError::Revoked { .. })));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_ends_in_time_and_is_forgotten_a_month_later() {
    on_each_store(async |world: World| {
        let one_day = ConsumerForm { days: Some(1), ..form(None) };
        let (view, key) = world.operator.add_consumer(one_day).await.unwrap();
        world.hand.advance(DAY - Duration::from_millis(1));
        caller(&world.engine, &key).await.unwrap();
        world.hand.advance(Duration::from_millis(1));
        let ended = caller(&world.engine, &key).await.err().unwrap();
        assert!(matches!(ended, KeyError::Expired { at } if at == view.expires_at), "{ended:?}");
        let (revoked, _) = world.operator.add_consumer(form(None)).await.unwrap();
        world.operator.revoke_consumer(revoked.id).await.unwrap();
        let (kept, _) = world.operator.add_consumer(form(None)).await.unwrap();
        world.hand.advance(30 * DAY - Duration::from_millis(1));
        world.engine.tidy().await.unwrap();
        assert_eq!(world.operator.consumers().await.unwrap().len(), 3);
        world.hand.advance(Duration::from_millis(1));
        world.engine.tidy().await.unwrap();
        let left = world.operator.consumers().await.unwrap();
        assert_eq!(left.iter().map(|view| view.id).collect::<Vec<_>>(), [kept.id]);
        assert!(matches!(caller(&world.engine, &key).await, Err(KeyError::Unknown)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_token_is_lent_from_its_commit_on() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        let key = key(&world).await;
        let first = lend(&world.engine, &key, "eol").await.unwrap();
        let again = lend(&world.engine, &key, "eol").await.unwrap();
        assert_eq!(first.access_token.expose(), again.access_token.expose());
        world.pass_seconds(575).await;
        let consumer = caller(&world.engine, &key).await.unwrap();
        let second = consumer.lend("test", "eol", None, LONGEST_WAIT).await.unwrap();
        assert_eq!((first.generation, second.generation), (1, 2));
        let after = lend(&world.engine, &key, "eol").await.unwrap();
        assert_eq!(after.access_token.expose(), second.access_token.expose());
        assert_ne!(after.access_token.expose(), first.access_token.expose());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_lent_to_its_last_moment_and_not_beyond() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        let key = key(&world).await;
        let lent = lend(&world.engine, &key, "eol").await.unwrap();
        world.sandbox.break_chain(crate::world::CLIENT, ANNA);
        world.pass_seconds(575).await;
        world.operator.refresh_now(world.id().await).await.unwrap();
        world.until(engine::view::StateName::Broken).await;
        world.hand.set(lent.until - Duration::from_millis(1));
        assert!(lend(&world.engine, &key, "eol").await.is_ok());
        world.hand.set(lent.until);
        let refused = lend(&world.engine, &key, "eol").await.err().unwrap();
        assert!(matches!(refused, BorrowError::Lend(engine::lend::LendError::Broken { .. })), "{refused:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_container_is_not_lent_under_its_old_name() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        let key = key(&world).await;
        lend(&world.engine, &key, "eol").await.unwrap();
        world.operator.rename_container(world.id().await, "eol2").await.unwrap();
        let refused = lend(&world.engine, &key, "eol").await.err().unwrap();
        assert!(matches!(refused, BorrowError::Reach(ReachError::NotFound)), "{refused:?}");
        lend(&world.engine, &key, "eol2").await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_of_another_user_lends_the_other_users_token() {
    on_each_store(async |world: World| {
        let id = world.id().await;
        world.grant(id, ANNA).await;
        let key = key(&world).await;
        let annas = lend(&world.engine, &key, "eol").await.unwrap();
        let finished = world.grant(id, BRAM).await;
        assert!(matches!(finished.outcome, GrantOutcome::OtherUser { .. }));
        let still = lend(&world.engine, &key, "eol").await.unwrap();
        assert_eq!(still.access_token.expose(), annas.access_token.expose());
        world.operator.keep_other_user(id).await.unwrap();
        let brams = lend(&world.engine, &key, "eol").await.unwrap();
        assert_ne!(brams.access_token.expose(), annas.access_token.expose());
        // A grant of the first user again joins the chain that is there.
        world.grant(id, ANNA).await;
        world.operator.keep_other_user(id).await.unwrap();
        let back = lend(&world.engine, &key, "eol").await.unwrap();
        assert_eq!(back.generation, 2, "her chain went on");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_beyond_what_there_can_be_is_refused() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        let consumer = caller(&world.engine, &key(&world).await).await.unwrap();
        let life = Duration::from_secs(600);
        assert!(consumer.lend("test", "eol", Some(life), NONE).await.is_ok());
        let more = Some(life + Duration::from_secs(1));
        let refused = consumer.lend("test", "eol", more, NONE).await.err().unwrap();
        assert!(matches!(refused, BorrowError::MinimumBeyondLife { most } if most == life), "{refused:?}");
        let long = LONGEST_WAIT + Duration::from_secs(1);
        let refused = consumer.lend("test", "eol", None, long).await.err().unwrap();
        assert!(matches!(refused, BorrowError::WaitTooLong), "{refused:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_use_of_a_key_is_written_down_once_a_minute() {
    on_each_store(async |world: World| {
        let (view, key) = world.operator.add_consumer(form(None)).await.unwrap();
        let used = async |from: &str| {
            let from: IpAddr = from.parse().unwrap();
            world.engine.consumer(key.expose(), Some(from)).await.unwrap();
            let view = world.operator.consumer(view.id).await.unwrap().unwrap();
            (view.last_used_at.unwrap().since(view.created_at).as_secs(), view.last_used_from.unwrap())
        };
        assert_eq!(used("192.0.2.1").await, (0, "192.0.2.1".to_owned()));
        world.hand.advance(Duration::from_secs(59));
        assert_eq!(used("192.0.2.2").await, (0, "192.0.2.1".to_owned()));
        world.hand.advance(Duration::from_secs(1));
        assert_eq!(used("::ffff:192.0.2.2").await, (60, "192.0.2.2".to_owned()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_asks_too_often_waits_for_the_next_minute() {
    on_each_store(async |world: World| {
        let (one, other) = (key(&world).await, key(&world).await);
        world.engine.allow_consumers(2);
        caller(&world.engine, &one).await.unwrap();
        caller(&world.engine, &one).await.unwrap();
        assert!(matches!(caller(&world.engine, &one).await, Err(KeyError::TooMany { .. })));
        caller(&world.engine, &other).await.unwrap();
        world.hand.advance(Duration::from_secs(60));
        caller(&world.engine, &one).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_is_checked_by_field() {
    on_each_store(async |world: World| {
        let add = async |form: ConsumerForm| field(world.operator.add_consumer(form).await);
        assert_eq!(add(ConsumerForm { name: " ".to_owned(), ..form(None) }).await, ("name", Problem::Empty));
        assert_eq!(add(form(Some(&[]))).await, ("databases", Problem::Empty));
        assert_eq!(add(form(Some(&["test", "nowhere"]))).await, ("databases", Problem::Unknown));
        let bounds = |most| ("days", Problem::OutOfBounds { least: 1, most });
        assert_eq!(add(ConsumerForm { days: Some(0), ..form(None) }).await, bounds(366));
        assert_eq!(add(ConsumerForm { days: Some(367), ..form(None) }).await, bounds(366));
        let life = |usual, most| KeyLife { usual, most };
        let set = async |life| field(world.operator.set_key_life(life).await).0;
        assert_eq!(
            (set(life(1, 0)).await, set(life(8, 7)).await, set(life(0, 7)).await),
            ("most", "usual", "usual")
        );
        world.operator.set_key_life(life(7, 14)).await.unwrap();
        assert_eq!(add(ConsumerForm { days: Some(15), ..form(None) }).await, bounds(14));
        let (view, key) = world.operator.add_consumer(form(Some(&["test", "test"]))).await.unwrap();
        assert_eq!(view.expires_at.since(view.created_at), 7 * DAY);
        assert_eq!(view.databases.as_ref().unwrap().len(), 1);
        assert!(key.expose().starts_with(&view.shown) && view.shown.len() == 10);
        assert_eq!(world.operator.consumers().await.unwrap(), [view]);
    })
    .await;
}
