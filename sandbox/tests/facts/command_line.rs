//! The program: what it prints, and how it ends.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

use crate::common::HTTP;

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_exact-sandbox"))
}

/// Ends the program with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Starts the program on a free port and reads its address off its one line.
fn run(arguments: &[&str]) -> (Running, String) {
    let mut child =
        program().args(["--listen", "127.0.0.1:0"]).args(arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.split([' ', ',']).find(|word| word.starts_with("http")).unwrap().to_owned();
    (Running(child), url)
}

fn fails(arguments: &[&str]) -> (String, Output) {
    let output = program().args(arguments).output().unwrap();
    assert!(!output.status.success());
    (String::from_utf8(output.stderr.clone()).unwrap(), output)
}

#[tokio::test]
async fn the_demo_has_people_companies_and_an_app() {
    let (_running, url) = run(&["--demo", "--demo-redirect", "http://127.0.0.1:9/back"]);
    let page = HTTP.get(format!("{url}/sandbox/")).send().await.unwrap().text().await.unwrap();
    for shown in ["anna@example.nl", "ben@example.nl", "carla@example.nl", "http://127.0.0.1:9/back"] {
        assert!(page.contains(shown), "{shown}");
    }
}

#[tokio::test]
async fn apps_users_and_lifetimes_are_given_as_options() {
    let (_running, url) = run(&[
        "--client=app:secret:https://a.example/back",
        "--user=dora@example.nl:pass word:JBSWY3DPEHPK3PXP",
        "--user=eva@example.nl:other",
        "--company=7:Seven",
        "--access-lifetime=60",
        "--minimum-interval=0",
    ]);
    let whose = serde_json::json!({ "client_id": "app", "user": "dora@example.nl" });
    let issued: serde_json::Value =
        HTTP.post(format!("{url}/sandbox/issue")).json(&whose).send().await.unwrap().json().await.unwrap();
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", issued["refresh_token"].as_str().unwrap()),
        ("client_id", "app"),
        ("client_secret", "secret"),
    ];
    let told = HTTP.post(format!("{url}/api/oauth2/token")).form(&fields).send().await.unwrap();
    let told: serde_json::Value = told.json().await.unwrap();
    assert_eq!(told["expires_in"], "60");
}

#[tokio::test]
async fn generations_are_chosen_as_options() {
    let (_running, url) = run(&[
        "--generation=identity",
        "--identity-pages=split",
        "--identity-user-name-field=email",
        "--lock-after=3",
        "--user=dora@example.nl:pass",
        "--user=eva@example.nl:pass",
        "--user-generation=eva@example.nl=classic",
    ]);
    let ask = async |path: &str| {
        let answer = HTTP.get(format!("{url}/sandbox/{path}")).send().await.unwrap();
        answer.json::<serde_json::Value>().await.unwrap()
    };
    let chosen = ask("generation").await;
    assert_eq!(chosen["generation"], "identity");
    assert_eq!(chosen["pages"]["cut"], "split");
    assert_eq!(chosen["pages"]["user_name_field"], "email");
    assert_eq!(chosen["lock_after"], 3);
    assert!(chosen["identity_url"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    let users = ask("users").await;
    assert_eq!(users[0]["generation"], "identity");
    assert_eq!(users[1]["generation"], "classic");
}

#[tokio::test]
async fn the_second_origin_is_named_and_its_port_too_when_in_use() {
    let (_running, url) = run(&[]);
    let address = url.trim_start_matches("http://");
    let (text, _) = fails(&["--listen", "127.0.0.1:0", "--identity-listen", address]);
    assert!(text.starts_with(&format!("exact-sandbox: cannot listen on {address}: ")), "{text}");
    let (_named, url) = run(&["--identity-public-url", "https://login.example/"]);
    let chosen = HTTP.get(format!("{url}/sandbox/generation")).send().await.unwrap();
    let chosen: serde_json::Value = chosen.json().await.unwrap();
    assert_eq!(chosen["identity_url"], "https://login.example");
}

#[tokio::test]
async fn a_port_in_use_is_one_clear_line_and_a_failure() {
    let (_running, url) = run(&[]);
    let address = url.trim_start_matches("http://");
    let (text, output) = fails(&["--listen", address]);
    assert!(text.starts_with(&format!("exact-sandbox: cannot listen on {address}: ")), "{text}");
    assert_eq!(text.lines().count(), 1);
    assert!(output.stdout.is_empty());
}

#[test]
fn senseless_options_are_refused_by_name() {
    for (arguments, named) in [
        (&["--fault-rate", "0.1"][..], "--seed"),
        (&["--seed", "1", "--fault-rate", "NaN"], "--fault-rate"),
        (&["--client", "only-an-id"], "--client"),
        (&["--user", "dora:pass:not base32!"], "--user"),
        (&["--company", "seven:Seven"], "--company"),
        (&["--sign-in-fault-rate", "0.1"], "--seed"),
        (&["--sign-in-fault", "earthquake"], "captcha"),
        (&["--generation", "third"], "identity"),
        (&["--user-generation", "dora"], "--user-generation"),
        (&["--listen", "127.0.0.1:0", "--user-generation", "dora=classic"], "dora"),
        (&["--lock-after", "0"], "--lock-after"),
    ] {
        assert!(fails(arguments).0.contains(named), "{arguments:?}");
    }
}

#[test]
fn help_names_every_option() {
    let output = program().arg("--help").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for option in [
        "--listen",
        "--access-lifetime",
        "--minimum-interval",
        "--grace",
        "--seed",
        "--fault-rate",
        "--demo",
        "--client",
        "--user",
        "--company",
        "--activation-required",
        "--open-clients",
        "--identity-listen",
        "--identity-public-url",
        "--generation",
        "--user-generation",
        "--identity-pages",
        "--identity-user-name-field",
        "--lock-after",
        "--sign-in-fault-rate",
        "--sign-in-fault",
        "--random-page-delay",
        "One-time codes follow the sandbox's clock",
        "/sandbox/sign_in_faults",
    ] {
        assert!(text.contains(option), "{option}");
    }
}
