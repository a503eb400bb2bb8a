//! The journal: who did what, when and from where.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use engine::store::journal::{self, Entry, Filter, Page};
use engine::store::organisations;
use reqwest::Method;
use server::router::router;
use server::site::Site;
use server::state::Shared;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::app::{ALIAS, DATABASE, NAME, TestApp, header, location};

/// The newest line with this word.
async fn newest(app: &TestApp, action: &str) -> Entry {
    let db = app.engine.store();
    let organisation = organisations::all(db).await.unwrap()[0].id;
    let filter = Filter { actions: vec![action.to_owned()], ..Filter::default() };
    let lines = journal::list(db, organisation, &filter, Page { before: None, limit: 1 }).await.unwrap();
    lines.into_iter().next().unwrap_or_else(|| panic!("nothing was {action}"))
}

#[tokio::test]
async fn what_an_operator_does_is_written_down_with_where_it_came_from() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    let signed_in = newest(&app, "signed_in").await;
    assert_eq!(signed_in.actor, format!("operator:{NAME}"));
    assert_eq!(signed_in.from_address.as_deref(), Some("127.0.0.1"));
    let added = newest(&app, "operator_added").await;
    assert_eq!((added.actor.as_str(), added.detail.as_deref()), ("operator:command line", Some(NAME)));
    let back = app.walk_out(&browser, "").await;
    assert!(location(&browser.open(&back).await).contains("renewed"));
    let linked = newest(&app, "linked").await;
    assert_eq!(linked.actor, format!("operator:{NAME}"));
    assert_eq!(linked.from_address.as_deref(), Some("127.0.0.1"));

    let answer = browser.post("/do/switch-recovery", &[("on", "false")]).await;
    assert_eq!(answer.status().as_u16(), 303, "{answer:?}");
    let switched = newest(&app, "recovery_switched_off").await;
    assert_eq!(switched.actor, format!("operator:{NAME}"));
    assert_eq!(switched.from_address.as_deref(), Some("127.0.0.1"));
}

#[tokio::test]
async fn a_trusted_proxy_is_asked_where_an_act_came_from() {
    let app = TestApp::start().await;
    let signed_in = app.browser().sign_in(NAME, crate::app::PASSWORD).await;
    let cookie = header(&signed_in, "set-cookie").split(';').next().unwrap().to_owned();
    let shared = Shared::new(app.engine.clone(), Site::embedded(), CancellationToken::new());
    let routes = router(shared.with_callers(None, &["10.0.0.0/8".parse().unwrap()]));
    let mut request = Request::builder()
        .method(Method::GET)
        .uri(format!("/renew/{DATABASE}/{ALIAS}"))
        .header("cookie", cookie)
        .header("x-forwarded-for", "203.0.113.9, 198.51.100.7")
        .body(Body::empty())
        .unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 4_711))));
    let answer = routes.oneshot(request).await.unwrap();
    assert_eq!(answer.status().as_u16(), 303);
    let grants = "SELECT from_address FROM grants";
    let db = app.engine.store();
    let statement =
        sea_orm::Statement::from_string(sea_orm::ConnectionTrait::get_database_backend(db), grants);
    let row = sea_orm::ConnectionTrait::query_one_raw(db, statement).await.unwrap().unwrap();
    assert_eq!(row.try_get::<String>("", "from_address").unwrap(), "198.51.100.7");
}
