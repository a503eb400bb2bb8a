use engine::gate::GateError;
use engine::lend::LendError;
use engine::{PathError, gate::HEAD_DEADLINE};
use reqwest::Method;
use serde_json::json;

use super::world::{ANNA, World, ask, get, on_each_store, read, told, with_body};

#[tokio::test(flavor = "multi_thread")]
async fn a_request_goes_to_the_api_with_the_token_and_without_what_is_ours() {
    on_each_store(async |world: World| {
        let sent = ask(
            Method::POST,
            "rows/7?$filter=Name eq 'x'&a=%2F..",
            &[
                ("authorization", "Bearer evg_planted"),
                ("cookie", "id=planted"),
                ("connection", "x-hop"),
                ("x-hop", "planted"),
                ("host", "evergrant.example"),
                ("content-type", "text/plain"),
                ("content-length", "12"),
                ("x-own", "stays"),
            ],
        );
        let answer = world.engine.pass(world.own, with_body(sent, &["hello ", "world!"])).await.unwrap();
        let seen = told(answer).await.json();
        assert_eq!(seen["method"], "POST");
        assert_eq!(seen["uri"], "/v2/rows/7?$filter=Name%20eq%20%27x%27&a=%2F..");
        assert_eq!(seen["body"], "hello world!");
        let lent =
            world.engine.lend(world.own, std::time::Duration::ZERO, std::time::Duration::ZERO).await.unwrap();
        let bearer = format!("Bearer {}", lent.access_token.expose());
        let headers = seen["headers"].as_array().unwrap();
        assert!(headers.contains(&json!(["authorization", bearer])));
        assert!(headers.contains(&json!(["x-own", "stays"])));
        assert!(headers.contains(&json!(["content-length", "12"])), "{headers:?}");
        assert_eq!(headers.iter().filter(|header| header[0] == "authorization").count(), 1);
        assert!(!seen.to_string().contains("planted") && !seen.to_string().contains("evergrant.example"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_answers_through_the_gate_and_its_links_stay_as_they_are() {
    on_each_store(async |world: World| {
        let me = world.get(world.exact, "current/Me?$select=UserName").await;
        assert_eq!(me.json()["d"]["results"][0]["UserName"], ANNA);
        let accounts = world.get(world.exact, "100001/crm/Accounts?$select=ID").await;
        assert_eq!(accounts.status, 200, "{accounts:?}");
        let next = accounts.json()["d"]["__next"].as_str().unwrap().to_owned();
        let path = next.strip_prefix(&format!("{}/", world.sandbox.url())).unwrap();
        let second = world.get(world.exact, path).await;
        assert_eq!(
            second.json()["d"]["results"].as_array().unwrap().len(),
            60,
            "the path of a link works as it is"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_answers_is_the_answer() {
    on_each_store(async |world: World| {
        for status in [200, 201, 204, 302, 304, 400, 403, 404, 409, 418, 429, 500, 503] {
            let answer = world.get(world.own, &format!("status/{status}")).await;
            assert_eq!(answer.status, status);
            assert_eq!(answer.header("x-own"), Some("yes"));
            assert_eq!(answer.header("set-cookie"), None);
            assert_eq!(answer.header("location"), Some("https://elsewhere.example/"), "not followed");
            assert_eq!(
                world.upstream.count(&format!("/v2/status/{status}")),
                1,
                "{status} is not tried again"
            );
        }
        let asked = world.get(world.own, "status/429").await;
        assert_eq!(asked.header("retry-after"), Some("60"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_never_sent() {
    on_each_store(async |world: World| {
        for path in
            ["../echo", "%2e%2e/echo", "//evil.example/", "https://evil.example/", "rows%2f7", "rows\\7"]
        {
            let refused = world.engine.pass(world.own, get(path)).await;
            assert!(matches!(refused, Err(GateError::Path(_))), "{path}");
        }
        let empty = world.engine.pass(world.own, get("")).await;
        assert!(matches!(empty, Err(GateError::Path(PathError::Empty))));
        for method in [Method::TRACE, Method::CONNECT] {
            assert!(matches!(
                world.engine.pass(world.own, ask(method, "echo", &[])).await,
                Err(GateError::Method)
            ));
        }
        assert!(world.upstream.seen.tokens.lock().unwrap().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_answer_comes_whole_and_one_that_breaks_off_says_so() {
    on_each_store(async |world: World| {
        let large = world.get(world.own, "large").await;
        assert_eq!((large.body.len(), large.header("content-length")), (4 * 1024 * 1024, Some("4194304")));
        let cut = world.engine.pass(world.own, get("cut")).await.unwrap();
        assert!(read(cut.body).await.is_err(), "nobody takes a part for the whole");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_not_there_or_does_not_answer_is_told_apart() {
    on_each_store(async |world: World| {
        let pass = {
            let (engine, own) = (world.engine.clone(), world.own);
            tokio::spawn(async move { engine.pass(own, get("hold")).await.map(|answer| answer.status) })
        };
        world.upstream.until_held(1, 0).await;
        world.hand.advance(HEAD_DEADLINE);
        assert!(matches!(pass.await.unwrap(), Err(GateError::Slow)));
        world.upstream.until_held(1, 1).await;
        world.sandbox.stop_listening().await;
        let gone = world.engine.pass(world.exact, get("current/Me")).await;
        assert!(matches!(gone, Err(GateError::Unreachable(_))), "{:?}", gone.map(|answer| answer.status));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_without_an_authorization_has_no_token() {
    on_each_store(async |world: World| {
        let registration = world.registration("own").await;
        let bare = world.operator.create_container(&world.slug, "bare", registration, false).await.unwrap();
        let refused = world.engine.pass(bare, get("echo")).await;
        assert!(matches!(refused, Err(GateError::Lend(LendError::Unlinked))));
        let nowhere = world.engine.pass(chain::ContainerId(7), get("echo")).await;
        assert!(matches!(nowhere, Err(GateError::Lend(LendError::NotFound))));
    })
    .await;
}
