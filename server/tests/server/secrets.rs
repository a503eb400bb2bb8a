//! Planted secrets are found nowhere: not in the store's files, not in pages, not in the log.

use std::path::{Path, PathBuf};

use axum::Router;
use axum::http::StatusCode;
use exact_sandbox::{Options, Sandbox, User, demo};
use tokio::net::TcpListener;

use crate::app::{Browser, come_back, field, location};
use crate::binary::Binary;
use crate::demo::password;
use crate::post_office::{self, PostOffice};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            files(&entry.path(), found);
        } else {
            found.push(entry.path());
        }
    }
}

fn holds(content: &[u8], secret: &str) -> bool {
    content.windows(secret.len()).any(|window| window == secret.as_bytes())
}

#[tokio::test]
async fn no_secret_is_in_the_files_the_pages_or_the_log() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let metrics_token = "planted-metrics-token-4711";
    let binary = Binary::new()
        .with("EVERGRANT_LOG", "trace,hyper=info,h2=info,mio=info")
        .with("EVERGRANT_METRICS_TOKEN", metrics_token);
    let serving = binary.serve(&["--demo", "--demo-sandbox", &sandbox.url()]);
    demo::add(&sandbox, vec![format!("{}/oauth/callback/exact-online", serving.url)]);
    let browser = Browser::new(&serving.url.parse().unwrap());
    let password = password(&serving);
    let cookie =
        crate::app::header(&browser.sign_in("demo@evergrant.example", &password).await, "set-cookie");
    let session = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
    let provider = location(&browser.open("/renew/bakkerij-jansen/exact").await);
    let back = come_back(&sandbox, demo::CLIENT_ID, &provider, "anna@example.nl");
    let address = format!("{}{back}", serving.url);
    let (code, state) = (field(&address, "code"), field(&address, "state"));
    let answer = browser.open(&back).await;
    let (back, request) = (location(&answer), crate::app::header(&answer, "x-request-id"));
    assert!(back.contains("evergrant=renewed"), "{back}");

    let scrape = browser.request(reqwest::Method::GET, "/metrics").bearer_auth(metrics_token);
    assert!(scrape.header("via", "a proxy").send().await.unwrap().status().is_success());

    // A refresh token that somebody pastes is sent at once; where it ends does not matter here.
    let pasted = sandbox.issue(demo::CLIENT_ID, "ben@example.nl");
    let page = browser.open("/databases/van-dijk-logistiek").await.text().await.unwrap();
    let container = container_of(&page);
    let fields = [
        ("database", "van-dijk-logistiek"),
        ("container", container.as_str()),
        ("token", pasted.refresh_token.as_str()),
    ];
    assert!(browser.post("/do/adopt", &fields).await.status().is_redirection());

    // A new key waits in the session until its page shows it.
    let fields = [("name", "Planted"), ("scope", "all"), ("days", "7")];
    let made = location(&browser.post("/do/add-consumer", &fields).await);
    let mut waiting = Vec::new();
    files(binary.folder.path(), &mut waiting);
    let waiting: Vec<Vec<u8>> = waiting.iter().map(|path| std::fs::read(path).unwrap()).collect();
    let page = browser.open(&made).await.text().await.unwrap();
    let key = page.split("<code>").find(|part| part.starts_with("evg_") && part.find("</code>") == Some(47));
    let key = key.expect("the page shows the key")[..47].to_owned();
    assert!(waiting.iter().all(|content| !holds(content, &key)), "the new key lies open in a file");
    assert!(!browser.open(&made).await.text().await.unwrap().contains(&key), "it is shown once");

    let secrets = [
        ("consumer key", key),
        ("client secret", demo::CLIENT_SECRET.to_owned()),
        ("password", password),
        ("session id", session),
        ("code as it stands in an address", as_in_an_address(&code)),
        ("code", code),
        ("state", state),
        ("pasted refresh token", pasted.refresh_token),
        ("access token of the pasted chain", pasted.access_token),
        ("token of the metrics", metrics_token.to_owned()),
    ];
    for path in [
        "/databases",
        "/databases/bakkerij-jansen",
        "/databases/van-dijk-logistiek",
        "/settings/registrations",
        "/repairs",
        "/metrics",
        "/repairs/all",
        "/monitoring",
        "/monitoring/messages.json",
        "/consumers",
        &made,
    ] {
        let page = browser.open(path).await.text().await.unwrap();
        for (name, secret) in &secrets {
            assert!(!page.contains(secret), "the {name} is on {path}");
        }
    }
    // While the server runs, so that the write-ahead log is still there.
    let mut found = Vec::new();
    files(binary.folder.path(), &mut found);
    assert!(found.iter().any(|path| path.ends_with("evergrant.db-wal")), "{found:?}");
    for path in &found {
        let content = std::fs::read(path).unwrap();
        for (name, secret) in &secrets {
            assert!(!holds(&content, secret), "the {name} is in {}", path.display());
        }
    }
    serving.ask_to_end();
    let (good, log) = tokio::task::spawn_blocking(move || serving.wait()).await.unwrap();
    assert!(good && log.contains("request"), "{log}");
    // What the engine does on its own tasks stands under the request that caused it.
    let moved = |line: &&str| line.contains("a chain moved") && line.contains("Linked");
    assert!(log.lines().filter(moved).any(|line| line.contains(&request)), "{request} is not in {log}");
    for (name, secret) in &secrets {
        assert!(!log.contains(secret), "the {name} is in the log");
    }
}

