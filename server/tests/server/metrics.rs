//! `/metrics`: what it shows, to whom, and that the dashboard in `docs` asks for nothing else.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::Request;
use engine::guard::secret::MetricsToken;
use server::router::router;
use server::site::Site;
use server::state::Shared;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::app::{ALIAS, CLIENT_ID, DATABASE, NAME, TestApp, USER, header, location};

const TOKEN: &str = "planted-metrics-token";

async fn scrape(app: &TestApp) -> String {
    let answer = app.browser().open("/metrics").await;
    assert_eq!(answer.status().as_u16(), 200);
    assert!(header(&answer, "content-type").starts_with("application/openmetrics-text"));
    answer.text().await.unwrap()
}

/// The value of a series.
fn value(shown: &str, series: &str) -> f64 {
    let line = shown.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {series} in {shown}")).parse().unwrap()
}

#[tokio::test]
async fn what_happened_is_shown_and_nobody_is_named() {
    let app = TestApp::start().await;
    let before = scrape(&app).await;
    assert_eq!(value(&before, r#"evergrant_chains{state="unlinked"}"#), 1.0);
    assert_eq!(value(&before, r#"evergrant_lends_total{answer="lent"}"#), 0.0);

    let browser = app.signed_in().await;
    let back = app.walk_out(&browser, "").await;
    assert!(location(&browser.open(&back).await).contains("renewed"));
    browser.open(&format!("/databases/{DATABASE}")).await;
    browser.open("/nowhere/at/all").await;
    let shown = scrape(&app).await;
    assert_eq!(value(&shown, r#"evergrant_chains{state="live"}"#), 1.0);
    assert_eq!(value(&shown, r#"evergrant_chains{state="unlinked"}"#), 0.0);
    assert_eq!(value(&shown, r#"evergrant_token_calls_total{outcome="exchanged"}"#), 1.0);
    let page =
        r#"evergrant_http_request_seconds_count{method="GET",route="/databases/{database}",status="2xx"}"#;
    assert_eq!(value(&shown, page), 1.0);
    let code = r#"evergrant_token_call_seconds_count{grant="authorization_code"}"#;
    assert_eq!(value(&shown, code), 1.0);
    assert!(value(&shown, "evergrant_commit_seconds_count") >= 1.0);
    assert_eq!(value(&shown, "evergrant_store_up"), 1.0);
    assert!(value(&shown, "process_start_time_seconds") > 1e9);
    assert!(shown.ends_with("# EOF\n"));
    for named in [USER, NAME, DATABASE, CLIENT_ID, "/nowhere", "127.0.0.1"] {
        assert!(!shown.contains(named), "{named} is in {shown}");
    }
    assert!(!shown.contains(&format!("\"{ALIAS}\"")), "{shown}");
}

#[tokio::test]
async fn without_the_store_the_rest_is_shown() {
    let app = TestApp::start().await;
    app.engine.store().clone().close().await.unwrap();
    let shown = scrape(&app).await;
    assert_eq!(value(&shown, "evergrant_store_up"), 0.0);
    assert!(!shown.contains("evergrant_chains{"));
    assert_eq!(value(&shown, r#"evergrant_token_calls_total{outcome="refused"}"#), 0.0);
}

/// What a caller at this address gets, with what it brings.
async fn ask(app: &TestApp, token: Option<&str>, from: &str, brings: Option<&str>) -> (u16, String) {
    let token = token.map(|token| MetricsToken::new(token.to_owned()));
    let shared = Shared::new(app.engine.clone(), Site::embedded(), CancellationToken::new());
    let routes = router(shared.with_callers(token, &[]));
    let from: IpAddr = from.parse().unwrap();
    let mut request = Request::get("/metrics");
    if let Some(brings) = brings {
        request = request.header("authorization", brings);
    }
    let mut request = request.body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(from, 4_711)));
    let answer = routes.oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    (status, String::from_utf8(to_bytes(answer.into_body(), 1_000_000).await.unwrap().to_vec()).unwrap())
}

#[tokio::test]
async fn other_machines_bring_the_token_of_the_settings() {
    let app = TestApp::start().await;
    let good = format!("Bearer {TOKEN}");
    for home in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
        assert_eq!(ask(&app, None, home, None).await.0, 200, "{home}");
    }
    assert_eq!(ask(&app, None, "192.0.2.1", None).await.0, 403);
    assert_eq!(ask(&app, None, "192.0.2.1", Some(&good)).await.0, 403, "nothing is right where none is set");
    let wrong = [None, Some("Bearer"), Some("Bearer "), Some("Bearer planted-metrics-tokem"), Some(TOKEN)];
    for brings in wrong {
        let (status, said) = ask(&app, Some(TOKEN), "192.0.2.1", brings).await;
        assert!(status == 401 && !said.contains("evergrant_") && !said.contains(TOKEN), "{brings:?}");
    }
    assert_eq!(ask(&app, Some(TOKEN), "192.0.2.1", Some(&good)).await.0, 200);
}

#[tokio::test]
async fn behind_a_proxy_nobody_is_at_home() {
    let app = TestApp::start_at("https://evergrant.example").await;
    assert_eq!(ask(&app, None, "127.0.0.1", None).await.0, 403);
    assert_eq!(ask(&app, Some(TOKEN), "127.0.0.1", Some(&format!("bearer {TOKEN}"))).await.0, 200);
}

/// Every name of a series that an exposition offers, whether it has values yet or not.
fn offered(shown: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for line in shown.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let (name, kind) = line.split_once(' ').unwrap();
        let endings: &[&str] = match kind {
            "counter" => &["_total"],
            "histogram" => &["_bucket", "_sum", "_count"],
            "info" => &["_info"],
            "gauge" => &[""],
            other => panic!("{other}"),
        };
        names.extend(endings.iter().map(|ending| format!("{name}{ending}")));
    }
    names
}

#[tokio::test]
async fn the_dashboard_asks_for_what_is_there() {
    let app = TestApp::start().await;
    // The first scrape is a request that the second one shows.
    scrape(&app).await;
    let offered = offered(&scrape(&app).await);
    let text = include_str!("../../../docs/grafana.json");
    let dashboard: serde_json::Value = serde_json::from_str(text).unwrap();
    let mut asked = BTreeSet::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().unwrap() {
            let query = target["expr"].as_str().unwrap();
            let words = query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let named = words.filter(|word| word.starts_with("evergrant_") || word.starts_with("process_"));
            let named: Vec<String> = named.map(str::to_owned).collect();
            assert!(!named.is_empty(), "{query}");
            asked.extend(named);
        }
    }
    assert!(asked.len() > 10, "{asked:?}");
    let missing: Vec<_> = asked.difference(&offered).collect();
    assert!(missing.is_empty(), "{missing:?} of {offered:?}");
    // And every figure of ours has its place on it.
    let unused: Vec<_> = offered
        .iter()
        .filter(|name| name.starts_with("evergrant_") && !name.ends_with("_sum") && !name.ends_with("_count"))
        .filter(|name| !asked.contains(*name))
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}
