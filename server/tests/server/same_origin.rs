//! Requests that change something come from our own pages.

use reqwest::{Method, StatusCode};

use crate::app::{TestApp, location};

#[tokio::test]
async fn a_form_of_another_site_changes_nothing() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    let foreign = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ];
    for (name, value) in foreign {
        let asked = browser.request(Method::POST, "/do/create-database").header(name, value);
        let answer = asked.form(&[("name", "Planted")]).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{name}: {value}");
    }
    let bare = browser.request(Method::POST, "/do/create-database").form(&[("name", "Planted")]);
    assert_eq!(bare.send().await.unwrap().status(), StatusCode::FORBIDDEN, "a cookie without any origin");
    assert_eq!(app.operator().await.inventory().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_form_of_our_own_works() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    let answer = browser.post("/do/create-database", &[("name", "De Vries")]).await;
    assert_eq!(location(&answer), "/databases/de-vries");
    let asked = browser.request(Method::POST, "/do/create-database").header("sec-fetch-site", "same-origin");
    let answer = asked.form(&[("name", "Van Dijk")]).send().await.unwrap();
    assert_eq!(location(&answer), "/databases/van-dijk");
}

#[tokio::test]
async fn nothing_changes_by_a_link() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    for path in ["/do/create-database?name=Planted", "/do/sign-out"] {
        let answer = browser.open(path).await;
        assert!(answer.status().is_client_error(), "{path}: {}", answer.status());
    }
    assert_eq!(browser.open("/databases").await.status(), StatusCode::OK);
    assert_eq!(app.operator().await.inventory().await.unwrap().len(), 1);
}