const RECOVERY: &str = r#"
[[database]]
name = "Bakkerij Jansen"

[[database.container]]
alias = "exact"
registration = "Exact Online"
warm = true

[database.container.recovery]
user_name = { env = "PLANTED_USER_NAME" }
password = { env = "PLANTED_PASSWORD" }
one_time = { env = "PLANTED_ONE_TIME" }
"#;

#[tokio::test(flavor = "multi_thread")]
async fn no_stored_sign_in_is_in_the_files_the_pages_or_the_log() {
    let secrets = [
        ("user name", "planted-user@example.nl"),
        ("password", "planted password of recovery"),
        ("one-time secret", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"),
        ("one-time secret, decoded", "12345678901234567890"),
    ];
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let binary = Binary::new()
        .with("EVERGRANT_LOG", "trace,hyper=info,h2=info,mio=info")
        .with("PLANTED_USER_NAME", secrets[0].1)
        .with("PLANTED_PASSWORD", secrets[1].1)
        .with("PLANTED_ONE_TIME", secrets[2].1);
    binary.write("recovery.toml", RECOVERY);
    sandbox
        .add_user(User { consented: true, ..User::new(secrets[0].1, secrets[1].1).with_totp(secrets[2].1) });
    let serving = binary.serve(&["--demo", "--demo-sandbox", &sandbox.url()]);
    demo::add(&sandbox, vec![format!("{}/oauth/callback/exact-online", serving.url)]);
    let browser = Browser::new(&serving.url.parse().unwrap());
    browser.sign_in("demo@evergrant.example", &password(&serving)).await;
    let provider = location(&browser.open("/renew/bakkerij-jansen/exact").await);
    let back = come_back(&sandbox, demo::CLIENT_ID, &provider, "anna@example.nl");
    assert!(location(&browser.open(&back).await).contains("evergrant=renewed"));
    let mut said = end(serving).await;

    let mut apply = async |arguments: &[&str]| {
        let ended = binary.run(arguments);
        assert!(ended.good, "{ended:?}");
        said.push_str(&ended.err);
        ended.out
    };
    let stored = apply(&["apply", "recovery.toml"]).await;
    assert!(stored.contains("recovery credentials, kept 30 days"), "{stored}");
    assert_eq!(apply(&["apply", "recovery.toml"]).await, "= 2 unchanged\n");
    apply(&["keys", "rotate", "--wait"]).await;
    assert_eq!(apply(&["apply", "recovery.toml"]).await, "= 2 unchanged\n", "they still open");
    said.push_str(&stored);

    let serving = binary.serve(&["--demo", "--demo-sandbox", &sandbox.url()]);
    let browser = Browser::new(&serving.url.parse().unwrap());
    browser.sign_in("demo@evergrant.example", &password(&serving)).await;
    for path in [
        "/databases",
        "/databases/bakkerij-jansen",
        "/databases/nowhere",
        "/repairs",
        "/settings/registrations",
        "/oauth/callback/exact-online?error=access_denied&state=none",
        "/healthz",
        "/readyz",
        "/metrics",
    ] {
        said.push_str(&browser.open(path).await.text().await.unwrap());
    }
    // A walk with all of it, as far as the code; then a form that comes back with what is wrong.
    let recovery = "/databases/bakkerij-jansen/exact/recovery";
    demo::add(&sandbox, vec![format!("{}/oauth/callback/exact-online", serving.url)]);
    let container = container_of(&browser.open(recovery).await.text().await.unwrap());
    let place = [("database", "bakkerij-jansen"), ("alias", "exact"), ("container", container.as_str())];
    let nothing = [("days", "30"), ("consent", "true")];
    let tested = browser.post_parts("/do/test-credentials", &[&place[..], &nothing[..]].concat()).await;
    assert!(tested.status().is_redirection(), "{}", tested.status());
    let page = browser.open(recovery).await.text().await.unwrap();
    assert_eq!(sandbox.sign_ins(secrets[0].1).sign_ins, 1, "{page}");
    said.push_str(&page);
    let typed = [("user_name", "planted-typed@example.nl"), ("password", "planted typed password")];
    let wrong = [("one_time", "planted-one-time"), ("days", "30"), ("consent", "true")];
    let refused = [&place[..], &typed[..], &wrong[..]].concat();
    assert!(browser.post_parts("/do/save-credentials", &refused).await.status().is_redirection());
    let secrets = [
        secrets[0],
        secrets[1],
        secrets[2],
        secrets[3],
        ("typed password", "planted typed password"),
        ("typed one-time secret", "planted-one-time"),
    ];
    // While the server runs, so that the write-ahead log is still there.
    let mut found = Vec::new();
    files(binary.folder.path(), &mut found);
    assert!(found.iter().any(|path| path.ends_with("evergrant.db-wal")), "{found:?}");
    for path in &found {
        let content = std::fs::read(path).unwrap();
        for (name, secret) in secrets.into_iter().chain([("typed user name", "planted-typed@example.nl")]) {
            assert!(!holds(&content, secret), "the {name} is in {}", path.display());
        }
    }
    said.push_str(&end(serving).await);
    for (name, secret) in secrets {
        assert!(!said.contains(secret), "the {name} is on a page or in the log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_consumer_key_and_no_lent_token_is_in_the_files_the_pages_or_the_log() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let binary = Binary::new().with("EVERGRANT_LOG", "trace,hyper=info,h2=info,mio=info");
    binary.write("file.toml", "[[database]]\nname = \"Bakkerij Jansen\"\n");
    assert!(binary.run(&["apply", "file.toml"]).good);
    let added = binary.run(&["consumer", "add", "Power BI", "--database", "bakkerij-jansen"]);
    let key = added.out.lines().last().unwrap().to_owned();
    let listed = binary.run(&["consumer", "list", "--json"]).out;
    let mut said = added.err + &listed;

    let serving = binary.serve(&["--demo", "--demo-sandbox", &sandbox.url()]);
    demo::add(&sandbox, vec![format!("{}/oauth/callback/exact-online", serving.url)]);
    let browser = Browser::new(&serving.url.parse().unwrap());
    browser.sign_in("demo@evergrant.example", &password(&serving)).await;
    let provider = location(&browser.open("/renew/bakkerij-jansen/exact").await);
    let back = come_back(&sandbox, demo::CLIENT_ID, &provider, "anna@example.nl");
    assert!(location(&browser.open(&back).await).contains("evergrant=renewed"));
    let path = "/api/v1/databases/bakkerij-jansen/containers/exact/token";
    let ask = async |path: &str, user: Option<&str>| {
        let request = browser.request(reqwest::Method::GET, path);
        let request = match user {
            Some(user) => request.basic_auth(user, Some(&key)),
            None => request.bearer_auth(&key),
        };
        request.send().await.unwrap().text().await.unwrap()
    };
    let lent: serde_json::Value = serde_json::from_str(&ask(path, None).await).unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&ask(path, Some("excel")).await).unwrap(), lent);
    let nowhere = path.replace("jansen", "nowhere");
    let in_the_address = format!("{path}?minimum_seconds={key}&access_token={key}");
    for answer in
        [ask(&nowhere, None).await, ask(&in_the_address, None).await, ask(&in_the_address, Some("")).await]
    {
        said.push_str(&answer);
    }
    let tokens = issued(&browser, &listed, &key, &mut said).await;
    for page in ["/databases", "/databases/bakkerij-jansen", "/repairs", "/monitoring", "/consumers"] {
        said.push_str(&browser.open(page).await.text().await.unwrap());
    }
    let pair = |user: &str| {
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, format!("{user}:{key}"))
    };
    let mut secrets = vec![
        ("consumer key", key.clone()),
        ("pair of name and key", pair("excel")),
        ("pair of client id and key", pair(&id_of(&listed))),
        ("lent token", lent["access_token"].as_str().unwrap().to_owned()),
        ("lent token as it stands in an address", as_in_an_address(lent["access_token"].as_str().unwrap())),
    ];
    assert!(tokens.len() == 4 && tokens.iter().all(|token| token.len() == 48));
    secrets.extend(tokens.into_iter().map(|token| ("issued token", token)));
    let mut found = Vec::new();
    files(binary.folder.path(), &mut found);
    assert!(found.iter().any(|path| path.ends_with("evergrant.db-wal")), "{found:?}");
    for path in &found {
        let content = std::fs::read(path).unwrap();
        for (name, secret) in &secrets {
            assert!(!holds(&content, secret), "the {name} is in {}", path.display());
        }
    }
    said.push_str(&end(serving).await);
    for (name, secret) in &secrets {
        assert!(!said.contains(secret), "the {name} is on a page, in another answer or in the log");
    }
}

