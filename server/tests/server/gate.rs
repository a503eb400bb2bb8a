//! `ANY …/proxy/{path}`: requests of programs through the gate, over real sockets.

use std::time::Duration;

use engine::guard::secret::ClientSecret;
use engine::{ConsumerForm, RegistrationForm};
use exact_sandbox::{Client, Options, Sandbox, demo};
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::app::{ALIAS, Browser, DATABASE, TestApp, USER, come_back, header, location};
use crate::binary::Binary;

/// Where a server of ours passes requests on.
fn gate(path: &str) -> String {
    format!("/api/v1/databases/{DATABASE}/containers/{ALIAS}/proxy/{path}")
}

/// A server whose container is authorized, and a key that reaches it.
async fn connected() -> (TestApp, String) {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    let back = app.walk_out(&browser, "").await;
    assert!(location(&browser.open(&back).await).contains("evergrant=renewed"));
    let key = key(&app, Some(DATABASE)).await;
    (app, key)
}

async fn key(app: &TestApp, database: Option<&str>) -> String {
    let databases = database.map(|slug| vec![slug.to_owned()]);
    let form = ConsumerForm { name: format!("for {database:?}"), databases, days: None };
    let (_, key) = app.operator().await.add_consumer(form).await.unwrap();
    key.expose().to_owned()
}

async fn ask(app: &TestApp, key: &str, path: &str) -> Response {
    app.browser().request(Method::GET, path).bearer_auth(key).send().await.unwrap()
}

async fn code(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    assert_eq!(header(&answer, "content-type"), "application/problem+json");
    let problem: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(problem["status"], status);
    (status, problem["code"].as_str().unwrap().to_owned())
}

