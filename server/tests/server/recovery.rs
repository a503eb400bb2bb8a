//! The pages of auto-recovery: forms with pictures, and secrets that never come back.

use axum::http::StatusCode;

use crate::app::{ALIAS, Browser, DATABASE, TestApp, location};

const SECRET: &str = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU";
const PASSWORD: &str = "planted-recovery-password";

async fn codes(browser: &Browser, fields: &[(&str, &[u8])]) -> String {
    browser.post_parts("/do/one-time-codes", fields).await.text().await.unwrap()
}

#[tokio::test]
async fn a_form_with_a_picture_may_be_larger_than_any_other() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    assert!(codes(&browser, &[("picture", &vec![7; 1024 * 1024])]).await.contains("Problem"));
    // Read to its end, so that the browser shows what is wrong.
    let large = codes(&browser, &[("picture", &vec![7; 6 * 1024 * 1024])]).await;
    assert!(large.contains("at most 5 MB"), "{large}");
    let huge = browser.post_parts("/do/one-time-codes", &[("picture", &vec![7; 33 * 1024 * 1024])]).await;
    assert_eq!(huge.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_form_with_a_picture_that_is_no_such_form_is_refused() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    let answer = browser.post("/do/save-credentials", &[("user_name", "anna")]).await;
    assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn the_codes_of_a_secret_are_told_to_those_who_are_signed_in() {
    let app = TestApp::start().await;
    let told = codes(&app.signed_in().await, &[("one_time", SECRET.as_bytes())]).await;
    assert!(told.contains("Codes") && !told.contains(SECRET), "{told}");
    let stranger = app.browser().post_parts("/do/one-time-codes", &[("one_time", SECRET.as_bytes())]).await;
    assert_eq!(stranger.status(), StatusCode::SEE_OTHER);
    assert!(location(&stranger).starts_with("/sign-in"), "{}", location(&stranger));
}

#[tokio::test]
async fn what_is_stored_or_refused_never_comes_back() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    let back = app.walk_out(&browser, "").await;
    assert_eq!(browser.open(&back).await.status(), StatusCode::SEE_OTHER);
    let view = app.operator().await.database(DATABASE).await.unwrap().unwrap();
    let container = view.containers.iter().find(|it| it.alias == ALIAS).unwrap().id.to_string();
    let page = format!("/databases/{DATABASE}/{ALIAS}/recovery");
    for (days, said) in [("400", "from 1 to 90"), ("20", "Stored.")] {
        let fields: [(&str, &[u8]); 8] = [
            ("database", DATABASE.as_bytes()),
            ("alias", ALIAS.as_bytes()),
            ("container", container.as_bytes()),
            ("user_name", b"robot@example.nl"),
            ("password", PASSWORD.as_bytes()),
            ("one_time", SECRET.as_bytes()),
            ("days", days.as_bytes()),
            ("consent", b"true"),
        ];
        let answer = browser.post_parts("/do/save-credentials", &fields).await;
        assert_eq!((answer.status(), location(&answer)), (StatusCode::SEE_OTHER, page.clone()));
        let shown = browser.open(&page).await.text().await.unwrap();
        assert!(shown.contains(said), "{days} days do not say {said}");
        assert!(!shown.contains(PASSWORD) && !shown.contains(SECRET));
    }
    let shown = browser.open(&page).await.text().await.unwrap();
    assert!(!shown.contains("robot@example.nl"));
}
