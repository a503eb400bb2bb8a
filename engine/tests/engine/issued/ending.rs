use engine::KeyError;
use engine::issued::{ClientError, RefreshError, RevokeError};

use super::program::Program;
use crate::world::{World, on_each_store, on_postgres};

/// The error of a token that was revoked.
fn is_revoked(opened: Result<engine::Consumer, KeyError>) -> bool {
    matches!(opened.err().unwrap(), KeyError::Revoked { .. })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_access_token_is_refused_by_the_next_request_and_its_family_goes_on() {
    on_each_store(async |world: World| {
        let program = Program::new(&world, None, None).await;
        let pair = program.issue().await;
        program.open(pair.access_token.expose()).await.unwrap();
        assert!(program.introspect(pair.access_token.expose()).await.is_some());
        program.client().await.revoke(pair.access_token.expose()).await.unwrap();
        assert!(is_revoked(program.open(pair.access_token.expose()).await));
        assert!(program.introspect(pair.access_token.expose()).await.is_none());
        program.client().await.revoke(pair.access_token.expose()).await.unwrap();
        let next = program.refresh(&pair.refresh_token).await.unwrap();
        program.open(next.access_token.expose()).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_refresh_token_ends_its_family() {
    on_each_store(async |world: World| {
        let program = Program::new(&world, None, None).await;
        let first = program.issue().await;
        let second = program.refresh(&first.refresh_token).await.unwrap();
        program.open(second.access_token.expose()).await.unwrap();
        program.client().await.revoke(second.refresh_token.expose()).await.unwrap();
        for pair in [&first, &second] {
            assert!(is_revoked(program.open(pair.access_token.expose()).await));
            let refused = program.refresh(&pair.refresh_token).await.err().unwrap();
            assert!(matches!(refused, RefreshError::Over), "{refused:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_ends_all_that_was_issued_for_it() {
    on_each_store(async |world: World| {
        let program = Program::new(&world, None, None).await;
        let pair = program.issue().await;
        let client = program.client().await;
        program.open(pair.access_token.expose()).await.unwrap();
        let other = Program::new(&world, None, None).await;
        assert!(other.introspect(pair.access_token.expose()).await.is_some());
        world.operator.revoke_consumer(program.id).await.unwrap();
        assert!(is_revoked(program.open(pair.access_token.expose()).await));
        assert!(other.introspect(pair.access_token.expose()).await.is_none());
        // Even for a request that was let in a moment before.
        let refused = client.refresh(&pair.refresh_token, None).await.err().unwrap();
        assert!(matches!(refused, RefreshError::Over), "{refused:?}");
        let late = client.issue(None).await.unwrap();
        assert!(is_revoked(program.open(late.access_token.expose()).await));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_replica_ends_is_refused_by_all() {
    on_postgres(async |world: World| {
        let here = Program::new(&world, None, None).await;
        let (engine, _hand) = world.replica().await;
        let there = here.at(&engine);
        let (one, other) = (here.issue().await, there.issue().await);
        there.open(one.access_token.expose()).await.unwrap();
        here.open(other.access_token.expose()).await.unwrap();
        here.client().await.revoke(one.access_token.expose()).await.unwrap();
        assert!(is_revoked(there.open(one.access_token.expose()).await));
        there.client().await.revoke(other.refresh_token.expose()).await.unwrap();
        assert!(is_revoked(here.open(other.access_token.expose()).await));
        assert!(here.introspect(other.access_token.expose()).await.is_none());
        let last = here.issue().await;
        there.open(last.access_token.expose()).await.unwrap();
        world.operator.revoke_consumer(here.id).await.unwrap();
        assert!(is_revoked(there.open(last.access_token.expose()).await));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_others_are_neither_exchanged_nor_revoked() {
    on_each_store(async |world: World| {
        let (owner, other) = (Program::new(&world, None, None).await, Program::new(&world, None, None).await);
        let pair = owner.issue().await;
        let refused = other.refresh(&pair.refresh_token).await.err().unwrap();
        assert!(matches!(refused, RefreshError::OtherClient), "{refused:?}");
        for token in [pair.access_token.expose(), pair.refresh_token.expose()] {
            let refused = other.client().await.revoke(token).await.err().unwrap();
            assert!(matches!(refused, RevokeError::OtherClient), "{refused:?}");
            assert_eq!(other.introspect(token).await.unwrap().client, owner.id);
        }
        owner.refresh(&pair.refresh_token).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_token_is_none_afterwards_either() {
    on_each_store(async |world: World| {
        let program = Program::new(&world, None, None).await;
        let pair = program.issue().await;
        let client = program.client().await;
        let unknown = format!("evga_{}", "A".repeat(43));
        for text in ["", "nothing", "evga_", &unknown, &pair.access_token.expose()[1..]] {
            client.revoke(text).await.unwrap();
            assert!(program.introspect(text).await.is_none());
        }
        let refused = client.revoke(program.key.expose()).await.err().unwrap();
        assert!(matches!(refused, RevokeError::Key), "{refused:?}");
        assert!(program.introspect(program.key.expose()).await.is_none());
        program.open(pair.access_token.expose()).await.unwrap();
        assert!(matches!(program.open(&unknown).await, Err(KeyError::Unknown)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_id_and_the_key_that_belong_together_make_a_client() {
    on_each_store(async |world: World| {
        let (one, other) = (Program::new(&world, None, None).await, Program::new(&world, None, None).await);
        let (id, key) = (one.id.to_string(), one.key.expose());
        let unknown = format!("evg_{}", "A".repeat(43));
        let pair = one.issue().await;
        let token = pair.access_token.expose();
        for (id, key) in [("", key), ("nobody", key), (&other.id.to_string(), key)] {
            let refused = world.engine.client(id, key, None).await.err().unwrap();
            assert!(matches!(refused, ClientError::OtherId), "{refused:?}");
            let refused = world.engine.introspect(id, key, token, None).await.err().unwrap();
            assert!(matches!(refused, ClientError::OtherId), "{refused:?}");
        }
        for (key, malformed) in
            [("", true), (token, true), (pair.refresh_token.expose(), true), (&unknown, false)]
        {
            for refused in [
                world.engine.client(&id, key, None).await.err().unwrap(),
                world.engine.introspect(&id, key, token, None).await.err().unwrap(),
            ] {
                let is_malformed = matches!(refused, ClientError::Key(KeyError::Malformed));
                let is_unknown = matches!(refused, ClientError::Key(KeyError::Unknown));
                assert!(if malformed { is_malformed } else { is_unknown }, "{refused:?}");
            }
        }
        world.operator.revoke_consumer(one.id).await.unwrap();
        let refused = world.engine.client(&id, key, None).await.err().unwrap();
        assert!(matches!(refused, ClientError::Key(KeyError::Revoked { .. })), "{refused:?}");
        let refused = world.engine.introspect(&id, key, token, None).await.err().unwrap();
        assert!(matches!(refused, ClientError::Key(KeyError::Revoked { .. })), "{refused:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_count_as_requests_of_their_key() {
    on_each_store(async |world: World| {
        let program = Program::new(&world, None, None).await;
        let pair = program.issue().await;
        world.engine.allow_consumers(2);
        program.open(pair.access_token.expose()).await.unwrap();
        let refused = program.open(pair.access_token.expose()).await.err().unwrap();
        assert!(matches!(refused, KeyError::TooMany { .. }), "{refused:?}");
        let refused = world.engine.client(&program.id.to_string(), program.key.expose(), None).await;
        assert!(matches!(refused, Err(ClientError::Key(KeyError::TooMany { .. }))));
    })
    .await;
}