/// Sends a request as it is written: other clients tidy paths up. Returns the whole answer.
async fn raw(app: &TestApp, key: &str, target: &str) -> String {
    let mut stream = TcpStream::connect(app.url.socket_addrs(|| None).unwrap()[0]).await.unwrap();
    let request = format!(
        "GET {target} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_asks_the_provider_with_its_key() {
    let (app, key) = connected().await;
    let answer = ask(&app, &key, &gate("current/Me?$select=UserName")).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(header(&answer, "x-ratelimit-minutely-limit"), "60");
    assert_eq!(header(&answer, "cache-control"), "no-store");
    let me: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(me["d"]["results"][0]["UserName"], USER);
    let basic = app.browser().request(Method::GET, &gate("api/v1/current/Me?$select=UserName"));
    assert_eq!(basic.basic_auth("excel", Some(&key)).send().await.unwrap().status(), StatusCode::OK);
    let wrong = ask(&app, &key, &gate("100001/crm/Nothing")).await;
    assert_eq!(wrong.status(), StatusCode::NOT_FOUND);
    assert!(
        wrong.text().await.unwrap().contains("Resource not found."),
        "what the provider says is the answer"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_key_that_reaches_the_container_opens_the_gate() {
    let (app, reaching) = connected().await;
    app.operator().await.create_database("Elsewhere").await.unwrap();
    let elsewhere = key(&app, Some("elsewhere")).await;
    let me = gate("current/Me");
    let missing = app.browser().open(&me).await;
    assert!(header(&missing, "www-authenticate").starts_with("Bearer"));
    assert_eq!(code(missing).await, (401, "key-missing".to_owned()));
    let unknown = format!("evg_{}", "A".repeat(43));
    assert_eq!(code(ask(&app, &unknown, &me).await).await, (401, "key-unknown".to_owned()));
    assert_eq!(code(ask(&app, &elsewhere, &me).await).await, (403, "out-of-scope".to_owned()));
    for nowhere in ["nowhere/containers/exact", "bakkerij-jansen/containers/nothing"] {
        let path = format!("/api/v1/databases/{nowhere}/proxy/current/Me");
        assert_eq!(code(ask(&app, &reaching, &path).await).await, (404, "not-found".to_owned()));
    }
    let session = app.signed_in().await.open(&me).await;
    assert_eq!(session.status(), StatusCode::UNAUTHORIZED, "a browser's session opens nothing here");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_that_leaves_the_api_is_refused_and_never_sent() {
    let (app, key) = connected().await;
    let before = app.sandbox.counts();
    for path in [
        "../oauth2/token",
        "current/../../oauth2/token",
        "%2e%2e/oauth2/token",
        "%252e%252e/oauth2/token",
        "current%2fMe",
        "current%5cMe",
        "current\\Me",
        "/evil.example/api/v1/current/Me",
        "http://evil.example/api/v1/current/Me",
        "current//Me",
        "%ff%fe/Me",
        "%c0%ae%c0%ae/Me",
        "current/..;/Me",
    ] {
        let answer = raw(&app, &key, &gate(path)).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{path}: {answer}");
        let refused = answer.contains("application/problem+json") && answer.contains("path-refused");
        // The one that is no address at all ends before anybody reads it.
        assert!(refused || path.contains('\\'), "{path}: {answer}");
    }
    let empty = raw(&app, &key, &gate("")).await;
    assert!(empty.starts_with("HTTP/1.1 404 "), "{empty}");
    assert_eq!(app.sandbox.counts(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_absolute_target_is_not_a_way_out() {
    let (app, key) = connected().await;
    let answer = raw(&app, &key, "http://evil.example/api/v1/current/Me").await;
    assert!(answer.starts_with("HTTP/1.1 404 "), "this server is no proxy: {answer}");
    let own = raw(&app, &key, &format!("http://evil.example{}", gate("current/Me?$select=UserName"))).await;
    assert!(own.starts_with("HTTP/1.1 200 ") && own.contains(USER), "{own}");
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_over_limits_are_refused_and_methods_for_proxies_too() {
    let (app, key) = connected().await;
    let mut many = app.browser().request(Method::GET, &gate("current/Me")).bearer_auth(&key);
    for number in 0..200 {
        many = many.header(format!("x-{number}"), "x");
    }
    assert_eq!(many.send().await.unwrap().status(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    let trace = app.browser().request(Method::TRACE, &gate("current/Me")).bearer_auth(&key);
    assert_eq!(code(trace.send().await.unwrap()).await, (405, "method-refused".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_upstream_is_503_and_limits_are_429() {
    let (app, key) = connected().await;
    for _ in 0..10 {
        assert_eq!(ask(&app, &key, &gate("100001/crm/Nothing")).await.status(), StatusCode::NOT_FOUND);
    }
    let held = ask(&app, &key, &gate("100001/crm/Nothing")).await;
    assert!(header(&held, "retry-after").parse::<u32>().unwrap() <= 3_600);
    assert_eq!(code(held).await, (429, "errors-spent".to_owned()));
    app.sandbox.stop_listening().await;
    let gone = ask(&app, &key, &gate("current/Me")).await;
    assert_eq!(header(&gone, "retry-after"), "10");
    assert_eq!(code(gone).await, (503, "provider-unreachable".to_owned()));
    let bare = app.operator().await;
    let registration = bare.registrations().await.unwrap()[0].id;
    bare.create_container(DATABASE, "bare", registration, false).await.unwrap();
    let path = format!("/api/v1/databases/{DATABASE}/containers/bare/proxy/current/Me");
    assert_eq!(code(ask(&app, &key, &path).await).await, (503, "unlinked".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_answer_says_that_it_is_one() {
    let (app, key) = connected().await;
    let operator = app.operator().await;
    let container = operator.container_at(DATABASE, ALIAS).await.unwrap().unwrap();
    operator.set_cache_seconds(container, 60).await.unwrap();
    let me = gate("current/Me?$select=UserName");
    let (first, second) = (ask(&app, &key, &me).await, ask(&app, &key, &me).await);
    assert_eq!((header(&first, "x-cache"), header(&first, "age")), ("miss".to_owned(), String::new()));
    // The body is kept once it was read to its end.
    let first = first.text().await.unwrap();
    let second = if header(&second, "x-cache") == "hit" { second } else { ask(&app, &key, &me).await };
    assert_eq!(header(&second, "x-cache"), "hit");
    assert!(header(&second, "age").parse::<u32>().unwrap() <= 60);
    assert_eq!(second.text().await.unwrap(), first);
}

#[tokio::test]
async fn an_operator_chooses_for_how_long_answers_are_kept() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    let operator = app.operator().await;
    let kept = async || operator.database(DATABASE).await.unwrap().unwrap().containers[0].cache_seconds;
    let container = operator.container_at(DATABASE, ALIAS).await.unwrap().unwrap().to_string();
    let choose = async |seconds: &str| {
        let fields = [("database", DATABASE), ("container", &container), ("cache_seconds", seconds)];
        location(&browser.post("/do/set-cache", &fields).await)
    };
    let page = format!("/databases/{DATABASE}");
    assert_eq!((choose("120").await, kept().await), (page.clone(), 120));
    let shown = browser.open(&page).await.text().await.unwrap();
    assert!(shown.contains("120 seconds from now on") && shown.contains("value=\"120\""), "{shown}");
    for wrong in ["86401", "-1", "many"] {
        assert_eq!((choose(wrong).await, kept().await), (page.clone(), 120));
        let shown = browser.open(&page).await.text().await.unwrap();
        assert!(shown.contains(&format!("value=\"{wrong}\"")) && shown.contains("aria-invalid"), "{shown}");
    }
    let registration = operator.registrations().await.unwrap()[0].id.to_string();
    let fields = [
        ("database", DATABASE),
        ("alias", "second"),
        ("registration", &registration),
        ("cache_seconds", "30"),
    ];
    assert_eq!(location(&browser.post("/do/create-container", &fields).await), page);
    let view = operator.database(DATABASE).await.unwrap().unwrap();
    let second = view.containers.iter().find(|container| container.alias == "second").unwrap();
    assert_eq!(second.cache_seconds, 30);
}

/// A container whose API is a bare socket of the test.
async fn at_a_socket() -> (TestApp, String, TcpListener) {
    let app = TestApp::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = app.sandbox.url();
    let custom = serde_json::json!({
        "authorize": format!("{at}/api/oauth2/auth"),
        "token": format!("{at}/api/oauth2/token"),
        "probe": format!("{at}/api/v1/current/Me?$select=UserID"),
        "user_id": "/d/results/0/UserID",
        "api": format!("http://{}", listener.local_addr().unwrap()),
    });
    let form = RegistrationForm {
        id: None,
        name: "Socket".to_owned(),
        country: String::new(),
        base_url: None,
        client_id: "socket".to_owned(),
        client_secret: Some(ClientSecret::new("secret".to_owned())),
        timing: None,
        provider: "custom".to_owned(),
        custom: Some(custom.to_string()),
        pkce: false,
    };
    let operator = app.operator().await;
    let registration = operator.save_registration(form).await.unwrap();
    let back = app.url.join("/oauth/callback/socket").unwrap();
    app.sandbox.add_client(Client::new("socket", "secret", back.as_str()));
    operator.create_container(DATABASE, "socket", registration, false).await.unwrap();
    let browser = app.signed_in().await;
    let provider = location(&browser.open(&format!("/renew/{DATABASE}/socket")).await);
    let back = come_back(&app.sandbox, "socket", &provider, USER);
    assert!(location(&browser.open(&back).await).contains("evergrant=renewed"));
    let key = key(&app, None).await;
    (app, key, listener)
}

/// Reads from a connection until this text came; returns all that came.
async fn until(stream: &mut TcpStream, text: &str) -> String {
    let mut all = Vec::new();
    let mut part = [0; 16 * 1024];
    while !String::from_utf8_lossy(&all).contains(text) {
        let read = stream.read(&mut part).await.unwrap();
        assert!(read > 0, "it ended with {}", String::from_utf8_lossy(&all));
        all.extend_from_slice(&part[..read]);
    }
    String::from_utf8_lossy(&all).into_owned()
}

/// Waits until the other side is gone.
async fn until_gone(stream: &mut TcpStream) {
    let mut rest = Vec::new();
    let gone = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut rest)).await;
    // Closed in good order or not: it is closed.
    assert!(gone.is_ok(), "the provider's connection stays open");
}

fn socket(path: &str) -> String {
    format!("/api/v1/databases/{DATABASE}/containers/socket/proxy/{path}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_hangs_up_ends_the_providers_request() {
    let (app, key, listener) = at_a_socket().await;
    for answered in [false, true] {
        let mut program = TcpStream::connect(app.url.socket_addrs(|| None).unwrap()[0]).await.unwrap();
        let request =
            format!("GET {} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {key}\r\n\r\n", socket("rows?a=b"));
        program.write_all(request.as_bytes()).await.unwrap();
        let (mut provider, _) = listener.accept().await.unwrap();
        let head = until(&mut provider, "\r\n\r\n").await;
        assert!(head.starts_with("GET /rows?a=b HTTP/1.1\r\n") && !head.contains("evg_"), "{head}");
        if answered {
            provider.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\nfirst").await.unwrap();
            until(&mut program, "first").await;
        }
        drop(program);
        until_gone(&mut provider).await;
    }
    let view = app.operator().await.database(DATABASE).await.unwrap().unwrap();
    let container = view.containers.iter().find(|container| container.alias == "socket").unwrap();
    assert_eq!(container.status.state.as_str(), "live", "no chain is touched");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_streams_through_as_it_comes_and_larger_than_any_form() {
    let (app, key, listener) = at_a_socket().await;
    let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Vec<u8>, std::io::Error>>(1);
    let body = reqwest::Body::wrap_stream(futures::stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|chunk| (chunk, receiver))
    }));
    let sent = app.browser().request(Method::PUT, &socket("upload")).bearer_auth(&key).body(body);
    let answer = tokio::spawn(sent.send());
    sender.send(Ok(b"the beginning".to_vec())).await.unwrap();
    let (mut provider, _) = listener.accept().await.unwrap();
    // It is there before the rest was even sent.
    let head = until(&mut provider, "the beginning").await;
    assert!(head.starts_with("PUT /upload HTTP/1.1\r\n"), "{head}");
    let reading = tokio::spawn(async move {
        let rest = until(&mut provider, "the end").await;
        provider.write_all(b"HTTP/1.1 201 Created\r\ncontent-length: 4\r\n\r\ndone").await.unwrap();
        rest.len()
    });
    for _ in 0..32 {
        sender.send(Ok(vec![b'x'; 64 * 1024])).await.unwrap();
    }
    sender.send(Ok(b"the end".to_vec())).await.unwrap();
    drop(sender);
    let answer = answer.await.unwrap().unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    assert_eq!(answer.text().await.unwrap(), "done");
    assert!(reading.await.unwrap() > 2 * 1024 * 1024);
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_key_nor_token_nor_what_was_asked_is_in_the_log() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let binary = Binary::new().with("EVERGRANT_LOG", "trace,hyper=info,h2=info,mio=info");
    let serving = binary.serve(&["--demo", "--demo-sandbox", &sandbox.url()]);
    demo::add(&sandbox, vec![format!("{}/oauth/callback/exact-online", serving.url)]);
    let browser = Browser::new(&serving.url.parse().unwrap());
    browser.sign_in("demo@evergrant.example", &crate::demo::password(&serving)).await;
    let provider = location(&browser.open("/renew/bakkerij-jansen/exact").await);
    let back = come_back(&sandbox, demo::CLIENT_ID, &provider, "anna@example.nl");
    assert!(location(&browser.open(&back).await).contains("evergrant=renewed"));
    end(serving).await;
    let added = binary.run(&["consumer", "add", "Reports", "--all-databases"]);
    let key = added.out.lines().last().unwrap().to_owned();
    assert!(key.starts_with("evg_"), "{added:?}");

    let serving = binary.serve(&["--demo", "--demo-sandbox", &sandbox.url()]);
    let program = Browser::new(&serving.url.parse().unwrap());
    let place = "/api/v1/databases/bakkerij-jansen/containers/exact";
    let ask = async |path: &str| {
        let asked = program.request(Method::GET, &format!("{place}/{path}")).bearer_auth(&key);
        asked.send().await.unwrap()
    };
    let lent: Value = serde_json::from_str(&ask("token").await.text().await.unwrap()).unwrap();
    let token = lent["access_token"].as_str().unwrap().to_owned();
    assert_eq!(ask("proxy/current/Me?$select=UserName&planted=query").await.status(), StatusCode::OK);
    assert_eq!(ask("proxy/planted-path").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(ask("proxy/current%2fplanted-refused").await.status(), StatusCode::BAD_REQUEST);
    let log = end(serving).await;
    for planted in [key.as_str(), token.as_str(), "planted"] {
        assert!(!log.contains(planted), "{planted} is in the log");
    }
}

/// Ends a server and returns its log.
async fn end(serving: crate::binary::Serving) -> String {
    serving.ask_to_end();
    let (good, log) = tokio::task::spawn_blocking(move || serving.wait()).await.unwrap();
    assert!(good && log.contains("request"), "{log}");
    log
}
