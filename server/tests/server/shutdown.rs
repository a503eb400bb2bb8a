//! The end of `evergrant serve`: what is in flight finishes.

use std::time::Duration;

use exact_sandbox::{Fault, Options, Sandbox, demo};

use crate::app::{Browser, come_back, location};
use crate::binary::Binary;
use crate::demo::password;

#[tokio::test]
async fn a_token_call_in_flight_finishes_and_its_link_is_kept() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let binary = Binary::new();
    let serving = binary.serve(&["--demo", "--demo-sandbox", &sandbox.url()]);
    demo::add(&sandbox, vec![format!("{}/oauth/callback/exact-online", serving.url)]);
    let browser = Browser::new(&serving.url.parse().unwrap());
    browser.sign_in("demo@evergrant.example", &password(&serving)).await;
    let provider = location(&browser.open("/renew/bakkerij-jansen/exact").await);
    let back = come_back(&sandbox, demo::CLIENT_ID, &provider, "anna@example.nl");

    let mut stream = browser.open("/live").await;
    assert!(stream.chunk().await.unwrap().is_some());
    sandbox.fail_next(Fault::Delayed(Duration::from_secs(3)));
    let asking = browser.clone();
    let answer = tokio::spawn(async move { location(&asking.open(&back).await) });
    while sandbox.counts().token_calls == 0 {
        tokio::task::yield_now().await;
    }
    serving.ask_to_end();
    assert!(answer.await.unwrap().contains("evergrant=renewed"), "the person gets the answer");
    while stream.chunk().await.unwrap().is_some() {}
    let (good, log) = tokio::task::spawn_blocking(move || serving.wait()).await.unwrap();
    assert!(good, "{log}");

    let again = binary.serve(&["--demo", "--demo-sandbox", &sandbox.url()]);
    let browser = Browser::new(&again.url.parse().unwrap());
    browser.sign_in("demo@evergrant.example", &password(&again)).await;
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
