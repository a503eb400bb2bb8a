//! `GET /live`: what changes while somebody looks.

use std::time::Duration;

use reqwest::{Response, StatusCode};
use tokio::time::timeout;

use crate::app::{Browser, DATABASE, TestApp, header};

/// Reads until an event holds `wanted`; the stream may end, or say nothing for too long.
async fn hears(stream: &mut Response, wanted: &str) -> bool {
    let mut heard = String::new();
    let listening = async {
        while let Some(chunk) = stream.chunk().await.unwrap() {
            heard.push_str(&String::from_utf8_lossy(&chunk));
            if heard.contains(wanted) {
                return true;
            }
        }
        false
    };
    timeout(Duration::from_secs(30), listening).await.unwrap_or(false)
}

async fn listen(browser: &Browser) -> Response {
    let stream = browser.open(&format!("/live?database={DATABASE}")).await;
    assert_eq!(stream.status(), StatusCode::OK);
    assert_eq!(header(&stream, "content-type"), "text/event-stream");
    assert_eq!(header(&stream, "content-encoding"), "", "an event must not wait in a compressor");
    stream
}

#[tokio::test]
async fn the_state_comes_at_once_and_then_each_change() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    let mut stream = listen(&browser).await;
    assert!(hears(&mut stream, "unlinked").await);
    let back = app.walk_out(&browser, "").await;
    browser.open(&back).await;
    assert!(hears(&mut stream, "live").await);
}

#[tokio::test]
async fn nobody_listens_without_being_signed_in() {
    let app = TestApp::start().await;
    assert_eq!(app.browser().open("/live").await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn whoever_signed_out_hears_nothing_more() {
    let app = TestApp::start().await;
    let (leaves, stays) = (app.signed_in().await, app.signed_in().await);
    let mut stream = listen(&leaves).await;
    assert!(hears(&mut stream, "unlinked").await);
    leaves.post("/do/sign-out", &[]).await;
    let back = app.walk_out(&stays, "").await;
    stays.open(&back).await;
    let mut rest = String::new();
    while let Some(chunk) = timeout(Duration::from_secs(30), stream.chunk()).await.unwrap().unwrap() {
        rest.push_str(&String::from_utf8_lossy(&chunk));
    }
    assert!(!rest.contains("data:"), "{rest}");
}

#[tokio::test]
async fn the_stream_ends_with_the_server() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    let mut stream = listen(&browser).await;
    assert!(hears(&mut stream, "data:").await);
    app.stop.cancel();
    let rest =
        timeout(Duration::from_secs(30), async { while stream.chunk().await.unwrap().is_some() {} }).await;
    assert!(rest.is_ok(), "the stream goes on after the end");
}
