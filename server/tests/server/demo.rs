//! `evergrant serve --demo`.

use exact_sandbox::{Options, Sandbox, demo};
use reqwest::StatusCode;

use crate::app::{Browser, come_back, location};
use crate::binary::{Binary, Serving};

/// The password that a demonstration says at its start.
pub fn password(serving: &Serving) -> String {
    let line =
        serving.said.lines().find(|line| line.starts_with("Demo sign-in: demo@evergrant.example")).unwrap();
    line.rsplit(' ').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_stranger_presses_renew_and_walks_the_sandbox() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let binary = Binary::new();
    let serving = binary.serve(&["--demo", "--demo-sandbox", &sandbox.url()]);
    demo::add(&sandbox, vec![format!("{}/oauth/callback/exact-online", serving.url)]);
    let browser = Browser::new(&serving.url.parse().unwrap());
    assert_eq!(location(&browser.sign_in("demo@evergrant.example", &password(&serving)).await), "/databases");
    let list = browser.open("/databases").await.text().await.unwrap();
    let slug = list
        .split("/databases/")
        .find_map(|part| part.split(['"', '?', '#']).next().filter(|slug| slug.contains("jansen")))
        .unwrap();

    let provider = location(&browser.open(&format!("/renew/{slug}/exact")).await);
    assert_eq!(
        reqwest::get(&provider).await.unwrap().status(),
        StatusCode::OK,
        "the sandbox knows the app and its address"
    );
    let back = come_back(&sandbox, demo::CLIENT_ID, &provider, "anna@example.nl");
    assert!(location(&browser.open(&back).await).contains("evergrant=renewed"));
}

#[test]
fn a_second_start_keeps_what_is_there_and_says_a_new_password() {
    let binary = Binary::new();
    let first = binary.serve(&["--demo"]);
    let old = password(&first);
    first.ask_to_end();
    assert!(first.wait().0);
    let second = binary.serve(&["--demo"]);
    assert_ne!(old, password(&second));
}

#[test]
fn a_store_that_somebody_works_with_is_left_alone() {
    let binary = Binary::new();
    assert!(binary.run_with(&["operator", "add", "anna"], "correct horse battery\n").good);
    assert!(binary.run(&["serve", "--demo"]).failure().contains("--demo"));
}
