//! The files of the site, and the page where there is nothing.

use reqwest::{Method, Response, StatusCode};

use crate::app::{TestApp, header};

async fn ask(app: &TestApp, path: &str, name: &str, value: &str) -> Response {
    app.browser().request(Method::GET, path).header(name, value).send().await.unwrap()
}

#[tokio::test]
async fn a_file_comes_compressed_as_the_browser_likes_it_best() {
    let app = TestApp::start().await;
    let path = "/pkg/evergrant.0a1b2c.js";
    for (accepted, encoding, content) in [
        ("gzip, deflate, br", "br", "brotli script"),
        ("gzip", "gzip", "gzip script"),
        ("br;q=0, gzip", "gzip", "gzip script"),
        ("identity", "", "plain script"),
    ] {
        let answer = ask(&app, path, "accept-encoding", accepted).await;
        assert_eq!(header(&answer, "content-encoding"), encoding, "{accepted}");
        assert_eq!(header(&answer, "content-type"), "text/javascript; charset=utf-8");
        assert!(header(&answer, "vary").to_lowercase().contains("accept-encoding"));
        assert_eq!(answer.text().await.unwrap(), content, "{accepted}");
    }
}

#[tokio::test]
async fn a_name_with_its_hash_is_kept_for_ever_and_others_are_asked_for_again() {
    let app = TestApp::start().await;
    let hashed = app.browser().open("/pkg/evergrant.0a1b2c_bg.wasm").await;
    assert_eq!(header(&hashed, "cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(header(&hashed, "content-type"), "application/wasm");
    let other = app.browser().open("/favicon.svg").await;
    assert_eq!(header(&other, "cache-control"), "no-cache");
    let again = ask(&app, "/favicon.svg", "if-none-match", &header(&other, "etag")).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    let changed = ask(&app, "/favicon.svg", "if-none-match", "\"another\"").await;
    assert_eq!(changed.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_page_asks_for_the_files_by_their_names() {
    let app = TestApp::start().await;
    let page = app.signed_in().await.open("/databases").await.text().await.unwrap();
    for name in ["/pkg/evergrant.0a1b2c.js", "/pkg/evergrant.0a1b2c_bg.wasm", "/pkg/evergrant.0a1b2c.css"] {
        assert!(page.contains(name), "{name}: {page}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    for path in ["/nowhere", "/pkg/evergrant.ffffff.js", "/pkg/../site.json", "/site.json", "/favicon.svg.br"]
    {
        assert_eq!(browser.open(path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_page_comes_compressed() {
    let app = TestApp::start().await;
    let answer = ask(&app, "/sign-in", "accept-encoding", "br").await;
    assert_eq!(header(&answer, "content-encoding"), "br");
}

#[tokio::test]
async fn the_first_address_leads_to_the_databases() {
    let app = TestApp::start().await;
    let answer = app.browser().open("/").await;
    assert_eq!(
        (answer.status(), header(&answer, "location").as_str()),
        (StatusCode::SEE_OTHER, "/databases")
    );
}
