//! `evergrant apply FILE [--dry-run]`.

use std::fmt::Write;
use std::time::{Duration, Instant};

use crate::binary::Binary;

const FILE: &str = r#"
[[registration]]
name = "Exact Nederland"
country = "nl"
client_id = "{3c1a7a9e-5d0f-4d5e-9a3b-6f7c2b1e8d40}"
client_secret = { env = "EXACT_SECRET" }
timing = { keep_alive = 86400 }

[[database]]
name = "Bakkerij Jansen"

[[database.container]]
alias = "exact"
registration = "Exact Nederland"
warm = true

[[database]]
name = "De Vries"
slug = "vries"

[[database.container]]
alias = "exact"
registration = "Exact Nederland"
"#;

fn binary(file: &str) -> Binary {
    let binary = Binary::new().with("EXACT_SECRET", "planted-client-secret");
    binary.write("evergrant-file.toml", file);
    binary
}

fn plan(binary: &Binary) -> String {
    let ended = binary.run(&["apply", "evergrant-file.toml"]);
    assert!(ended.good, "{ended:?}");
    ended.out
}

#[test]
fn the_plan_is_shown_and_done_and_a_second_time_there_is_nothing_to_do() {
    let binary = binary(FILE);
    let first = plan(&binary);
    for line in [
        "+ create app registration Exact Nederland",
        "+ create database Bakkerij Jansen",
        "+ create container Bakkerij Jansen/exact",
        "+ create database De Vries",
        "+ create container De Vries/exact",
        "= 0 unchanged",
    ] {
        assert!(first.lines().any(|said| said == line), "{line}: {first}");
    }
    assert_eq!(plan(&binary), "= 5 unchanged\n");
}

#[test]
fn a_dry_run_changes_nothing() {
    let binary = binary(FILE);
    let dry = binary.run(&["apply", "evergrant-file.toml", "--dry-run"]);
    assert!(dry.good && dry.out.contains("+ create database De Vries"), "{dry:?}");
    assert_eq!(plan(&binary), dry.out, "everything is still to be done");
}

#[test]
fn what_differs_is_changed_and_nothing_else() {
    let binary = binary(FILE);
    plan(&binary);
    let changed = FILE
        .replace("warm = true", "warm = false")
        .replace("name = \"De Vries\"", "name = \"De Vries Installaties\"")
        .replace("keep_alive = 86400", "keep_alive = 43200");
    binary.write("evergrant-file.toml", &changed);
    let said = plan(&binary.with("EXACT_SECRET", "another-secret"));
    for line in [
        "~ change app registration Exact Nederland: timing, client_secret",
        "~ change container bakkerij-jansen/exact: warm false",
        "~ change database vries: name De Vries Installaties",
        "= 2 unchanged",
    ] {
        assert!(said.lines().any(|told| told == line), "{line}: {said}");
    }
    assert!(!said.contains("another-secret"));
}

#[test]
fn for_how_long_answers_are_kept_stands_in_the_file() {
    let binary = binary(&FILE.replace("warm = true", "warm = true\ncache_seconds = 60"));
    plan(&binary);
    assert_eq!(plan(&binary), "= 5 unchanged\n");
    binary.write("evergrant-file.toml", FILE);
    let said = plan(&binary);
    assert!(said.contains("~ change container bakkerij-jansen/exact: cache_seconds 0\n"), "{said}");
    assert_eq!(plan(&binary), "= 5 unchanged\n");
    binary.write("evergrant-file.toml", &FILE.replace("warm = true", "cache_seconds = 86401"));
    let refused = binary.run(&["apply", "evergrant-file.toml"]);
    assert!(refused.failure().contains("cache_seconds: must be from 0 to 86400"), "{refused:?}");
}

#[test]
fn names_that_look_alike_in_an_address_are_two_databases() {
    let alike = FILE.replace("name = \"De Vries\"\nslug = \"vries\"", "name = \"Bakkerij-Jansen\"");
    let binary = binary(&alike);
    plan(&binary);
    assert_eq!(plan(&binary), "= 5 unchanged\n");
}

