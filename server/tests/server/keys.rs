//! `evergrant keys status` and `evergrant keys rotate`.

use serde_json::Value;

use crate::binary::Binary;

const FILE: &str = r#"
[[registration]]
name = "Exact Nederland"
country = "nl"
client_id = "{3c1a7a9e-5d0f-4d5e-9a3b-6f7c2b1e8d40}"
client_secret = { env = "EXACT_SECRET" }
"#;

/// A store with one sealed value.
fn binary() -> Binary {
    let binary = Binary::new().with("EXACT_SECRET", "planted-client-secret");
    binary.write("file.toml", FILE);
    assert!(binary.run(&["apply", "file.toml"]).good);
    binary
}

fn status(binary: &Binary) -> Value {
    let ended = binary.run(&["keys", "status", "--json"]);
    assert!(ended.good, "{ended:?}");
    serde_json::from_str(&ended.out).unwrap()
}

fn run(binary: &Binary, arguments: &[&str]) -> String {
    let ended = binary.run(arguments);
    assert!(ended.good, "{ended:?}");
    ended.out
}

/// Whether the stored client secret still opens: nothing differs from the file.
fn opens(binary: &Binary) -> bool {
    run(binary, &["apply", "file.toml"]) == "= 1 unchanged\n"
}

#[test]
fn new_keys_take_the_place_of_the_old_ones_and_what_is_stored_still_opens() {
    let binary = binary();
    let shown = run(&binary, &["keys", "status"]);
    assert!(
        shown.contains("wraps 1 key\n") && shown.contains("tokens") && shown.contains("1 value\n"),
        "{shown}"
    );
    assert!(shown.ends_with("Everything is sealed with the keys in use.\n"), "{shown}");

    let said = run(&binary, &["keys", "rotate"]);
    assert!(said.contains("1 value still named by the older ones"), "{said}");
    let begun = status(&binary);
    assert_eq!(begun["left"], 1);
    assert!(opens(&binary));
    let shown = run(&binary, &["keys", "status"]);
    assert!(shown.contains("1 value left to move"), "{shown}");

    let said = run(&binary, &["keys", "rotate", "--wait"]);
    assert!(said.contains("Everything is sealed with the new keys"), "{said}");
    let ended = status(&binary);
    assert_eq!(ended["left"], 0);
    let retired: Vec<_> =
        ended["keys"].as_array().unwrap().iter().filter(|key| !key["retired_at"].is_null()).collect();
    assert!(!retired.is_empty());
    assert!(retired.iter().all(|key| key["values"] == 0 && key["destroyed_at"].is_string()), "{retired:?}");
    assert!(opens(&binary));
}

#[test]
fn a_new_master_key_is_put_on_top_of_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let binary = binary();
    let file = binary.path("data/master.key");
    let before = status(&binary)["masters"][0]["id"].as_str().unwrap().to_owned();
    let said = run(&binary, &["keys", "rotate", "--master", "--wait"]);
    let masters = status(&binary)["masters"].as_array().unwrap().clone();
    assert_eq!(masters.len(), 2);
    let new = masters[0]["id"].as_str().unwrap();
    assert!(said.contains(&format!("New master key {new} in ")), "{said}");
    assert_eq!((&masters[0]["current"], &masters[1]["current"]), (&true.into(), &false.into()));
    assert_eq!((masters[1]["id"].as_str(), &masters[1]["wraps"]), (Some(before.as_str()), &0.into()));
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(&file).unwrap();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        assert!(!said.contains(line.split('=').nth(1).unwrap().trim()), "no key is printed");
    }
    // The older one is not needed any more.
    let alone: String =
        text.lines().filter(|line| !line.starts_with(&before)).map(|line| format!("{line}\n")).collect();
    std::fs::write(&file, alone).unwrap();
    assert!(opens(&binary));
}

#[test]
fn a_master_key_in_a_setting_is_left_to_whoever_set_it() {
    let key = format!("first = {}=", "A".repeat(43));
    let binary = Binary::new().with("EVERGRANT_MASTER_KEY", &key);
    let line = binary.run(&["keys", "rotate", "--master"]);
    assert!(line.failure().contains("EVERGRANT_MASTER_KEY"), "{line:?}");
    run(&binary, &["migrate"]);
    assert!(run(&binary, &["keys", "status"]).contains("Master keys in EVERGRANT_MASTER_KEY"));
    let both = format!("second = {}=;{key}", "B".repeat(42) + "A");
    let binary = binary.with("EVERGRANT_MASTER_KEY", &both).with("EXACT_SECRET", "planted-client-secret");
    binary.write("file.toml", FILE);
    run(&binary, &["apply", "file.toml"]);
    run(&binary, &["keys", "rotate", "--wait"]);
    let masters = status(&binary)["masters"].clone();
    assert_eq!((&masters[0]["id"], &masters[1]["wraps"]), (&"second".into(), &0.into()));
    assert!(opens(&binary));
}

#[test]
fn a_server_goes_on_with_a_rotation_that_a_command_began() {
    let binary = binary();
    run(&binary, &["keys", "rotate"]);
    assert_eq!(status(&binary)["left"], 1);
    // The first round begins with the server; one that is stopped too early begins again.
    for _ in 0..20 {
        let serving = binary.serve(&[]);
        serving.ask_to_end();
        let (good, log) = serving.wait();
        assert!(good, "{log}");
        if status(&binary)["left"] == 0 {
            break;
        }
    }
    assert_eq!(status(&binary)["left"], 0);
    assert!(opens(&binary));
}

#[test]
fn where_there_is_no_store_none_is_made() {
    let binary = Binary::new();
    let ended = binary.run(&["keys", "status"]);
    assert!(ended.failure().contains("there is no store"), "{ended:?}");
    assert_eq!(std::fs::read_dir(binary.folder.path()).unwrap().count(), 0);
}
