use std::time::Duration;

use engine::store::policies;
use engine::view::{PolicyPreview, Reached};
use engine::{FormError, PolicyForm, Problem};
use policy::{Bounds, Given, Kind, Policies, PolicyError};

use super::scene::{DAY, HOUR, Token, connected, consumer, number, ours, session};
use crate::world::{BROWSER, World, on_each_store};

fn form(kind: Kind, lifetime: Duration) -> PolicyForm {
    let Bounds { least, most } = kind.outermost();
    let most = match kind {
        // What was chosen within the bounds holds as far as they do.
        Kind::ConsumerKey | Kind::Credential => lifetime,
        Kind::UpstreamLink
        | Kind::AccessToken
        | Kind::RefreshToken
        | Kind::Session
        | Kind::OneTimeState
        | Kind::Journal => most,
    };
    PolicyForm { lifetime: lifetime.into(), bounds: Bounds { least, most } }
}

/// When the only thing of a kind ends, in milliseconds from the start.
async fn end(world: &World, kind: Kind, start: i64) -> i64 {
    let sql = match kind {
        Kind::UpstreamLink => "SELECT expires_at FROM links WHERE standing = 'current'",
        Kind::ConsumerKey => "SELECT expires_at FROM consumers",
        Kind::AccessToken => "SELECT expires_at FROM issued_tokens WHERE kind = 'access_token'",
        Kind::RefreshToken => "SELECT expires_at FROM issued_tokens WHERE kind = 'refresh_token'",
        Kind::Credential => "SELECT expires_at FROM credentials",
        Kind::Session => "SELECT expires_at FROM sessions",
        Kind::OneTimeState => "SELECT expires_at FROM grants WHERE used_at IS NULL",
        Kind::Journal => "SELECT 0",
    };
    number(world.engine.store(), sql).await.unwrap() - start
}

