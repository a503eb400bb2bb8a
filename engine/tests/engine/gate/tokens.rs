use std::time::Duration;

use engine::gate::GateError;
use reqwest::Method;

use super::world::{World, ask, get, on_each_store, told, with_body};

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_is_renewed_once_and_the_request_sent_again() {
    on_each_store(async |world: World| {
        let first = world.get(world.own, "strict").await;
        assert_eq!(first.status, 200);
        let token = world.upstream.seen.tokens.lock().unwrap().last().unwrap().clone();
        world.upstream.seen.refused.lock().unwrap().push(token.clone());
        // From here on the provider renews.
        world.pass_seconds(575);
        let before = world.sandbox.counts().refreshes_accepted;
        let again = world.get(world.own, "strict").await;
        assert_eq!(again.status, 200);
        let tokens = world.upstream.seen.tokens.lock().unwrap().clone();
        assert_eq!(tokens.len(), 3);
        assert!(tokens[1] == token && tokens[2] != token);
        assert_eq!(world.sandbox.counts().refreshes_accepted - before, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_refuses_every_token_is_asked_twice_at_most() {
    on_each_store(async |world: World| {
        world.upstream.seen.refused.lock().unwrap().push("*".to_owned());
        world.pass_seconds(575);
        let refused = world.engine.pass(world.own, get("strict")).await;
        assert!(matches!(refused, Err(GateError::TokenRefused { .. })));
        assert_eq!(world.upstream.count("/v2/strict"), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_other_token_can_be_had_yet_nothing_is_sent_again() {
    on_each_store(async |world: World| {
        world.upstream.seen.refused.lock().unwrap().push("*".to_owned());
        world.pass_seconds(100);
        let before = world.sandbox.counts().token_calls;
        let Err(GateError::TokenRefused { retry_after }) = world.engine.pass(world.own, get("strict")).await
        else {
            panic!("it was let through");
        };
        assert_eq!(retry_after.as_secs(), 500, "when the token ends");
        assert_eq!(world.upstream.count("/v2/strict"), 1);
        assert_eq!(world.sandbox.counts().token_calls, before, "nothing is sent too early");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_with_a_body_is_sent_once() {
    on_each_store(async |world: World| {
        let post = || with_body(ask(Method::POST, "strict", &[]), &["what must not come twice"]);
        world.upstream.seen.refused.lock().unwrap().push("*".to_owned());
        world.pass_seconds(575);
        assert!(matches!(world.engine.pass(world.own, post()).await, Err(GateError::TokenRefused { .. })));
        assert_eq!(world.upstream.count("/v2/strict"), 1);
        // Whoever tries again finds another token, once it is there.
        let (minimum, wait) = (Duration::from_secs(60), Duration::from_secs(30));
        world.engine.lend(world.own, minimum, wait).await.unwrap();
        let used = world.upstream.seen.tokens.lock().unwrap().clone();
        *world.upstream.seen.refused.lock().unwrap() = used;
        let answer = told(world.engine.pass(world.own, post()).await.unwrap()).await;
        assert_eq!((answer.status, &answer.body[..]), (200, &b"what must not come twice"[..]));
    })
    .await;
}
