use std::time::Duration;

use chain::Time;
use engine::store::purge::{Criterion, What};
use engine::store::{Purge, purge, receipts};
use engine::view::Went;

use super::scene::{DAY, HOUR, Token, connected, consumer, number, run, session};
use crate::world::{World, on_each_store};

fn went(what: What, criterion: Criterion, amount: u64) -> Went {
    Went { what, criterion, amount }
}

/// Tokens by each criterion, and one of each kind that lives on.
async fn tokens(world: &World) {
    let (now, program) = (world.engine.now(), consumer(world, "Power BI").await);
    let (over, later) = (now + HOUR, now + 10 * DAY);
    let put = async |token: Token<'_>| token.put(world, &program).await;
    put(Token::new("a-over", "access_token", over)).await;
    put(Token::new("a-revoked", "access_token", over).revoked(now)).await;
    put(Token::new("a-lives", "access_token", later)).await;
    put(Token::new("r-over", "refresh_token", over)).await;
    put(Token::new("r-superseded", "refresh_token", over).superseded(now)).await;
    put(Token::new("r-revoked", "refresh_token", over).revoked(now)).await;
    put(Token::new("r-lives", "refresh_token", later)).await;
    put(Token { family_ends: over, ..Token::new("r-of-an-ended-family", "refresh_token", later) }).await;
    let revoked = consumer(world, "Excel").await;
    Token::new("a-of-a-revoked-key", "access_token", later).put(world, &revoked).await;
    let id = revoked.parse().unwrap();
    world.operator.revoke_consumer(id).await.unwrap();
}

