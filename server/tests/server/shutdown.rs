//! The end of `evergrant serve`: what is in flight finishes.

use std::time::Duration;

use exact_sandbox::{Fault, Options, Sandbox, demo};
use url::Url;

use crate::app::{Browser, location};
use crate::binary::Binary;

#[tokio::test]
async fn a_token_call_in_flight_finishes_and_its_link_is_kept() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let binary = Binary::new();
    let serving = binary.serve(&["--demo", "--demo-sandbox", &sandbox.url()]);
    demo::add(&sandbox, vec![format!("{}/oauth/callback/exact-online", serving.url)]);
    let browser = Browser::new(&serving.url.parse().unwrap());
    let password = serving.said.lines().find(|line| line.starts_with("Demo sign-in")).unwrap().rsplit(' ').next().unwrap().to_owned();
    browser.sign_in("demo@evergrant.example", &password).await;
    let sent = Url::parse(&location(&browser.open("/renew/bakkerij-jansen/exact").await)).unwrap();
    let field = |wanted: &str| sent.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned()).unwrap();
    let code = sandbox.authorize(demo::CLIENT_ID, "anna@example.nl", &field("redirect_uri"), None);
    let back = format!("/oauth/callback/exact-online?code={code}&state={}", field("state"));

    let mut stream = browser.open("/live").await;
    assert!(stream.chunk().await.unwrap().is_some());
    sandbox.fail_next(Fault::Delayed(Duration::from_secs(3)));
    let (asking, path) = (browser.clone(), back.clone());
    let answer = tokio::spawn(async move { location(&asking.open(&path).await) });
    while sandbox.counts().token_calls == 0 {
        tokio::task::yield_now().await;
    }
    serving.ask_to_end();
    assert!(answer.await.unwrap().contains("evergrant=renewed"), "the person gets the answer");
    while stream.chunk().await.unwrap().is_some() {}
    let (good, log) = tokio::task::spawn_blocking(move || serving.wait()).await.unwrap();
    assert!(good, "{log}");

    let again = binary.serve(&["--demo", "--demo-sandbox", &sandbox.url()]);
    let password = again.said.lines().find(|line| line.starts_with("Demo sign-in")).unwrap().rsplit(' ').next().unwrap().to_owned();
    let browser = Browser::new(&again.url.parse().unwrap());
    browser.sign_in("demo@evergrant.example", &password).await;
    let page = browser.open("/databases/bakkerij-jansen").await.text().await.unwrap();
    assert!(page.contains("live"), "{page}");
    assert_eq!(sandbox.counts().code_exchanges, 1);
}

#[test]
fn an_idle_server_ends_at_once() {
    let binary = Binary::new();
    let serving = binary.serve(&[]);
    serving.ask_to_end();
    let (good, log) = serving.wait();
    assert!(good, "{log}");
}
