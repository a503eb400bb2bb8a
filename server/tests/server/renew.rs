//! `GET /renew/{database}/{alias}`: the link that other programs hand to a person.

use reqwest::StatusCode;

use crate::app::{ALIAS, DATABASE, NAME, PASSWORD, TestApp, header, location};

#[tokio::test]
async fn whoever_is_not_signed_in_signs_in_first_and_goes_on_from_there() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let link = format!("/renew/{DATABASE}/{ALIAS}?return_to=https%3A%2F%2Fportal.example%2Fdone%3Fid%3D7");
    let asked = browser.open(&link).await;
    let next = location(&asked).strip_prefix("/sign-in?next=").unwrap().to_owned();
    let next: String =
        url::form_urlencoded::parse(format!("next={next}").as_bytes()).next().unwrap().1.into_owned();
    let fields = [("name", NAME), ("password", PASSWORD), ("next", next.as_str())];
    let between = location(&browser.post("/do/sign-in", &fields).await);
    assert!(between.starts_with("/go-on?to="), "no redirect after a form leads to a provider: {between}");
    let page = browser.open(&between).await.text().await.unwrap();
    let on = page.split("href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
    assert_eq!(on, link);

    let provider = location(&browser.open(&on).await);
    let back = app.come_back(&provider, crate::app::USER);
    let done = location(&browser.open(&back).await);
    assert_eq!(done, "https://portal.example/done?id=7&evergrant=renewed");
}

#[tokio::test]
async fn an_address_that_is_not_on_the_list_is_never_led_to() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    for foreign in [
        "https://evil.example/",
        "//evil.example",
        "https://portal.example.evil.example/",
        "javascript:alert(1)",
        "http://portal.example/",
        "\\\\evil.example",
        "data:text/html,x",
    ] {
        let query: String =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("return_to", foreign).finish();
        let answer = browser.open(&format!("/renew/{DATABASE}/{ALIAS}?{query}")).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{foreign}");
        assert_eq!(header(&answer, "location"), "", "{foreign}");
        let page = answer.text().await.unwrap();
        assert!(page.contains("<h1"), "{page}");
    }
    assert_eq!(app.state().await, "unlinked");
}

#[tokio::test]
async fn the_outcome_comes_along_to_a_page_of_our_own() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    let back = app.walk_out(&browser, "?return_to=/repairs").await;
    assert!(location(&browser.open(&back).await).starts_with("/repairs?evergrant=renewed"));
}

#[tokio::test]
async fn another_user_than_before_is_kept_apart_until_somebody_chooses() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    let back = app.walk_out(&browser, "").await;
    browser.open(&back).await;
    let provider =
        location(&browser.open(&format!("/renew/{DATABASE}/{ALIAS}?return_to=/databases/{DATABASE}")).await);
    let back = app.come_back(&provider, "ben@example.nl");
    let there = location(&browser.open(&back).await);
    assert!(there.starts_with(&format!("/databases/{DATABASE}?evergrant=")), "{there}");
    let view = app.operator().await.database(DATABASE).await.unwrap().unwrap();
    assert!(view.containers[0].other_user.is_some());
    assert_eq!(browser.open(&there).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_container_that_is_not_there_is_not_found() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    for link in ["/renew/nowhere/exact", "/renew/bakkerij-jansen/nothing"] {
        assert_eq!(browser.open(link).await.status(), StatusCode::NOT_FOUND, "{link}");
    }
}

#[tokio::test]
async fn the_page_in_between_leads_to_renew_links_only() {
    let app = TestApp::start().await;
    for to in ["https://evil.example/", "//evil.example/", "/databases", "javascript:alert(1)"] {
        let answer = app.browser().open(&format!("/go-on?to={to}")).await;
        assert_eq!(location(&answer), "/databases", "{to}");
    }
    let page = app.browser().open("/go-on?to=/renew/%22%3E%3Cscript%3E").await.text().await.unwrap();
    assert!(!page.contains("<script>"), "{page}");
}
