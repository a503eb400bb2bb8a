//! `/healthz` and `/readyz`.

use reqwest::StatusCode;

use crate::app::TestApp;

#[tokio::test]
async fn a_server_whose_store_is_gone_lives_and_is_not_ready() {
    let app = TestApp::start().await;
    assert_eq!(app.browser().open("/healthz").await.status(), StatusCode::OK);
    assert_eq!(app.browser().open("/readyz").await.status(), StatusCode::OK);

    app.engine.store().clone().close().await.unwrap();
    assert_eq!(app.browser().open("/healthz").await.status(), StatusCode::OK);
    let answer = app.browser().open("/readyz").await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    let text = answer.text().await.unwrap();
    assert!(!text.contains("sqlite") && !text.contains("pool"), "nothing of what is inside: {text}");
}
