//! `evergrant purge`: what ended goes at once, or is only shown.

use sea_orm::ConnectionTrait;

use crate::binary::Binary;

/// A store with sessions of which three ended long ago.
fn with_ended_sessions() -> Binary {
    let binary = Binary::new();
    assert!(binary.run(&["migrate"]).good);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let url = format!("sqlite://{}", binary.path("data/evergrant.db").display());
        let db = engine::store::open(&url).await.unwrap();
        let sessions = "INSERT INTO sessions (id, data, expires_at, born_at) VALUES
            ('a', '', 1, 0), ('b', '', 2, 0), ('c', '', 3, 0), ('d', '', 9000000000000, 0)";
        db.execute_unprepared(sessions).await.unwrap();
        db.close().await.unwrap();
    });
    binary
}

#[test]
fn a_dry_run_shows_what_then_goes() {
    let binary = with_ended_sessions();
    for _ in 0..2 {
        let dry = binary.run(&["purge", "--dry-run"]);
        assert!(dry.good && dry.out.contains("session") && dry.out.contains("3 rows would go."), "{dry:?}");
    }
    let purged = binary.run(&["purge"]);
    assert!(purged.good && purged.out.contains("expired"), "{purged:?}");
    assert!(purged.out.contains("3 rows went, and"), "{purged:?}");
    assert!(binary.run(&["purge", "--dry-run"]).out.contains("0 rows would go."));
}

#[test]
fn there_is_nothing_to_purge_without_a_store() {
    let ended = Binary::new().run(&["purge"]);
    assert!(ended.failure().contains("evergrant.db"), "{ended:?}");
}
