//! `GET /api/v1/…`: tokens for programs, and how things stand.

use std::time::Duration;

use engine::ConsumerForm;
use exact_sandbox::Fault;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::{CLIENT_ID, TestApp, USER, header};
use crate::program::{CONTAINER, Program, problem};

const TOKEN: &str = "/api/v1/databases/bakkerij-jansen/containers/exact/token";

fn basic(user: &str, password: &str) -> String {
    use base64::Engine as _;
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}")))
}

#[tokio::test]
async fn a_program_borrows_a_token_that_is_stored_nowhere_on_the_way() {
    let app = TestApp::start().await;
    app.authorize().await;
    let program = Program::new(&app).await;
    let answer = program.get(TOKEN).await;
    assert_eq!(header(&answer, "cache-control"), "no-store");
    assert_eq!(header(&answer, "content-type"), "application/json");
    assert_eq!(header(&answer, "set-cookie"), "");
    assert!(!header(&answer, "x-request-id").is_empty());
    let token: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(token["token_type"], "Bearer");
    let left = token["expires_in"].as_u64().unwrap();
    assert!((560..=600).contains(&left), "{left}");
    assert!(token["expires_at"].as_str().unwrap().ends_with('Z'));
    let anybody = program.get_with(TOKEN, Some(&basic("anybody", program.key.expose()))).await;
    let same: serde_json::Value = anybody.json().await.unwrap();
    assert_eq!(same["access_token"], token["access_token"]);
}

#[tokio::test]
async fn a_key_that_does_not_work_is_told_why_and_nothing_else_is() {
    let (app, hand) = TestApp::start_with_hand().await;
    app.authorize().await;
    let program = Program::new(&app).await;
    let operator = app.operator().await;
    let bearer = |key: &str| format!("Bearer {key}");
    let good = program.key.expose();
    for path in [TOKEN, CONTAINER, "/api/v1/databases", "/api/v1/databases/nowhere"] {
        let code = async |header: Option<&str>| problem(program.get_with(path, header).await, 401).await;
        assert_eq!(code(None).await, "key-missing");
        assert_eq!(code(Some(&bearer("evg_short"))).await, "key-malformed");
        assert_eq!(code(Some(&bearer(&"x".repeat(5_000)))).await, "key-malformed");
        assert_eq!(code(Some(good)).await, "key-malformed");
        assert_eq!(code(Some(&basic(good, ""))).await, "key-malformed");
        assert_eq!(code(Some(&bearer(&format!("evg_{}", "A".repeat(43))))).await, "key-unknown");
    }
    let in_the_address = program.get_with(&format!("{TOKEN}?access_token={good}"), None).await;
    assert_eq!(problem(in_the_address, 401).await, "key-missing");

    let form = ConsumerForm { name: "Excel".to_owned(), databases: None, days: Some(1) };
    let (view, key) = operator.add_consumer(form).await.unwrap();
    let second = Program::with(&app, key);
    assert_eq!(second.get(TOKEN).await.status(), 200);
    operator.revoke_consumer(view.id).await.unwrap();
    assert_eq!(problem(second.get(TOKEN).await, 401).await, "key-revoked");
    app.pass(&hand, 91 * 86_400);
    assert_eq!(problem(program.get(TOKEN).await, 401).await, "key-expired");
}

#[tokio::test]
async fn a_key_reaches_its_own_databases_alone() {
    let app = TestApp::start().await;
    app.operator().await.create_database("De Vries").await.unwrap();
    let program = Program::new(&app).await;
    for path in ["/api/v1/databases/de-vries", "/api/v1/databases/de-vries/containers/exact/token"] {
        assert_eq!(problem(program.get(path).await, 403).await, "out-of-scope");
    }
    for path in [
        "/api/v1/databases/nowhere",
        "/api/v1/databases/nowhere/containers/exact/token",
        "/api/v1/databases/bakkerij-jansen/containers/nothing/token",
        "/api/v1/databases/bakkerij-jansen%2Fcontainers/containers/exact/token",
        "/api/v1/databases/%FF/containers/exact/token",
        "/api/v1/databases/bakkerij-jansen/containers/exact/nothing",
        "/api/v1/nothing",
    ] {
        assert_eq!(problem(program.get(path).await, 404).await, "not-found");
    }
    assert_eq!(problem(program.post(TOKEN).await, 405).await, "method-not-allowed");
    let list: serde_json::Value = program.get("/api/v1/databases").await.json().await.unwrap();
    assert_eq!(list["databases"].as_array().unwrap().len(), 1);
    assert_eq!(list["databases"][0]["slug"], "bakkerij-jansen");
}

