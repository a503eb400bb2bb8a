//! Settings that cannot be used: one clear line, an exit code that is not 0, nothing half-written.

use std::net::TcpListener;

use crate::binary::Binary;

/// Runs `serve` and checks that it fails with one line that names what is wrong, leaving nothing.
fn check(binary: &Binary, named: &[&str]) {
    let ended = binary.run(&["serve"]);
    let line = ended.failure();
    for word in named {
        assert!(line.contains(word), "{word} is not named: {line}");
    }
    assert!(!binary.path("data").exists(), "nothing is written: {line}");
}

#[test]
fn a_setting_of_the_wrong_shape_is_named_with_its_value() {
    check(&Binary::new().with("EVERGRANT_LISTEN", "nowhere"), &["EVERGRANT_LISTEN", "nowhere"]);
    check(
        &Binary::new().with("EVERGRANT_PUBLIC_URL", "evergrant.example"),
        &["EVERGRANT_PUBLIC_URL", "evergrant.example"],
    );
    check(
        &Binary::new().with("EVERGRANT_PUBLIC_URL", "https://evergrant.example/path"),
        &["EVERGRANT_PUBLIC_URL"],
    );
    check(&Binary::new().with("EVERGRANT_RETURN_TO", "portal"), &["EVERGRANT_RETURN_TO", "portal"]);
    check(&Binary::new().with("EVERGRANT_LOG", "info,,=="), &["EVERGRANT_LOG"]);
    check(&Binary::new().with("EVERGRANT_DATA_DIR", ""), &["EVERGRANT_DATA_DIR", "empty"]);
    let proxies = Binary::new().with("EVERGRANT_TRUSTED_PROXIES", "10.0.0.0/8, somewhere");
    check(&proxies, &["EVERGRANT_TRUSTED_PROXIES", "somewhere"]);
}

#[test]
fn a_lifetime_without_an_end_is_refused_by_name() {
    let with = |lifetimes: &str| Binary::new().with("EVERGRANT_LIFETIMES", lifetimes);
    for endless in ["session=-1", "session=0", "session=", "access_token=30m, journal = 0s"] {
        check(&with(endless), &["EVERGRANT_LIFETIMES", "InvalidValueForExpiresIn"]);
    }
    check(&with("refresh_token=-1"), &["InvalidValueForRefreshTokenExpiresIn", "for ever"]);
    check(&with("session=31d"), &["OutOfBounds", "session"]);
    check(&with("access_token=2h,refresh_token=1h"), &["RefreshEndsFirst"]);
    check(&with("access_token=forever"), &["EVERGRANT_LIFETIMES", "InvalidValueForExpiresIn"]);
    check(&with("cookie=1h"), &["EVERGRANT_LIFETIMES", "cookie", "one_time_state"]);
    check(&with("session=soon"), &["EVERGRANT_LIFETIMES", "session=soon"]);
    check(&with("session"), &["EVERGRANT_LIFETIMES", "access_token=30m"]);
    let binary = Binary::new();
    binary.write("evergrant.toml", "[lifetimes]\nsession = \"1h\"\nrefresh_token = -1\n");
    check(&binary, &["lifetimes in evergrant.toml", "InvalidValueForRefreshTokenExpiresIn"]);
    binary.write("evergrant.toml", "[lifetimes]\nsession = \"1h\"\nrefresh_token = 3600000\n");
    assert!(binary.run(&["migrate"]).good);
}

#[test]
fn an_unknown_setting_is_named_wherever_it_stands() {
    check(&Binary::new().with("EVERGRANT_LISTN", "127.0.0.1:0"), &["EVERGRANT_LISTN"]);
    let binary = Binary::new();
    binary.write("evergrant.toml", "log = \"info\"\nlistn = \"127.0.0.1:0\"\n");
    check(&binary, &["evergrant.toml:2", "listn"]);
    let binary = Binary::new();
    binary.write("evergrant.toml", "log = \n");
    check(&binary, &["evergrant.toml:1"]);
}

#[test]
fn a_settings_file_that_was_named_must_be_there() {
    let ended = Binary::new().run(&["serve", "--config", "elsewhere.toml"]);
    assert!(ended.failure().contains("elsewhere.toml"));
}

