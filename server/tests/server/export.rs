//! `/monitoring/messages.csv` and `.json`.

use reqwest::{Method, StatusCode};

use crate::app::{TestApp, header};

#[tokio::test]
async fn messages_come_whole_however_they_are_compressed() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    for file in ["messages.csv", "messages.json"] {
        for encoding in ["", "gzip", "br"] {
            let request = browser.request(Method::GET, &format!("/monitoring/{file}"));
            let answer = request.header("accept-encoding", encoding).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK);
            assert_eq!(header(&answer, "content-encoding"), encoding);
            let body = answer.bytes().await.unwrap();
            assert!(!body.is_empty());
            if encoding.is_empty() {
                assert!(body.windows(9).any(|piece| piece == b"signed_in"), "{file}");
            }
        }
    }
}

#[tokio::test]
async fn only_somebody_signed_in_takes_messages_along() {
    let app = TestApp::start().await;
    assert_eq!(app.browser().open("/monitoring/messages.csv").await.status(), StatusCode::UNAUTHORIZED);
    let browser = app.signed_in().await;
    assert_eq!(browser.open("/monitoring/messages.xml").await.status(), StatusCode::NOT_FOUND);
}