#[tokio::test]
async fn a_wish_that_is_none_touches_no_chain() {
    let app = TestApp::start().await;
    app.authorize().await;
    let program = Program::new(&app).await;
    let before = (app.sandbox.counts().token_calls, app.container().await.status.generation);
    for (query, code) in [
        ("minimum_seconds=abc", "not-a-number"),
        ("minimum_seconds=", "not-a-number"),
        ("minimum_seconds=-1", "not-a-number"),
        ("minimum_seconds=1.5", "not-a-number"),
        ("minimum_seconds=99999999999999999999999", "not-a-number"),
        ("minimum_seconds=601", "minimum-beyond-life"),
        ("minimum_seconds=18446744073709551615", "minimum-beyond-life"),
        ("wait=x", "not-a-number"),
        ("wait=36", "wait-too-long"),
        ("minimum_seconds=1&minimum_seconds=2", "bad-query"),
    ] {
        assert_eq!(problem(program.get(&format!("{TOKEN}?{query}")).await, 400).await, code, "{query}");
    }
    assert_eq!((app.sandbox.counts().token_calls, app.container().await.status.generation), before);
    assert!(program.token("?minimum_seconds=0&wait=35&unknown=1").await["access_token"].is_string());
}

#[tokio::test]
async fn whatever_is_wrong_upstream_is_503_and_a_token_that_holds_is_lent() {
    let (app, hand) = TestApp::start_with_hand().await;
    let program = Program::new(&app).await;
    assert_eq!(problem(program.get(TOKEN).await, 503).await, "unlinked");
    app.authorize().await;
    app.pass(&hand, 575);
    assert!(app.sandbox.break_chain(CLIENT_ID, USER));
    let lent = program.token("").await;
    app.until("broken").await;
    assert_eq!(lent["expires_in"], 25);
    assert!(program.token("?wait=35").await["expires_in"].as_u64().unwrap() <= 25);
    let standing: serde_json::Value = program.get(CONTAINER).await.json().await.unwrap();
    assert_eq!((&standing["state"], &standing["needs_repair"]), (&"broken".into(), &true.into()));
    let code = standing["fault"]["code"].as_str().unwrap().to_owned();
    app.pass(&hand, 25);
    let refused = program.get(&format!("{TOKEN}?minimum_seconds=0")).await;
    assert_eq!(header(&refused, "retry-after"), "60");
    assert_eq!(problem(refused, 503).await, code);
}

#[tokio::test]
async fn a_store_that_fails_is_503_and_says_nothing_of_what_is_inside() {
    let app = TestApp::start().await;
    let program = Program::new(&app).await;
    app.engine.store().clone().close().await.unwrap();
    let answer = program.get("/api/v1/databases").await;
    assert_eq!(answer.status(), 503);
    let text = answer.text().await.unwrap();
    assert!(text.contains("unavailable") && !text.contains("sqlite") && !text.contains("pool"), "{text}");
}

#[tokio::test]
async fn a_key_that_asks_too_often_is_told_to_wait() {
    let (app, hand) = TestApp::start_with_hand().await;
    let program = Program::new(&app).await;
    app.engine.allow_consumers(1);
    assert_eq!(program.get(CONTAINER).await.status(), 200);
    assert_eq!(problem(program.get(CONTAINER).await, 429).await, "too-many-requests");
    app.pass(&hand, 60);
    assert_eq!(program.get(CONTAINER).await.status(), 200);
}

/// Sends a request of one's own making, and reads the first line of the answer.
async fn raw(app: &TestApp, head: &str) -> String {
    let mut stream = TcpStream::connect(app.url.socket_addrs(|| None).unwrap()[0]).await.unwrap();
    // The server may answer and close before it has read everything.
    let _cut_off = stream.write_all(head.as_bytes()).await;
    let mut answer = vec![0; 64];
    let read = tokio::time::timeout(Duration::from_secs(30), stream.read(&mut answer)).await;
    let read = read.unwrap().unwrap_or_default();
    String::from_utf8_lossy(&answer[..read]).lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn headers_over_the_limits_are_refused() {
    let app = TestApp::start().await;
    let get = format!("GET {TOKEN} HTTP/1.1\r\nhost: evergrant\r\n");
    let many: String = (0..200).map(|number| format!("x-{number}: 1\r\n")).collect();
    let answer = raw(&app, &format!("{get}{many}\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let large = format!("authorization: Bearer {}\r\n", "x".repeat(600_000));
    let answer = raw(&app, &format!("{get}{large}\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_hangs_up_leaves_the_renewal_to_the_others() {
    let (app, hand) = TestApp::start_with_hand().await;
    app.authorize().await;
    let program = Program::new(&app).await;
    app.pass(&hand, 600);
    let before = app.sandbox.counts().token_calls;
    app.sandbox.fail_next(Fault::Delayed(Duration::from_millis(300)));
    let mut stream = TcpStream::connect(app.url.socket_addrs(|| None).unwrap()[0]).await.unwrap();
    let key = program.key.expose();
    let request = format!("GET {TOKEN}?wait=35 HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {key}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    app.until("spending").await;
    drop(stream);
    app.until("live").await;
    assert_eq!(app.container().await.status.generation, Some(2));
    program.token("").await;
    assert_eq!(app.sandbox.counts().token_calls - before, 1);
}