#[test]
fn a_flag_goes_before_the_environment_and_that_before_the_file() {
    let binary = Binary::new().with("EVERGRANT_LISTEN", "wrong in the environment");
    binary.write("evergrant.toml", "listen = \"wrong in the file\"\n");
    assert!(binary.run(&["serve", "--listen", "wrong in a flag"]).failure().contains("--listen"));
    assert!(binary.run(&["serve"]).failure().contains("EVERGRANT_LISTEN"));
    let binary = binary.without("EVERGRANT_LISTEN");
    assert!(binary.run(&["serve"]).failure().contains("listen in evergrant.toml"));
}

#[test]
fn a_store_that_cannot_be_used_is_named_without_its_password() {
    let binary = Binary::new().with("EVERGRANT_DATABASE_URL", "mysql://root:planted-password@db/evergrant");
    let ended = binary.run(&["serve"]);
    assert!(ended.failure().contains("EVERGRANT_DATABASE_URL"));
    assert!(!ended.err.contains("planted-password"));

    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let binary = Binary::new()
        .with("EVERGRANT_DATABASE_URL", &format!("postgres://evergrant:planted-password@{free}/evergrant"));
    let ended = binary.run(&["migrate"]);
    assert!(ended.failure().contains(&free.to_string()), "{}", ended.err);
    assert!(!ended.err.contains("planted-password"));

    let binary = Binary::new().with("EVERGRANT_DATABASE_URL", "sqlite:///nowhere/at/all/evergrant.db");
    assert!(binary.run(&["migrate"]).failure().contains("/nowhere/at/all/evergrant.db"));
}

#[test]
fn a_key_file_that_is_missing_or_no_key_file_is_named() {
    check(
        &Binary::new().with("EVERGRANT_MASTER_KEY_FILE", "missing.key"),
        &["EVERGRANT_MASTER_KEY_FILE", "missing.key"],
    );
    let binary = Binary::new().with("EVERGRANT_MASTER_KEY_FILE", "broken.key");
    binary.write("broken.key", "planted nonsense\n");
    private(&binary, "broken.key");
    check(&binary, &["broken.key", "1"]);
    assert!(!binary.run(&["serve"]).err.contains("planted"), "what is in the file is not repeated");
}

#[test]
fn the_master_key_itself_stands_in_no_file_and_in_no_flag() {
    let binary = Binary::new();
    binary.write("evergrant.toml", "master_key = \"planted-key\"\n");
    check(&binary, &["master_key in evergrant.toml", "EVERGRANT_MASTER_KEY"]);
    assert!(!binary.run(&["serve"]).err.contains("planted-key"));
}

#[test]
fn a_token_that_is_too_short_is_refused_and_not_repeated() {
    let binary = Binary::new().with("EVERGRANT_METRICS_TOKEN", "planted");
    check(&binary, &["EVERGRANT_METRICS_TOKEN", "16"]);
    assert!(!binary.run(&["serve"]).err.contains("planted"));
}

#[test]
fn a_wrong_master_key_is_refused_with_the_id_of_the_missing_one_and_nothing_is_made_anew() {
    let binary = with_a_sealed_secret();
    let key = std::fs::read_to_string(binary.path("data/master.key")).unwrap();
    let line = key.lines().find(|line| line.contains('=') && !line.starts_with('#')).unwrap();
    let id = line.split('=').next().unwrap().trim();

    std::fs::remove_file(binary.path("data/master.key")).unwrap();
    assert!(binary.run(&["serve"]).failure().contains("master.key"));
    assert!(!binary.path("data/master.key").exists(), "no new key over existing data");

    let other = with_a_sealed_secret();
    std::fs::copy(other.path("data/master.key"), binary.path("data/master.key")).unwrap();
    assert!(binary.run(&["serve"]).failure().contains(id));

    std::fs::write(binary.path("data/master.key"), key).unwrap();
    private(&binary, "data/master.key");
    binary.serve(&[]);
}

#[test]
fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    check(&Binary::new().with("EVERGRANT_LISTEN", &address), &[&address]);
}

