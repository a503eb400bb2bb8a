//! Who is told, as the file of `evergrant apply` lists it.

use crate::binary::Binary;

const FILE: &str = r#"
[[alert]]
name = "Operations"
webhook = "https://alerts.example/evergrant"
"#;
const SECRET: &str = "planted-webhook-secret-of-32-characters";

fn binary(file: &str) -> Binary {
    let binary = Binary::new().with("WEBHOOK_SECRET", SECRET);
    binary.write("alerts.toml", file);
    binary
}

fn plan(binary: &Binary) -> String {
    let ended = binary.run(&["apply", "alerts.toml"]);
    assert!(ended.good, "{ended:?}");
    ended.out
}

#[test]
fn the_secret_of_a_new_webhook_is_printed_once() {
    let binary = binary(FILE);
    let dry = binary.run(&["apply", "alerts.toml", "--dry-run"]);
    assert!(
        dry.good && dry.out.contains("+ create alert Operations, whose secret is printed once\n"),
        "{dry:?}"
    );
    assert!(!dry.out.contains("evw_"), "{dry:?}");
    let first = plan(&binary);
    assert!(first.starts_with(&dry.out), "{first}");
    assert!(first.contains("the secret of alert Operations, shown this once: evw_"), "{first}");
    assert_eq!(plan(&binary), "= 1 unchanged\n");
}

#[test]
fn what_differs_is_changed_and_a_secret_that_is_given_is_never_shown() {
    let binary = binary(FILE);
    plan(&binary);
    let changed = format!(
        "{FILE}secret = {{ env = \"WEBHOOK_SECRET\" }}\nevents = [\"needs_repair\"]\nlanguage = \"nl\"\nenabled = false\n"
    );
    binary.write("alerts.toml", &changed);
    let said = plan(&binary);
    assert_eq!(said, "~ change alert Operations: events, language, secret, enabled\n= 0 unchanged\n");
    assert_eq!(plan(&binary), "= 1 unchanged\n");
    binary.write("alerts.toml", &changed.replace("enabled = false", "enabled = true"));
    assert_eq!(plan(&binary), "~ change alert Operations: enabled\n= 0 unchanged\n");
    binary.write("alerts.toml", &changed.replace("alerts.example/evergrant", "alerts.example/elsewhere"));
    assert_eq!(plan(&binary), "~ change alert Operations: address, enabled\n= 0 unchanged\n");
    let binary = binary.with("WEBHOOK_SECRET", &format!("{SECRET}-two"));
    assert_eq!(plan(&binary), "~ change alert Operations: secret\n= 0 unchanged\n");
    binary.write("alerts.toml", "");
    assert_eq!(plan(&binary), "= 0 unchanged\n", "what is not listed stays");
}

#[test]
fn a_new_webhook_can_sign_with_a_secret_of_ones_own_and_wait() {
    let file = format!("{FILE}secret = {{ env = \"WEBHOOK_SECRET\" }}\nenabled = false\n");
    let binary = binary(&file);
    assert_eq!(plan(&binary), "+ create alert Operations\n= 0 unchanged\n");
    assert_eq!(plan(&binary), "= 1 unchanged\n");
}

#[test]
fn what_is_wrong_is_named_and_nothing_is_done() {
    let webhook = "webhook = \"https://alerts.example/evergrant\"";
    let with = |line: &str| format!("{FILE}{line}\n");
    for (file, named) in [
        (with("events = [\"needs_repairs\"]"), "alerts.toml:5"),
        (with("events = [\"needs_repairs\"]"), "there is no event needs_repairs; there are needs_repair, "),
        (with("events = [\"test\"]"), "there is no event test"),
        (with("events = []"), "alert Operations: events: must not be empty"),
        (with("language = \"de\""), "the languages of alerts are en and nl"),
        (with("mail = \"anna@example.com\""), "alert Operations: it is either a webhook or a mail address"),
        (FILE.replace(webhook, ""), "alert Operations: it is either a webhook or a mail address"),
        (FILE.replace(webhook, "mail = \"anna@example.com\""), "alert Operations: kind: needs a mail server"),
        (
            FILE.replace("https://alerts.example", "https://192.168.0.1"),
            "alert Operations: address: is not public",
        ),
        (FILE.replace("https://alerts.example/", "alerts"), "alert Operations: address: "),
        (with("secret = \"planted-literal\""), "alerts.toml:5"),
        (with("secret = { file = \"none\" }"), "none"),
        (format!("{FILE}{FILE}"), "alert Operations is listed twice"),
        (with("to = \"nobody\""), "alerts.toml:5"),
    ] {
        let ended = binary(&file).run(&["apply", "alerts.toml"]);
        let line = ended.failure();
        assert!(line.contains(named) && !line.contains("planted"), "{named}: {line}");
    }
    let short =
        binary(&with("secret = { env = \"WEBHOOK_SECRET\" }")).with("WEBHOOK_SECRET", "planted-short");
    let ended = short.run(&["apply", "alerts.toml"]);
    let line = ended.failure();
    assert!(line.contains("alert Operations: secret: has at least 32 characters"), "{line}");
    assert!(!line.contains("planted"), "{line}");
}