#[test]
fn a_change_that_was_made_is_there_afterwards() {
    let binary = binary(FILE);
    plan(&binary);
    binary.write(
        "evergrant-file.toml",
        &FILE.replace("warm = true", "warm = false").replace("country = \"nl\"", "country = \"be\""),
    );
    plan(&binary);
    assert_eq!(plan(&binary), "= 5 unchanged\n");
}

#[test]
fn a_secret_that_is_written_in_the_file_is_refused_and_not_repeated() {
    for literal in
        ["\"planted-literal\"", "{ text = \"planted-literal\" }", "{ env = \"A\", file = \"B\" }", "77001122"]
    {
        let binary = binary(&FILE.replace("{ env = \"EXACT_SECRET\" }", literal));
        let ended = binary.run(&["apply", "evergrant-file.toml"]);
        let line = ended.failure();
        assert!(
            line.contains("evergrant-file.toml:6") && line.contains("env = ") && line.contains("file = "),
            "{line}"
        );
        assert!(!line.contains("planted") && !line.contains("77001122"), "{line}");
        assert!(!binary.path("data").exists());
    }
}

#[test]
fn a_reference_that_leads_nowhere_is_named_before_anything_is_done() {
    let missing = binary(FILE).without("EXACT_SECRET");
    assert!(missing.run(&["apply", "evergrant-file.toml"]).failure().contains("EXACT_SECRET"));
    assert!(!missing.path("data").exists());
    let file = FILE.replace("{ env = \"EXACT_SECRET\" }", "{ file = \"secrets/exact\" }");
    let missing = binary(&file);
    assert!(missing.run(&["apply", "evergrant-file.toml"]).failure().contains("secrets/exact"));
    std::fs::create_dir(missing.path("secrets")).unwrap();
    missing.write("secrets/exact", "planted-client-secret\n");
    plan(&missing);
}

#[test]
fn what_the_file_says_wrong_is_named_with_its_line() {
    for (wrong, right, named) in [
        ("contry = \"nl\"", "country = \"nl\"", ":4"),
        ("country = \"xx\"", "country = \"nl\"", "country"),
        ("registration = \"Exact Belgie\"", "registration = \"Exact Nederland\"", "Exact Belgie"),
        ("name = \"Bakkerij Jansen\"\nslug = \"vries\"", "name = \"Bakkerij Jansen\"", "twice"),
        ("alias = \"not allowed/\"", "alias = \"exact\"", "alias"),
        ("timing = { unknown = 1 }", "timing = { keep_alive = 86400 }", "timing"),
    ] {
        let binary = binary(&FILE.replace(right, wrong));
        let line = binary.run(&["apply", "evergrant-file.toml"]);
        // The plan that was shown stays on standard output.
        assert!(line.failure().contains(named), "{wrong}: {line:?}");
    }
}

