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

/// Does something to the store of a binary that does not run.
fn in_store(binary: &Binary, work: impl AsyncFn(engine::Engine)) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let options = engine::EngineOptions {
            database_url: format!("sqlite://{}", binary.path("data/evergrant.db").display()),
            data_dir: binary.path("data"),
            master_key_file: None,
            master_key: None,
            public_url: "http://127.0.0.1:3000".parse().unwrap(),
            allow_return_to: Vec::new(),
            outgoing: engine::alert::Outgoing::default(),
            clock: engine::clock::Clock::system(),
            on_boundary: None,
        };
        let engine = engine::Engine::open(options).await.unwrap();
        work(engine.clone()).await;
        engine.shutdown().await;
        engine.store().clone().close().await.unwrap();
    });
}

#[test]
fn a_journal_that_somebody_changed_is_named_by_its_first_line_that_does_not_fit() {
    let binary = Binary::new();
    assert!(binary.run_with(&["operator", "add", "anna"], "correct horse battery\n").good);
    in_store(&binary, async |engine| {
        let operator = engine.administrator().await.unwrap();
        for on in [false, true, false] {
            operator.set_recovery_enabled(on).await.unwrap();
        }
        engine.chain_journal().await.unwrap();
        operator.set_recovery_enabled(true).await.unwrap();
    });
    let ended = binary.run(&["doctor"]);
    let said = line(&ended.out, "journal");
    assert!(ended.good && said.contains("4 lines fit, 1 "), "{said}");

    in_store(&binary, async |engine| {
        let change = "UPDATE journal SET actor = 'system' WHERE number = 2";
        sea_orm::ConnectionTrait::execute_unprepared(engine.store(), change).await.unwrap();
    });
    let ended = binary.run(&["doctor"]);
    let said = line(&ended.out, "journal");
    assert!(!ended.good && said.starts_with("FAIL") && said.contains("line 2 does not fit"), "{said}");
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