impl Token<'_> {
    fn revoked(self, at: Time) -> Self {
        Self { revoked: Some(at), ..self }
    }

    fn superseded(self, at: Time) -> Self {
        Self { superseded: Some(at), ..self }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_says_what_the_purge_then_takes_and_changes_nothing() {
    on_each_store(async |world: World| {
        connected(&world).await;
        tokens(&world).await;
        session(&world, "over", HOUR).await;
        session(&world, "lives", 2 * DAY).await;
        world.engine.chain_journal().await.unwrap();
        world.hand.advance(HOUR);
        let expected = [
            went(What::AccessToken, Criterion::Expired, 1),
            went(What::AccessToken, Criterion::Revoked, 2),
            went(What::OneTimeState, Criterion::Expired, 1),
            went(What::RefreshToken, Criterion::Expired, 1),
            went(What::RefreshToken, Criterion::Revoked, 2),
            went(What::RefreshToken, Criterion::Superseded, 1),
            went(What::Session, Criterion::Expired, 1),
            went(What::TokenFamily, Criterion::Orphaned, 7),
        ];
        for _ in 0..2 {
            assert_eq!(world.engine.purge_dry_run().await.unwrap(), expected);
        }
        let purged = world.engine.purge().await.unwrap();
        assert_eq!((purged.went.as_slice(), purged.more), (&expected[..], false));
        assert_eq!(world.engine.purge_dry_run().await.unwrap(), []);
        assert_eq!(world.engine.purge().await.unwrap().went, []);
        let db = world.engine.store();
        let left = "SELECT COUNT(*) FROM issued_tokens";
        assert_eq!(number(db, left).await, Some(2), "what lives on stays");
        assert_eq!(number(db, "SELECT COUNT(*) FROM token_families").await, Some(2));
        // More than a year later stored sign-ins, keys and lines go, too.
        world.hand.advance(400 * DAY);
        world.engine.chain_journal().await.unwrap();
        let dry = world.engine.purge_dry_run().await.unwrap();
        let whats: Vec<_> = dry.iter().map(|went| went.what).collect();
        assert!(whats.contains(&What::Credential) && whats.contains(&What::Journal), "{dry:?}");
        assert!(whats.contains(&What::Answer) && whats.contains(&What::ConsumerKey), "{dry:?}");
        assert_eq!(world.engine.purge().await.unwrap().went, dry);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_criterion_takes_its_own_rows_and_no_others() {
    on_each_store(async |world: World| {
        tokens(&world).await;
        world.hand.advance(HOUR);
        let (db, now) = (world.engine.store(), world.engine.now());
        let counts = async || {
            let mut counts = Vec::new();
            for rule in purge::RULES.iter().filter(|rule| rule.what != What::TokenFamily) {
                counts.push(purge::count(db, rule, now).await.unwrap());
            }
            counts
        };
        let rules: Vec<_> = purge::RULES.iter().filter(|rule| rule.what != What::TokenFamily).collect();
        // In the other order than the purge has, one by one: what one takes is missing at that one only.
        for (place, rule) in rules.iter().enumerate().rev() {
            let before = counts().await;
            let taken = purge::take(db, rule, Purge { now, limit: 100 }).await.unwrap();
            assert_eq!(taken.rows, before[place], "{rule:?}");
            let mut expected = before;
            expected[place] = 0;
            assert_eq!(counts().await, expected, "{rule:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_is_bounded_and_what_is_left_goes_in_the_next() {
    on_each_store(async |world: World| {
        let db = world.engine.store();
        let values: Vec<_> = (0..5_600).map(|number| format!("('s{number}', '', 1, 0)")).collect();
        for some in values.chunks(700) {
            let sql = "INSERT INTO sessions (id, data, expires_at, born_at) VALUES";
            run(db, &format!("{sql} {}", some.join(", "))).await;
        }
        let first = world.engine.purge().await.unwrap();
        assert_eq!((first.went, first.more), (vec![went(What::Session, Criterion::Expired, 5_000)], true));
        let second = world.engine.purge().await.unwrap();
        assert_eq!((second.went, second.more), (vec![went(What::Session, Criterion::Expired, 600)], false));
        let receipts = receipts::since(db, Time::from_millis(0), 10).await.unwrap();
        let [receipt] = receipts.as_slice() else { panic!("{receipts:?}") };
        assert_eq!(
            (receipt.what, receipt.criterion, receipt.amount),
            (What::Session, Criterion::Expired, 5_600)
        );
        assert!(world.engine.now().since(receipt.hour) < HOUR);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_superseded_link_never_outlives_its_resend_window() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, crate::world::ANNA).await;
        world.pass_seconds(580).await;
        world.operator.refresh_now(world.id().await).await.unwrap();
        world.until_that(|status| status.last_refreshed_at == Some(world.engine.now())).await;
        let db = world.engine.store();
        let superseded = "SELECT COUNT(*) FROM links WHERE standing = 'superseded'";
        assert_eq!(number(db, superseded).await, Some(1));
        // The profile lets a link be sent again for ten minutes.
        world.hand.advance(Duration::from_secs(599));
        world.engine.purge().await.unwrap();
        assert_eq!(number(db, superseded).await, Some(1));
        world.hand.advance(Duration::from_secs(1));
        world.engine.purge().await.unwrap();
        assert_eq!(number(db, superseded).await, Some(0));
        assert_eq!(number(db, "SELECT COUNT(*) FROM links").await, Some(1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_nobody_can_use_any_more_goes_with_the_life_of_its_chain() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, crate::world::ANNA).await;
        let db = world.engine.store();
        // Nobody ran for so long that the provider has forgotten it.
        world.hand.advance(31 * DAY);
        world.engine.purge().await.unwrap();
        assert_eq!(number(db, "SELECT COUNT(*) FROM links").await, Some(1), "the chain does not know yet");
        world.engine.wake_due().await.unwrap();
        world.engine.purge().await.unwrap();
        assert_eq!(number(db, "SELECT COUNT(*) FROM links").await, Some(0));
        assert!(world.status().await.refresh_until.is_some(), "the chain still says what it was");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_that_came_back_is_left_to_whoever_exchanges_its_code() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, crate::world::ANNA).await;
        let db = world.engine.store();
        run(db, "UPDATE grants SET outcome = NULL, used_at = expires_at - 1").await;
        world.hand.advance(Duration::from_secs(900));
        world.engine.purge().await.unwrap();
        assert_eq!(number(db, "SELECT COUNT(*) FROM grants").await, Some(1));
        world.hand.advance(Duration::from_secs(900));
        world.engine.purge().await.unwrap();
        assert_eq!(number(db, "SELECT COUNT(*) FROM grants").await, Some(0));
    })
    .await;
}
