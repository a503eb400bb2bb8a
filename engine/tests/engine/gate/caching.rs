use reqwest::Method;

use super::world::{BRAM, Told, World, ask, get, on_each_store, read, told};

async fn number(world: &World, path: &str, headers: &[(&'static str, &'static str)]) -> Told {
    told(world.engine.pass(world.own, ask(Method::GET, path, headers)).await.unwrap()).await
}

async fn keeping(seconds: u32, story: impl AsyncFn(World)) {
    on_each_store(async |world: World| {
        world.operator.set_cache_seconds(world.own, seconds).await.unwrap();
        story(world).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_kept_as_long_as_the_container_says() {
    keeping(30, async |world: World| {
        let first = world.get(world.own, "number").await;
        assert_eq!(
            (&first.body[..], first.header("x-cache"), first.header("age")),
            (&b"1"[..], Some("miss"), None)
        );
        world.pass_seconds(29);
        let kept = world.get(world.own, "number").await;
        assert_eq!(
            (&kept.body[..], kept.header("x-cache"), kept.header("age")),
            (&b"1"[..], Some("hit"), Some("29"))
        );
        world.pass_seconds(1);
        let anew = world.get(world.own, "number").await;
        assert_eq!((&anew.body[..], anew.header("x-cache")), (&b"2"[..], Some("miss")));
        world.operator.set_cache_seconds(world.own, 0).await.unwrap();
        let off = world.get(world.own, "number").await;
        assert_eq!((&off.body[..], off.header("x-cache")), (&b"3"[..], None));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_differently_is_another_answer() {
    keeping(30, async |world: World| {
        let asked: [(&str, &[(&'static str, &'static str)]); 6] = [
            ("number", &[]),
            ("number?a=1", &[]),
            ("number?a=2", &[]),
            ("number", &[("accept", "text/csv")]),
            ("number", &[("accept-encoding", "gzip")]),
            ("number", &[("customdescriptionlanguage", "nl-NL")]),
        ];
        for _ in 0..2 {
            for (place, (path, headers)) in asked.iter().enumerate() {
                let answer = number(&world, path, headers).await;
                assert_eq!(answer.body, (place + 1).to_string(), "{path} {headers:?}");
            }
        }
        // Who asks and with what program makes no difference.
        let other =
            number(&world, "number", &[("user-agent", "curl"), ("authorization", "Bearer evg_other")]).await;
        assert_eq!((&other.body[..], other.header("x-cache")), (&b"1"[..], Some("hit")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_upstream_user_gets_answers_of_their_own() {
    keeping(30, async |world: World| {
        assert_eq!(world.get(world.own, "number").await.body, "1");
        world.grant(world.own, BRAM).await;
        assert_eq!(world.get(world.own, "number").await.body, "1", "nobody chose the other user yet");
        world.operator.keep_other_user(world.own).await.unwrap();
        assert_eq!(world.get(world.own, "number").await.body, "2");
        let registration = world.registration("own").await;
        let beside = world.container("beside", registration, BRAM).await;
        world.operator.set_cache_seconds(beside, 30).await.unwrap();
        assert_eq!(world.get(beside, "number").await.body, "3", "nor do containers share");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_kept_for_everybody_is_not_kept() {
    keeping(30, async |world: World| {
        let never: [(&str, &[(&'static str, &'static str)]); 5] = [
            ("number?vary=*", &[]),
            ("number?vary=User-Agent", &[]),
            ("number", &[("cache-control", "no-store")]),
            ("number", &[("range", "bytes=0-1")]),
            ("number", &[("if-none-match", "\"x\"")]),
        ];
        for (path, headers) in never {
            let first = number(&world, path, headers).await;
            let second = number(&world, path, headers).await;
            assert_ne!(first.body, second.body, "{path} {headers:?}");
        }
        for path in ["status/404", "status/500", "status/302"] {
            world.get(world.own, path).await;
            world.get(world.own, path).await;
            assert_eq!(world.upstream.count(&format!("/v2/{path}")), 2, "{path}");
        }
        let first = world.get(world.own, "large").await;
        let second = world.get(world.own, "large").await;
        assert_eq!((first.header("x-cache"), second.header("x-cache")), (Some("miss"), Some("miss")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_wants_it_fresh_gets_it_fresh_for_all() {
    keeping(30, async |world: World| {
        assert_eq!(world.get(world.own, "number").await.body, "1");
        assert_eq!(number(&world, "number", &[("cache-control", "no-cache")]).await.body, "2");
        assert_eq!(world.get(world.own, "number").await.body, "2");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_is_asked_for_anew() {
    keeping(30, async |world: World| {
        assert_eq!(world.get(world.own, "number").await.body, "1");
        let refused = world.engine.pass(world.own, ask(Method::DELETE, "status/404", &[])).await.unwrap();
        assert_eq!(told(refused).await.status, 404);
        assert_eq!(world.get(world.own, "number").await.body, "1", "nothing was changed");
        let changed = world.engine.pass(world.own, ask(Method::DELETE, "status/204", &[])).await.unwrap();
        assert_eq!(told(changed).await.status, 204);
        assert_eq!(world.get(world.own, "number").await.body, "2");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_an_answer_is_never_kept() {
    keeping(30, async |world: World| {
        for _ in 0..2 {
            let cut = world.engine.pass(world.own, get("cut")).await.unwrap();
            assert_eq!(cut.headers["x-cache"], "miss");
            assert!(read(cut.body).await.is_err());
        }
        drop(world.engine.pass(world.own, get("number")).await.unwrap());
        let after = world.get(world.own, "number").await;
        assert_eq!((&after.body[..], after.header("x-cache")), (&b"2"[..], Some("miss")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_is_answered_without_a_token() {
    keeping(86_400, async |world: World| {
        assert_eq!(world.get(world.own, "number").await.body, "1");
        world.sandbox.break_chain("client-own", super::world::ANNA);
        world.pass_seconds(3_600);
        assert!(world.engine.pass(world.own, get("echo")).await.is_err());
        assert_eq!(world.get(world.own, "number").await.header("age"), Some("3600"));
        assert!(world.operator.set_cache_seconds(world.own, 86_401).await.is_err());
    })
    .await;
}