/// A file with the recovery credentials of one container.
fn with_recovery(base_url: &str, days: &str) -> String {
    format!(
        r#"
[[registration]]
name = "Exact Nederland"
country = "nl"
base_url = "{base_url}"
client_id = "{{3c1a7a9e-5d0f-4d5e-9a3b-6f7c2b1e8d40}}"
client_secret = {{ env = "EXACT_SECRET" }}
[[database]]
name = "De Vries"
[[database.container]]
alias = "exact"
registration = "Exact Nederland"
refresh_token = {{ env = "REFRESH_TOKEN" }}
[database.container.recovery]
user_name = {{ env = "USER_NAME" }}
password = {{ env = "PASSWORD" }}
one_time = {{ env = "ONE_TIME" }}
{days}
"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn recovery_credentials_are_stored_once_their_container_is_authorized() {
    const CLIENT: &str = "{3c1a7a9e-5d0f-4d5e-9a3b-6f7c2b1e8d40}";
    let sandbox = exact_sandbox::Sandbox::start(exact_sandbox::Options::default()).await.unwrap();
    sandbox.add_client(exact_sandbox::Client::new(CLIENT, "planted-client-secret", "http://127.0.0.1/"));
    sandbox.add_user(exact_sandbox::User::new("anna@example.nl", "planted-password"));
    let file = with_recovery(&sandbox.url(), "");
    let binary = binary(&file)
        .with("REFRESH_TOKEN", &sandbox.issue(CLIENT, "anna@example.nl").refresh_token)
        .with("USER_NAME", "planted@example.nl")
        .with("PASSWORD", "planted-password")
        .with("ONE_TIME", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP");
    let left = "! container De Vries/exact: not authorized yet, so its recovery credentials are left out; \
        apply again once it is";
    let first = plan(&binary);
    assert!(first.lines().any(|line| line == left), "{first}");
    let stored = "~ change container de-vries/exact: recovery credentials, kept 30 days";
    let dry = binary.run(&["apply", "evergrant-file.toml", "--dry-run"]);
    assert!(dry.out.lines().any(|line| line == stored), "{dry:?}");
    let second = plan(&binary);
    assert!(second.lines().any(|line| line == stored) && !second.contains("planted"), "{second}");
    assert_eq!(plan(&binary), "= 3 unchanged\n");

    let binary = binary.with("PASSWORD", "another-password");
    assert!(plan(&binary).lines().any(|line| line == stored));
    binary.write("evergrant-file.toml", &with_recovery(&sandbox.url(), "days = 7"));
    let shorter = plan(&binary);
    assert!(shorter.contains("recovery credentials, kept 7 days"), "{shorter}");
    assert_eq!(plan(&binary), "= 3 unchanged\n");

    binary.write("evergrant-file.toml", &with_recovery(&sandbox.url(), "days = 91"));
    let long = binary.run(&["apply", "evergrant-file.toml"]);
    assert!(long.failure().contains("days: must be from 1 to 90"), "{long:?}");
    binary.write("evergrant-file.toml", &with_recovery(&sandbox.url(), "days = 7"));
    let binary = binary.with("ONE_TIME", "short");
    let wrong = binary.run(&["apply", "evergrant-file.toml"]);
    assert!(wrong.failure().contains("de-vries/exact: recovery credentials: one_time:"), "{wrong:?}");
    let binary = binary.without("PASSWORD");
    assert!(binary.run(&["apply", "evergrant-file.toml"]).failure().contains("PASSWORD"));
}

#[test]
fn a_sign_in_that_is_written_in_the_file_is_refused_and_not_repeated() {
    let file = with_recovery("https://start.exactonline.nl", "");
    for name in ["USER_NAME", "PASSWORD", "ONE_TIME"] {
        let literal = file.replace(&format!("{{ env = \"{name}\" }}"), "\"planted-literal\"");
        let binary = binary(&literal).with("REFRESH_TOKEN", "planted-token");
        let ended = binary.run(&["apply", "evergrant-file.toml"]);
        assert!(ended.failure().contains("env = ") && !ended.failure().contains("planted"), "{ended:?}");
    }
}

const CUSTOM: &str = r#"
[[registration]]
name = "Boekhouding"
provider = "custom"
client_id = "evergrant"
client_secret = { env = "EXACT_SECRET" }

[registration.custom]
authorize = "https://id.example/auth"
token = "https://id.example/token"
probe = "https://api.example/me"
user_name = "/email"
scope = "openid offline_access"
parameters = { prompt = "consent" }
basic = true
origins = ["https://login.example"]
gives_consent = true

[[database]]
name = "Bakkerij Jansen"

[[database.container]]
alias = "books"
registration = "Boekhouding"
"#;

#[test]
fn any_oauth_server_is_listed_and_shown_in_the_plan() {
    let binary = binary(CUSTOM);
    let first = plan(&binary);
    assert!(first.contains("+ create app registration Boekhouding\n"), "{first}");
    assert_eq!(plan(&binary), "= 3 unchanged\n");
    binary.write("evergrant-file.toml", &CUSTOM.replace("basic = true", "basic = false"));
    assert_eq!(plan(&binary), "~ change app registration Boekhouding: custom\n= 2 unchanged\n");
    assert_eq!(plan(&binary), "= 3 unchanged\n");
}

#[test]
fn what_is_said_wrong_of_an_oauth_server_is_named() {
    for (right, wrong, named) in [
        ("basic = true", "bassic = true", "bassic"),
        ("provider = \"custom\"", "provider = \"nango\"", "nango"),
        ("provider = \"custom\"", "provider = \"custom\"\ncountry = \"nl\"", "country"),
        ("provider = \"custom\"", "provider = \"custom\"\nbase_url = \"https://a.example\"", "base_url"),
        ("provider = \"custom\"", "", "country is missing"),
        ("provider = \"custom\"", "country = \"nl\"", "only origins and gives_consent"),
        ("token = \"https://id.example/token\"\n", "", "token"),
        ("https://api.example/me", "http://api.example/me", "probe"),
        ("user_name = \"/email\"", "user_name = \"email\"", "user_name"),
        ("prompt = \"consent\"", "state = \"mine\"", "state"),
        ("https://login.example", "https://login.example/path", "origins"),
    ] {
        let binary = binary(&CUSTOM.replace(right, wrong));
        let ended = binary.run(&["apply", "evergrant-file.toml"]);
        assert!(ended.failure().contains(named), "{wrong}: {ended:?}");
    }
}

#[test]
fn further_origins_of_exact_online_are_listed() {
    let with = FILE.replace(
        "timing = { keep_alive = 86400 }",
        "timing = { keep_alive = 86400 }\ncustom = { origins = [\"https://sso.example\"] }",
    );
    let binary = binary(&with);
    plan(&binary);
    assert_eq!(plan(&binary), "= 5 unchanged\n");
    binary.write("evergrant-file.toml", FILE);
    assert!(plan(&binary).contains("~ change app registration Exact Nederland: custom\n"));
}

#[test]
fn a_thousand_databases_take_seconds() {
    let mut file = FILE.to_owned();
    for number in 0..1_000 {
        write!(file, "\n[[database]]\nname = \"Klant {number}\"\n[[database.container]]\nalias = \"exact\"\nregistration = \"Exact Nederland\"\n").unwrap();
    }
    let binary = binary(&file);
    let begun = Instant::now();
    let first = plan(&binary);
    assert_eq!(first.lines().filter(|line| line.starts_with("+ create database")).count(), 1_002);
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}: no minutes", begun.elapsed());
    assert_eq!(plan(&binary), "= 2005 unchanged\n");
}

#[test]
fn a_dry_run_refuses_what_would_be_refused() {
    let recovery = "warm = true\n[database.container.recovery]\nuser_name = { env = \"EXACT_SECRET\" }\n\
                    password = { env = \"EXACT_SECRET\" }\n";
    let hotp = "one_time = { env = \"HOTP\" }\n";
    let custom = "provider = \"custom\"\n[registration.custom]\nauthorize = \"foo\"\n\
                  token = \"https://id.example/token\"\nprobe = \"https://id.example/me\"\n";
    for (wrong, right, field) in [
        ("country = \"xx\"", "country = \"nl\"", "country"),
        ("alias = \"Bad Alias!\"", "alias = \"exact\"", "alias"),
        (&format!("{recovery}days = 500\n"), "warm = true\n", "days"),
        (&format!("{recovery}{hotp}"), "warm = true\n", "one_time"),
        (custom, "country = \"nl\"\ntiming = { keep_alive = 86400 }\n", "authorize"),
    ] {
        // A table ends the registration's own keys, so a custom one stands behind them.
        let file = if field == "authorize" {
            let without =
                FILE.replace("country = \"nl\"\n", "").replace("timing = { keep_alive = 86400 }\n", "");
            without.replacen(
                "client_secret = { env = \"EXACT_SECRET\" }\n",
                &format!("client_secret = {{ env = \"EXACT_SECRET\" }}\n{wrong}"),
                1,
            )
        } else {
            FILE.replacen(right, wrong, 1)
        };
        assert_ne!(file, FILE, "{field}");
        let binary = binary(&file).with("HOTP", "otpauth://hotp/a?secret=JBSWY3DPEHPK3PXP&counter=1");
        for arguments in
            [&["apply", "evergrant-file.toml", "--dry-run"][..], &["apply", "evergrant-file.toml"]]
        {
            let ended = binary.run(arguments);
            assert!(ended.failure().contains(field), "{field}: {ended:?}");
            assert_eq!(ended.out, "", "nothing is announced that is not done");
        }
    }
}
