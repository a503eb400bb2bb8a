//! `/set-up/{token}` and `/do/set-up`: the first operator.

use reqwest::StatusCode;

use crate::app::{Browser, location};
use crate::binary::Binary;

#[tokio::test]
async fn the_link_of_the_first_start_makes_one_operator_and_no_second() {
    let binary = Binary::new();
    let serving = binary.serve(&[]);
    let link = serving.said.split_whitespace().find(|word| word.contains("/set-up/")).unwrap().to_owned();
    assert!(link.starts_with(&serving.url), "{link}");
    let token = link.rsplit_once('/').unwrap().1.to_owned();
    let browser = Browser::new(&serving.url.parse().unwrap());

    assert_eq!(browser.open(&format!("/set-up/{token}")).await.status(), StatusCode::OK);
    let fields = [("token", token.as_str()), ("name", "anna"), ("password", "too short")];
    assert!(
        location(&browser.post("/do/set-up", &fields).await).starts_with("/set-up/"),
        "a short password is refused"
    );
    let fields = [("token", token.as_str()), ("name", "anna"), ("password", "correct horse battery")];
    assert_eq!(location(&browser.post("/do/set-up", &fields).await), "/databases");
    assert_eq!(browser.open("/databases").await.status(), StatusCode::OK, "and signs in");

    let stranger = Browser::new(&serving.url.parse().unwrap());
    let fields = [("token", token.as_str()), ("name", "eve"), ("password", "correct horse battery")];
    assert!(
        location(&stranger.post("/do/set-up", &fields).await).starts_with("/set-up/"),
        "the link works once"
    );
    assert!(location(&stranger.sign_in("eve", "correct horse battery").await).starts_with("/sign-in"));

    serving.ask_to_end();
    let (good, log) = serving.wait();
    assert!(good, "{log}");
    assert!(!log.contains(&token), "the token is in no log");
    assert!(!binary.serve(&[]).said.contains("/set-up/"), "with an operator there is no link any more");
}
