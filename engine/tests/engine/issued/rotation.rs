use std::time::Duration;

use engine::issued::{FAMILY_LIVES, GRACE, RefreshError};
use engine::store::issued_tokens::TokenKind;
use engine::store::policies;
use engine::{BorrowError, KeyError};
use policy::{Given, Kind, Policy};

use super::program::{ACCESS_LIFE, Program, REFRESH_LIFE};
use crate::world::{ANNA, World, on_each_store};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_is_issued_with_both_ends_and_its_access_token_opens_what_the_key_opens() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        let program = Program::new(&world, Some(&["test"]), None).await;
        let pair = program.issue().await;
        assert_eq!(pair.access_until.since(pair.at), ACCESS_LIFE);
        assert_eq!(pair.refresh_until.since(pair.at), REFRESH_LIFE);
        assert!(pair.access_token.expose().starts_with("evga_") && pair.scope.is_none());
        let consumer = program.open(pair.access_token.expose()).await.unwrap();
        assert_eq!(consumer.id(), program.id);
        let lent = consumer.lend("test", "eol", None, Duration::ZERO).await.unwrap();
        assert_eq!(lent.generation, 1);
        let known = program.introspect(pair.access_token.expose()).await.unwrap();
        assert_eq!((known.client, known.kind, known.scope), (program.id, TokenKind::Access, None));
        assert_eq!((known.issued_at, known.expires_at), (pair.at, pair.access_until));
        let refused = program.open(pair.refresh_token.expose()).await.err().unwrap();
        assert!(matches!(refused, KeyError::Malformed), "a refresh token opens nothing");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_is_exchanged_for_the_next_pair() {
    on_each_store(async |world: World| {
        let program = Program::new(&world, None, None).await;
        let first = program.issue().await;
        world.hand.advance(ACCESS_LIFE);
        assert!(matches!(program.open(first.access_token.expose()).await, Err(KeyError::Expired { .. })));
        let second = program.refresh(&first.refresh_token).await.unwrap();
        assert_ne!(first.refresh_token.expose(), second.refresh_token.expose());
        program.open(second.access_token.expose()).await.unwrap();
        assert!(program.introspect(first.refresh_token.expose()).await.is_none());
        let known = program.introspect(second.refresh_token.expose()).await.unwrap();
        assert_eq!((known.kind, known.expires_at), (TokenKind::Refresh, second.refresh_until));
        program.refresh(&second.refresh_token).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_asked_for_once_more_and_the_lost_pair_is_replaced() {
    on_each_store(async |world: World| {
        let program = Program::new(&world, None, None).await;
        let first = program.issue().await;
        let lost = program.refresh(&first.refresh_token).await.unwrap();
        world.hand.advance(GRACE);
        let again = program.refresh(&first.refresh_token).await.unwrap();
        assert!(program.introspect(lost.refresh_token.expose()).await.is_none());
        // Twice may be an accident; a third time gives nothing, and ends nothing either.
        let third = program.refresh(&first.refresh_token).await.err().unwrap();
        assert!(matches!(third, RefreshError::JustUsed), "{third:?}");
        let found = program.refresh(&lost.refresh_token).await.err().unwrap();
        assert!(matches!(found, RefreshError::JustUsed), "{found:?}");
        program.refresh(&again.refresh_token).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_arrived_is_not_asked_for_once_more() {
    on_each_store(async |world: World| {
        let program = Program::new(&world, None, None).await;
        let first = program.issue().await;
        let second = program.refresh(&first.refresh_token).await.unwrap();
        let third = program.refresh(&second.refresh_token).await.unwrap();
        let refused = program.refresh(&first.refresh_token).await.err().unwrap();
        assert!(matches!(refused, RefreshError::JustUsed), "{refused:?}");
        program.refresh(&third.refresh_token).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_comes_back_later_ends_its_family_and_stands_in_the_journal() {
    on_each_store(async |world: World| {
        let program = Program::new(&world, None, None).await;
        let (first, other) = (program.issue().await, program.issue().await);
        let second = program.refresh(&first.refresh_token).await.unwrap();
        program.open(second.access_token.expose()).await.unwrap();
        world.hand.advance(GRACE + SECOND);
        let refused = program.refresh(&first.refresh_token).await.err().unwrap();
        assert!(matches!(refused, RefreshError::Reused), "{refused:?}");
        for access in [&first.access_token, &second.access_token] {
            let refused = program.open(access.expose()).await.err().unwrap();
            assert!(matches!(refused, KeyError::Revoked { .. }), "{refused:?}");
        }
        let refused = program.refresh(&second.refresh_token).await.err().unwrap();
        assert!(matches!(refused, RefreshError::Over), "{refused:?}");
        let refused = program.refresh(&first.refresh_token).await.err().unwrap();
        assert!(matches!(refused, RefreshError::Over), "{refused:?}");
        program.open(other.access_token.expose()).await.unwrap();
        let filter = engine::view::MessageFilter {
            action: Some("refresh_token_reused".to_owned()),
            ..engine::view::MessageFilter::default()
        };
        let lines = world.operator.messages(&filter, 10).await.unwrap().messages;
        assert_eq!(lines.len(), 1, "{lines:?}");
        let detail = lines[0].detail.clone().unwrap();
        assert!(detail.starts_with("Power BI (evg_") && !detail.contains(program.key.expose()), "{detail}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn renewing_makes_nothing_live_beyond_the_end_of_its_family() {
    on_each_store(async |world: World| {
        let program = Program::new(&world, None, None).await;
        let mut pair = program.issue().await;
        let end = pair.at + REFRESH_LIFE * FAMILY_LIVES;
        for _ in 0..2 * FAMILY_LIVES {
            world.hand.advance(REFRESH_LIFE - SECOND);
            if program.engine.now() >= end {
                break;
            }
            pair = program.refresh(&pair.refresh_token).await.unwrap();
            assert!(pair.access_until <= end && pair.refresh_until <= end);
        }
        assert_eq!(pair.refresh_until, end);
        world.hand.set(end);
        let refused = program.refresh(&pair.refresh_token).await.err().unwrap();
        assert!(matches!(refused, RefreshError::Over), "{refused:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_holds_from_the_next_pair_on_and_reaches_families_that_are_there() {
    on_each_store(async |world: World| {
        let program = Program::new(&world, None, None).await;
        let first = program.issue().await;
        let organisation = program.client().await.consumer().organisation();
        let say = async |kind: Kind, seconds: u64| {
            let given = Given::from(Duration::from_secs(seconds));
            let policy = Policy::new(kind, given, kind.outermost()).unwrap();
            let now = program.engine.now();
            policies::set(program.engine.store(), organisation, &policy, "anna", now).await.unwrap();
        };
        say(Kind::AccessToken, 600).await;
        say(Kind::RefreshToken, 3_600).await;
        let other = program.issue().await;
        assert_eq!(other.access_until.since(other.at), 600 * SECOND);
        assert_eq!(other.refresh_until.since(other.at), 3_600 * SECOND);
        // The first family ends as if it had begun under the shorter policy; a longer one is for others.
        let second = program.refresh(&first.refresh_token).await.unwrap();
        say(Kind::RefreshToken, 3_600 * 24 * 30).await;
        let third = program.refresh(&second.refresh_token).await.unwrap();
        assert_eq!(third.refresh_until.since(first.at), REFRESH_LIFE * FAMILY_LIVES);
        say(Kind::RefreshToken, 3_600).await;
        world.hand.advance(3_600 * SECOND * FAMILY_LIVES - SECOND);
        let last = program.refresh(&third.refresh_token).await.unwrap();
        assert_eq!(last.refresh_until.since(last.at), SECOND);
        world.hand.advance(SECOND);
        let late = program.refresh(&last.refresh_token).await.err().unwrap();
        assert!(matches!(late, RefreshError::Over), "{late:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_issued_ends_with_the_key() {
    on_each_store(async |world: World| {
        let program = Program::new(&world, None, Some(1)).await;
        world.hand.advance(REFRESH_LIFE - 60 * SECOND);
        let pair = program.issue().await;
        assert_eq!(pair.access_until.since(pair.at), 60 * SECOND);
        assert_eq!(pair.refresh_until, pair.access_until);
        world.hand.set(pair.access_until - Duration::from_millis(1));
        program.open(pair.access_token.expose()).await.unwrap();
        world.hand.set(pair.access_until);
        let refused = program.open(pair.access_token.expose()).await.err().unwrap();
        assert!(matches!(refused, KeyError::Expired { .. }), "{refused:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_back_opens_nothing_that_was_used() {
    on_each_store(async |world: World| {
        let program = Program::new(&world, None, None).await;
        let first = program.issue().await;
        world.hand.advance(60 * SECOND);
        let second = program.refresh(&first.refresh_token).await.unwrap();
        program.refresh(&second.refresh_token).await.unwrap();
        world.hand.set(first.at);
        let refused = program.refresh(&first.refresh_token).await.err().unwrap();
        assert!(matches!(refused, RefreshError::JustUsed), "{refused:?}");
        let unlinked = program.open(first.access_token.expose()).await.unwrap();
        let refused = unlinked.lend("test", "eol", None, Duration::ZERO).await.err().unwrap();
        assert!(matches!(refused, BorrowError::Lend(_)), "{refused:?}");
    })
    .await;
}