fn millis(life: Duration) -> i64 {
    i64::try_from(life.as_millis()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shorter_life_reaches_what_is_there_and_a_longer_one_prolongs_nothing() {
    on_each_store(async |world: World| {
        connected(&world).await;
        let (now, program) = (world.engine.now(), consumer(&world, "Power BI").await);
        let start = now.millis();
        Token::new("access", "access_token", now + 2 * HOUR).put(&world, &program).await;
        Token::new("refresh", "refresh_token", now + 20 * DAY).put(&world, &program).await;
        session(&world, "session", 6 * DAY).await;
        world.another("second").await;
        let second = world.container("second").await.id;
        world.operator.begin_grant(second, BROWSER, None).await.unwrap();
        // What it is now, what it is to be, and a life that is longer than both.
        let lives = [
            (Kind::UpstreamLink, 30 * DAY, 9 * DAY, 60 * DAY),
            (Kind::ConsumerKey, 60 * DAY, 30 * DAY, 366 * DAY),
            (Kind::RefreshToken, 20 * DAY, DAY, 90 * DAY),
            (Kind::AccessToken, 2 * HOUR, HOUR, 24 * HOUR),
            (Kind::Credential, 30 * DAY, 7 * DAY, 90 * DAY),
            (Kind::Session, 6 * DAY, DAY, 30 * DAY),
            (Kind::OneTimeState, 15 * 60 * SECOND, 5 * 60 * SECOND, HOUR),
        ];
        for (kind, is, short, long) in lives {
            assert_eq!(end(&world, kind, start).await, millis(is), "{kind:?}");
            let PolicyPreview { living, reached, after, .. } =
                world.operator.preview_policy(kind, form(kind, short)).await.unwrap();
            assert_eq!((living.amount, living.oldest, after.lifetime()), (1, Some(now), short), "{kind:?}");
            let earlier = Some(now + short);
            let expected = Reached { amount: 1, at_once: 0, first: earlier, last: earlier };
            assert_eq!(reached, expected, "{kind:?}");
            assert_eq!(end(&world, kind, start).await, millis(is), "a preview changes nothing: {kind:?}");
            world.operator.set_policy(kind, form(kind, short)).await.unwrap();
            assert_eq!(end(&world, kind, start).await, millis(short), "{kind:?}");
            let preview = world.operator.preview_policy(kind, form(kind, long)).await.unwrap();
            assert_eq!(preview.reached, Reached::default(), "{kind:?}");
            world.operator.set_policy(kind, form(kind, long)).await.unwrap();
            assert_eq!(end(&world, kind, start).await, millis(short), "{kind:?}");
        }
        let until = world.status().await.refresh_until.unwrap();
        assert_eq!(until.since(now), 9 * DAY, "the chain knows it, too");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_would_be_over_already_is_renewed_and_not_broken() {
    on_each_store(async |world: World| {
        connected(&world).await;
        world.hand.advance(3 * DAY);
        let (start, now) = (world.engine.now() - 3 * DAY, world.engine.now());
        let to_renew = Some(now + DAY);
        let asked = form(Kind::UpstreamLink, DAY);
        let preview = world.operator.preview_policy(Kind::UpstreamLink, asked).await.unwrap();
        let expected = Reached { amount: 1, at_once: 0, first: to_renew, last: to_renew };
        assert_eq!(preview.reached, expected, "none ends at once: they are renewed first");
        world.operator.set_policy(Kind::UpstreamLink, asked).await.unwrap();
        assert_eq!(world.engine.reach().await.unwrap(), 0, "told once");
        let status = world.status().await;
        assert_ne!(status.state, engine::view::StateName::Broken);
        assert_eq!(status.refresh_until, to_renew);
        assert_eq!(end(&world, Kind::UpstreamLink, start.millis()).await, millis(4 * DAY));
    })
    .await;
}

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread")]
async fn what_would_be_over_already_ends_at_once() {
    on_each_store(async |world: World| {
        session(&world, "old", 6 * DAY).await;
        world.hand.advance(2 * DAY);
        session(&world, "new", 6 * DAY).await;
        let now = world.engine.now();
        let preview = world.operator.preview_policy(Kind::Session, form(Kind::Session, DAY)).await.unwrap();
        let (first, last) = (Some(now - DAY), Some(now + DAY));
        assert_eq!(preview.reached, Reached { amount: 2, at_once: 1, first, last });
        world.operator.set_policy(Kind::Session, form(Kind::Session, DAY)).await.unwrap();
        let load = async |name| engine::store::sessions::load(world.engine.store(), name, now).await.unwrap();
        assert!(load("old").await.is_none(), "refused at the next request");
        assert!(load("new").await.is_some());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_of_the_journal_are_counted_that_would_go() {
    on_each_store(async |world: World| {
        world.hand.advance(40 * DAY);
        world.operator.create_database("Later").await.unwrap();
        world.operator.note_sign_in().await.unwrap();
        let preview = world.operator.preview_policy(Kind::Journal, form(Kind::Journal, 30 * DAY)).await;
        let PolicyPreview { reached, living, .. } = preview.unwrap();
        assert_eq!(reached.amount, living.amount);
        assert!(reached.at_once < reached.amount, "{reached:?}");
        assert_eq!(reached.last, Some(world.engine.now() + 30 * DAY));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reach_that_was_cut_off_goes_on_where_it_was() {
    on_each_store(async |world: World| {
        let (db, now, ours) = (world.engine.store(), world.engine.now(), ours(&world).await);
        for number in 0..5 {
            session(&world, &format!("s{number}"), 6 * DAY).await;
        }
        // The policy is committed, a batch of two is, and then the process ends.
        let policy = policy::Policy::new(Kind::Session, DAY.into(), Kind::Session.outermost()).unwrap();
        policies::set(db, ours, &policy, "anna", now).await.unwrap();
        assert_eq!(engine::store::lives::shorten(db, Kind::Session, ours, now, DAY, 2).await.unwrap(), 2);
        let ended = "SELECT COUNT(*) FROM sessions WHERE expires_at = born_at + 86400000";
        assert_eq!(number(db, ended).await, Some(2));
        assert_eq!(world.engine.reach().await.unwrap(), 3);
        assert_eq!(number(db, ended).await, Some(5));
        // Another replica may have made one by the policy before.
        session(&world, "late", 6 * DAY).await;
        assert_eq!(world.engine.reach().await.unwrap(), 1);
        world.hand.advance(31 * SECOND);
        assert_eq!(world.engine.reach().await.unwrap(), 0);
        assert_eq!(policies::unreached(db).await.unwrap(), []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_that_contradict_each_other_are_refused_and_nothing_changes() {
    on_each_store(async |world: World| {
        let set = async |kind, lifetime: Given, least: Duration, most: Duration| {
            let form = PolicyForm { lifetime, bounds: Bounds { least, most } };
            let (preview, set) = (
                world.operator.preview_policy(kind, form).await.map(|_| ()),
                world.operator.set_policy(kind, form).await,
            );
            let error = |done: Result<(), FormError>| match done.unwrap_err() {
                FormError::Invalid { field, problem: Problem::Policy(error) } => (field, error),
                other @ (FormError::Invalid { .. }
                | FormError::NotFound
                | FormError::Store(_)
                | FormError::Guard(_)) => panic!("{other:?}"),
            };
            let (first, second) = (error(preview), error(set));
            assert_eq!(first, second);
            first
        };
        let Bounds { least, most } = Kind::RefreshToken.outermost();
        world.operator.set_policy(Kind::RefreshToken, form(Kind::RefreshToken, HOUR)).await.unwrap();
        let before = world.operator.policies().await.unwrap();
        let lines = "SELECT COUNT(*) FROM journal";
        let written = number(world.engine.store(), lines).await;
        let access = Kind::AccessToken.outermost();
        let (field, error) = set(Kind::AccessToken, (2 * HOUR).into(), access.least, access.most).await;
        assert_eq!(field, "lifetime");
        assert_eq!(error, PolicyError::RefreshEndsFirst { access: 2 * HOUR, refresh: HOUR });
        for given in [Given::Absent, Given::Millis(0), Given::Millis(-1), Given::Millis(-5)] {
            let (field, error) = set(Kind::RefreshToken, given, least, most).await;
            assert_eq!((field, error.code()), ("lifetime", "InvalidValueForRefreshTokenExpiresIn"));
            let (_, error) = set(Kind::Session, given, HOUR, DAY).await;
            assert_eq!(error.code(), "InvalidValueForExpiresIn");
        }
        let (field, error) = set(Kind::Session, HOUR.into(), 2 * HOUR, HOUR).await;
        assert_eq!((field, error.code()), ("least", "BoundsContradict"));
        let (field, error) = set(Kind::Session, HOUR.into(), HOUR, 40 * DAY).await;
        assert_eq!((field, error.code()), ("most", "BoundsTooWide"));
        let (field, error) = set(Kind::Session, HOUR.into(), 2 * HOUR, DAY).await;
        assert_eq!((field, error.code()), ("lifetime", "OutOfBounds"));
        assert_eq!(world.operator.policies().await.unwrap(), before);
        assert_eq!(number(world.engine.store(), lines).await, written);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn defaults_that_are_kept_are_policies_from_then_on_and_change_no_lifetime() {
    on_each_store(async |world: World| {
        world.operator.set_policy(Kind::Session, form(Kind::Session, HOUR)).await.unwrap();
        let mut defaults = Policies::default();
        defaults.set_default(Kind::Journal, (90 * DAY).into()).unwrap();
        world.engine.live_by(defaults);
        let lifetimes = async || {
            let policies = world.operator.policies().await.unwrap();
            Kind::ALL.map(|kind| policies.of(kind).policy.lifetime())
        };
        let before = lifetimes().await;
        assert_eq!(world.operator.keep_defaults().await.unwrap(), Kind::ALL.len() - 1);
        assert_eq!(lifetimes().await, before);
        let policies = world.operator.policies().await.unwrap();
        assert!(Kind::ALL.into_iter().all(|kind| policies.of(kind).said));
        let of = "SELECT COUNT(*) FROM journal WHERE action = 'policy_changed' AND detail LIKE '%by default'";
        let kept = i64::try_from(Kind::ALL.len()).unwrap();
        assert_eq!(number(world.engine.store(), of).await, Some(kept), "the session's was by default, too");
        assert_eq!(world.operator.keep_defaults().await.unwrap(), 0);
        // What the process says later of what was kept counts no more.
        world.engine.live_by(Policies::default());
        assert_eq!(lifetimes().await, before);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_policy_is_in_the_journal_with_what_it_was() {
    on_each_store(async |world: World| {
        let set = async |lifetime| {
            world.operator.set_policy(Kind::Session, form(Kind::Session, lifetime)).await.unwrap();
        };
        set(12 * HOUR).await;
        world.pass_seconds(1).await;
        set(DAY).await;
        let page = engine::store::journal::Page { before: None, limit: 9 };
        let changed = vec!["policy_changed".to_owned()];
        let filter = engine::store::journal::Filter { actions: changed, ..Default::default() };
        let ours = ours(&world).await;
        let lines = engine::store::journal::list(world.engine.store(), ours, &filter, page).await.unwrap();
        let details: Vec<_> = lines.iter().filter_map(|line| line.detail.as_deref()).collect();
        let within = "within 15 minutes to 30 days";
        assert_eq!(
            details,
            [
                format!("session: 24 hours, {within}; before 12 hours"),
                format!("session: 12 hours, {within}; before 7 days by default")
            ]
        );
        assert!(
            lines.iter().all(|line| line.action == "policy_changed" && line.actor.starts_with("operator:"))
        );
    })
    .await;
}
