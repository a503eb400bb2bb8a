use std::time::Duration;

use chain::Fault;
use engine::view::StateName;
use engine::{BeginGrantError, Callback, GrantOutcome};

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::world::{ANNA, BRAM, BROWSER, World, on_each_store, on_postgres};

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_brings_a_container_to_life_and_names_its_user() {
    on_each_store(async |world: World| {
        assert_eq!(world.status().await.state, StateName::Unlinked);
        let finished = world.grant(world.id().await, ANNA).await;
        assert!(matches!(finished.outcome, GrantOutcome::Renewed(Some(ref user)) if user.name == ANNA));
        assert_eq!((finished.database.as_deref(), finished.alias.as_deref()), (Some("test"), Some("eol")));
        let container = world.container("eol").await;
        assert_eq!(container.status.state, StateName::Live);
        assert_eq!(container.upstream_user.unwrap().name, ANNA);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn containers_of_one_user_share_one_chain() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        let second = world.another("second").await;
        world.grant(second, ANNA).await;
        let (eol, second) = (world.container("eol").await, world.container("second").await);
        assert_eq!((eol.shared_with, second.shared_with), (1, 1));
        assert_eq!(eol.status, second.status);
        assert_eq!(eol.status.generation, Some(2));
        // The link of the second grant is the one that is refreshed.
        world.pass_seconds(600).await;
        world.operator.refresh_now(eol.id).await.unwrap();
        world.until_that(|status| status.generation == Some(3)).await;
        assert_eq!(world.sandbox.counts().refused, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_user_is_a_question_and_the_old_chain_goes_on() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        let finished = world.grant(world.id().await, BRAM).await;
        assert!(
            matches!(finished.outcome, GrantOutcome::OtherUser { ref was, ref is } if was.name == ANNA && is.name == BRAM)
        );
        let container = world.container("eol").await;
        assert_eq!(container.upstream_user.unwrap().name, ANNA);
        assert_eq!(container.other_user.unwrap().name, BRAM);
        world.operator.undo_other_user(container.id).await.unwrap();
        let container = world.container("eol").await;
        assert_eq!((container.upstream_user.unwrap().name.as_str(), container.other_user), (ANNA, None));
        world.grant(container.id, BRAM).await;
        world.operator.keep_other_user(container.id).await.unwrap();
        let container = world.container("eol").await;
        assert_eq!((container.upstream_user.unwrap().name.as_str(), container.other_user), (BRAM, None));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_of_the_same_user_mends_a_broken_chain() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        world.sandbox.break_chain(crate::world::CLIENT, ANNA);
        world.pass_seconds(600).await;
        world.operator.refresh_now(world.id().await).await.unwrap();
        let status = world.until(StateName::Broken).await;
        assert_eq!(status.fault, Some(Fault::OldRefreshTokenUsed));
        assert_eq!(world.operator.repair_count().await.unwrap(), 1);
        assert_eq!(world.operator.repairs().await.unwrap()[0].fault, Fault::OldRefreshTokenUsed);
        let finished = world.grant(world.id().await, ANNA).await;
        assert!(matches!(finished.outcome, GrantOutcome::Renewed(Some(_))));
        assert_eq!(world.status().await.state, StateName::Live);
        assert_eq!(world.operator.repair_count().await.unwrap(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_callback_says_what_happened_and_touches_no_chain() {
    on_each_store(async |world: World| {
        world.grant(world.id().await, ANNA).await;
        let before = world.status().await;
        let finish = async |callback: Callback, browser: &str| {
            world.engine.finish_grant("exact-test", callback, browser).await.outcome
        };
        let with = |state: Option<&str>| Callback {
            state: state.map(str::to_owned),
            code: Some("code".to_owned()),
            error: None,
        };
        assert_eq!(finish(with(None), BROWSER).await, GrantOutcome::StateMissing);
        assert_eq!(finish(with(Some("made up")), BROWSER).await, GrantOutcome::StateUnknown);

        let id = world.id().await;
        let begin = async || world.operator.begin_grant(id, BROWSER, None).await.unwrap();
        let url = begin().await;
        let callback = world.sign_in(&url, ANNA);
        assert_eq!(finish(callback.clone(), "another browser").await, GrantOutcome::OtherBrowser);
        let refused = Callback { code: None, error: Some("access_denied".to_owned()), ..callback.clone() };
        assert_eq!(finish(refused, BROWSER).await, GrantOutcome::Cancelled);
        assert_eq!(finish(callback, BROWSER).await, GrantOutcome::StateUsed);

        let url = begin().await;
        let callback =
            Callback { code: None, error: Some("server_error<b>".to_owned()), ..world.sign_in(&url, ANNA) };
        assert_eq!(finish(callback, BROWSER).await, GrantOutcome::Denied("server_errorb".to_owned()));

        let (first, second) = (begin().await, begin().await);
        assert_eq!(finish(world.sign_in(&first, ANNA), BROWSER).await, GrantOutcome::StateUsed);
        let late = Callback { code: Some("late".to_owned()), ..world.sign_in(&second, BRAM) };
        world.pass_seconds(1_000).await;
        assert_eq!(finish(late, BROWSER).await, GrantOutcome::StateExpired);

        assert_eq!(world.status().await, before);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_and_a_wrong_secret_are_told_apart() {
    on_each_store(async |world: World| {
        let id = world.id().await;
        let url = world.operator.begin_grant(id, BROWSER, None).await.unwrap();
        let callback = Callback { code: Some("wrong".to_owned()), ..world.sign_in(&url, ANNA) };
        let finished = world.engine.finish_grant("exact-test", callback, BROWSER).await;
        assert_eq!(finished.outcome, GrantOutcome::Failed(Fault::ChainMismatch));
        world.sandbox.fail_next(exact_sandbox::Fault::InvalidClient);
        let finished = world.grant(id, ANNA).await;
        assert_eq!(finished.outcome, GrantOutcome::Failed(Fault::ClientRefused));
        assert!(world.operator.registrations().await.unwrap()[0].refused_since.is_some());
        world.grant(id, ANNA).await;
        assert_eq!(world.operator.registrations().await.unwrap()[0].refused_since, None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_starts_leaves_a_grant_alone_that_another_one_walks() {
    on_postgres(async |world: World| {
        let (replica, _hand) = world.replica().await;
        let url = world.operator.begin_grant(world.id().await, BROWSER, None).await.unwrap();
        let callback = world.sign_in(&url, ANNA);
        world.sandbox.fail_next(exact_sandbox::Fault::Delayed(Duration::from_secs(1)));
        let engine = world.engine.clone();
        let walking = tokio::spawn(async move { engine.finish_grant("exact-test", callback, BROWSER).await });
        while world.sandbox.counts().token_calls == 0 {
            tokio::task::yield_now().await;
        }
        replica.take_up().await.unwrap();
        let sql = "SELECT outcome FROM grants";
        let statement = Statement::from_string(DbBackend::Postgres, sql);
        let row = replica.store().query_one_raw(statement).await.unwrap().unwrap();
        assert_eq!(row.try_get::<Option<String>>("", "outcome").unwrap(), None);
        assert!(matches!(walking.await.unwrap().outcome, GrantOutcome::Renewed(Some(_))));
        assert_eq!(world.status().await.state, StateName::Live);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_comes_back_to_allowed_addresses_only() {
    on_each_store(async |world: World| {
        let id = world.id().await;
        for foreign in
            ["https://evil.example/", "//evil.example", "javascript:alert(1)", "http://127.0.0.1:3001/"]
        {
            let begun = world.operator.begin_grant(id, BROWSER, Some(foreign.to_owned())).await;
            assert!(matches!(begun, Err(BeginGrantError::ReturnToNotAllowed)), "{foreign}");
        }
        let url = world.operator.begin_grant(id, BROWSER, Some("/repairs".to_owned())).await.unwrap();
        let callback = world.sign_in(&url, ANNA);
        let finished = world.engine.finish_grant("exact-test", callback, BROWSER).await;
        assert_eq!(finished.return_to.unwrap().as_str(), "http://127.0.0.1:3000/repairs");
    })
    .await;
}
