//! `evergrant doctor`.

use crate::binary::Binary;

fn line<'a>(out: &'a str, check: &str) -> &'a str {
    out.lines()
        .find(|line| line.split_whitespace().nth(1) == Some(check))
        .unwrap_or_else(|| panic!("no {check}: {out}"))
}

#[test]
fn a_new_folder_has_no_store_and_gets_none() {
    let binary = Binary::new();
    let ended = binary.run(&["doctor"]);
    assert!(ended.failure().contains("problem"));
    assert!(line(&ended.out, "store").starts_with("FAIL"), "{}", ended.out);
    assert!(line(&ended.out, "settings").starts_with("ok"), "{}", ended.out);
    assert!(!binary.path("data").exists(), "looking makes nothing");
}

#[test]
fn a_sound_store_is_said_to_be_sound() {
    let binary = Binary::new();
    assert!(binary.run_with(&["operator", "add", "anna"], "correct horse battery\n").good);
    let ended = binary.run(&["doctor"]);
    for check in ["settings", "store", "migrations", "keys", "operators", "clock"] {
        assert!(line(&ended.out, check).starts_with("ok"), "{}", ended.out);
    }
}

#[test]
fn what_is_wrong_is_named() {
    let binary = Binary::new();
    assert!(binary.run(&["migrate"]).good);
    let ended = binary.run(&["doctor"]);
    assert!(line(&ended.out, "keys").starts_with("FAIL"), "{}", ended.out);
    assert!(!binary.path("data/master.key").exists(), "looking makes nothing");

    drop(binary.serve(&[]));
    let ended = binary.run(&["doctor"]);
    assert!(line(&ended.out, "operators").starts_with("FAIL"), "{}", ended.out);

    std::fs::remove_file(binary.path("data/master.key")).unwrap();
    let ended = binary.run(&["doctor"]);
    assert!(!ended.good && line(&ended.out, "keys").starts_with("FAIL"), "{}", ended.out);

    let ended = binary.with("EVERGRANT_LISTN", "x").run(&["doctor"]);
    assert!(!ended.good && line(&ended.out, "settings").contains("EVERGRANT_LISTN"), "{}", ended.out);
}