/// The id of the one consumer.
fn id_of(listed: &str) -> String {
    let listed: serde_json::Value = serde_json::from_str(listed).unwrap();
    listed[0]["id"].as_str().unwrap().to_owned()
}

/// Issues two pairs and uses them in every way there is, wrong ones included; returns their texts. What is
/// answered besides is added to what was said.
async fn issued(browser: &Browser, listed: &str, key: &str, said: &mut String) -> Vec<String> {
    let id = id_of(listed);
    let post = async |path: &str, key: &str, fields: &[(&str, &str)]| {
        let request = browser.request(reqwest::Method::POST, path).basic_auth(&id, Some(key));
        request.form(fields).send().await.unwrap().text().await.unwrap()
    };
    let texts = |answer: &str| {
        let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
        ["access_token", "refresh_token"].map(|name| answer[name].as_str().unwrap().to_owned())
    };
    let credentials = [("grant_type", "client_credentials")];
    let [access, refresh] = texts(&post("/oauth/token", key, &credentials).await);
    let refreshing = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    let [next_access, next_refresh] = texts(&post("/oauth/token", key, &refreshing).await);
    let place = "/api/v1/databases/bakkerij-jansen/containers/exact";
    let subject = [("subject_token", access.as_str()), ("subject_token_type", "x"), ("resource", place)];
    let exchange = [("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange")];
    for (path, key, fields) in [
        ("/oauth/introspect", key, vec![("token", access.as_str())]),
        ("/oauth/introspect", key, vec![("token", refresh.as_str())]),
        ("/oauth/token", key, [&exchange[..], &subject[..]].concat()),
        ("/oauth/token", access.as_str(), credentials.to_vec()),
        ("/oauth/token", key, vec![refreshing[0], ("refresh_token", access.as_str())]),
        ("/oauth/token", key, [&refreshing[..], &refreshing[..]].concat()),
        ("/oauth/token", key, vec![("grant_type", next_refresh.as_str()), ("scope", next_access.as_str())]),
        ("/oauth/revoke", key, vec![("token", next_access.as_str())]),
        ("/oauth/revoke", key, vec![("token", next_refresh.as_str())]),
        ("/oauth/token", key, refreshing.to_vec()),
    ] {
        said.push_str(&post(path, key, &fields).await);
    }
    for path in [format!("/oauth/token?refresh_token={refresh}"), format!("/oauth/revoke?token={access}")] {
        said.push_str(&post(&path, key, &refreshing).await);
    }
    for token in [&access, &refresh] {
        let request = browser.request(reqwest::Method::GET, place).bearer_auth(token);
        said.push_str(&request.send().await.unwrap().text().await.unwrap());
    }
    vec![access, refresh, next_access, next_refresh]
}