#[test]
fn a_store_of_a_newer_version_is_refused() {
    let binary = Binary::new();
    assert!(binary.run(&["migrate"]).good);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let url = format!("sqlite://{}", binary.path("data/evergrant.db").display());
        let db = engine::store::open(&url).await.unwrap();
        let statement =
            "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_from_the_future', 0)";
        sea_orm::ConnectionTrait::execute_unprepared(&db, statement).await.unwrap();
        db.close().await.unwrap();
    });
    for command in ["serve", "migrate"] {
        assert!(binary.run(&[command]).failure().contains("m9999_from_the_future"), "{command}");
    }
}

#[test]
fn a_second_process_on_the_same_store_is_refused() {
    let binary = Binary::new();
    let _serving = binary.serve(&[]);
    assert!(binary.run(&["serve"]).failure().contains("runs on this store already"));
}

#[test]
fn help_is_everywhere() {
    for command in [
        vec![],
        vec!["serve"],
        vec!["migrate"],
        vec!["operator"],
        vec!["operator", "add"],
        vec!["apply"],
        vec!["doctor"],
    ] {
        let mut arguments = command.clone();
        arguments.push("--help");
        let ended = Binary::new().run(&arguments);
        assert!(ended.good && ended.out.contains("Usage: evergrant"), "{command:?}");
    }
}

fn with_a_sealed_secret() -> Binary {
    let binary = Binary::new().with("EXACT_SECRET", "planted");
    binary.write(
        "file.toml",
        "[[registration]]\nname = \"A\"\ncountry = \"nl\"\nclient_id = \"a\"\nclient_secret = { env = \"EXACT_SECRET\" }\n",
    );
    let ended = binary.run(&["apply", "file.toml"]);
    assert!(ended.good, "{ended:?}");
    binary
}

fn private(binary: &Binary, name: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(binary.path(name), std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn a_mail_server_that_cannot_be_used_is_named_without_its_password() {
    let with = |url: &str, from: &str| {
        let binary = Binary::new().with("EVERGRANT_SMTP_URL", url);
        let binary = if from.is_empty() { binary } else { binary.with("EVERGRANT_MAIL_FROM", from) };
        let ended = binary.run(&["serve"]);
        assert!(!ended.err.contains("planted"), "{}", ended.err);
        assert!(!binary.path("data").exists(), "nothing is written: {}", ended.err);
        ended.failure().to_owned()
    };
    let from = "evergrant@example.com";
    let line = with("imap://evergrant:planted@mail.example.com", from);
    assert!(line.contains("EVERGRANT_SMTP_URL") && line.contains("smtps://"), "{line}");
    let line = with("smtp://evergrant:planted@mail.example.com?tls=none", from);
    assert!(line.contains("EVERGRANT_SMTP_URL") && line.contains("tls=none"), "{line}");
    let line = with("smtps://evergrant:planted@mail.example.com", "nobody");
    assert!(line.contains("EVERGRANT_MAIL_FROM") && line.contains("mailbox"), "{line}");
    let line = with("smtps://evergrant:planted@mail.example.com", "");
    assert!(line.contains("EVERGRANT_SMTP_URL") && line.contains("mail_from"), "{line}");
    check(&Binary::new().with("EVERGRANT_MAIL_FROM", from), &["EVERGRANT_MAIL_FROM", "smtp_url"]);
    check(
        &Binary::new().with("EVERGRANT_ALLOW_PRIVATE", "https://hooks.internal"),
        &["EVERGRANT_ALLOW_PRIVATE"],
    );

    let binary = Binary::new();
    binary.write("evergrant.toml", "smtp_url = \"smtps://evergrant:planted@mail.example.com\"\n");
    check(&binary, &["smtp_url in evergrant.toml", "smtp_url_file"]);
    assert!(!binary.run(&["serve"]).err.contains("planted"));
    let binary = Binary::new().with("EVERGRANT_MAIL_FROM", from);
    binary.write("evergrant.toml", "smtp_url_file = \"mail.url\"\n");
    check(&binary, &["smtp_url_file in evergrant.toml", "mail.url"]);
    binary.write("mail.url", "ftp://planted\n");
    check(&binary, &["smtp_url_file", "smtps://"]);
    assert!(!binary.run(&["serve"]).err.contains("planted"));
    check(
        &binary.with("EVERGRANT_SMTP_URL", "smtps://mail.example.com"),
        &["EVERGRANT_SMTP_URL", "smtp_url_file", "exclude"],
    );
}