/// Ends a server and returns its log.
async fn end(serving: crate::binary::Serving) -> String {
    serving.ask_to_end();
    let (good, log) = tokio::task::spawn_blocking(move || serving.wait()).await.unwrap();
    assert!(good && log.contains("request"), "{log}");
    log
}

fn as_in_an_address(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The id of the container on a database's page.
fn container_of(page: &str) -> String {
    let form = page.split("name=\"container\"").nth(1).unwrap();
    form.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// A program that is told: it takes whatever comes.
async fn webhook() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/hook", listener.local_addr().unwrap());
    let app = Router::new().fallback(async || StatusCode::NO_CONTENT);
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_alerts_is_in_the_files_the_pages_or_the_log() {
    let (post, webhook) = (PostOffice::start().await, webhook().await);
    let encoded = "p%40ss%20%26%20word%2F%25";
    let smtp = format!("smtp://{}:{encoded}@127.0.0.1:{}?tls=none", post_office::NAME, post.port);
    let binary = Binary::new()
        .with("EVERGRANT_LOG", "trace,hyper=info,h2=info,mio=info")
        .with("EVERGRANT_SMTP_URL", &smtp)
        .with("EVERGRANT_MAIL_FROM", "evergrant@example.com")
        .with("EVERGRANT_ALLOW_PRIVATE", "127.0.0.1");
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let serving = binary.serve(&["--demo", "--demo-sandbox", &sandbox.url()]);
    let browser = Browser::new(&serving.url.parse().unwrap());
    browser.sign_in("demo@evergrant.example", &password(&serving)).await;
    let page = "/settings/alerts";
    for (kind, address) in [("webhook", webhook.as_str()), ("mail", "anna@example.com")] {
        let target =
            [("kind", kind), ("name", kind), ("address", address), ("language", "en"), ("repaired", "true")];
        let added = browser.post("/do/add-alert-target", &target).await;
        assert_eq!(location(&added), page);
    }
    // It waits for the page, sealed in the session; then it is gone.
    let mut found = Vec::new();
    files(binary.folder.path(), &mut found);
    let before: Vec<Vec<u8>> = found.iter().map(|path| std::fs::read(path).unwrap()).collect();
    let shown = browser.open(page).await.text().await.unwrap();
    let secret = format!("evw_{}", &shown.split("evw_").nth(1).unwrap()[..43]);
    assert!(!before.iter().any(|content| holds(content, &secret)), "the secret waits in the open");
    let mut said = browser.open(page).await.text().await.unwrap();
    let targets: Vec<String> = said
        .split("name=\"target\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert!(targets.len() >= 2, "{said}");
    for target in targets {
        let tested = browser.post("/do/test-alert-target", &[("target", target.as_str())]).await;
        assert_eq!(location(&tested), page);
        let told = browser.open(page).await.text().await.unwrap();
        assert!(told.contains("The receiver took it."), "{told}");
        said.push_str(&told);
    }
    assert!(!post.empty().is_empty() && post.passwords().iter().all(|it| it == post_office::PASSWORD));
    said.push_str(&browser.open("/settings").await.text().await.unwrap());

    let secrets = [
        ("webhook's secret", secret.as_str()),
        ("mail server's password", post_office::PASSWORD),
        ("mail server's password as it was given", encoded),
        // As AUTH PLAIN sends it: \0evergrant\0p@ss & word/%
        ("mail server's password as it was sent", "AGV2ZXJncmFudABwQHNzICYgd29yZC8l"),
    ];
    let mut found = Vec::new();
    files(binary.folder.path(), &mut found);
    for path in &found {
        let content = std::fs::read(path).unwrap();
        for (name, secret) in secrets {
            assert!(!holds(&content, secret), "the {name} is in {}", path.display());
        }
    }
    said.push_str(&end(serving).await);
    for (name, secret) in secrets {
        assert!(!said.contains(secret), "the {name} is on a page or in the log");
    }
}
