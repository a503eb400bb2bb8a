use std::path::Path;

use engine::store::{self, sizes, space};
use sea_orm::{ConnectionTrait, DbBackend};

use super::scene::{HOUR, number, run};
use crate::stores::{Store, open_store};
use crate::world::{World, on_each_store};

/// Twelve megabytes that nobody needs afterwards.
async fn fill_and_empty(db: &store::Store) {
    for part in 0..12 {
        let values: Vec<_> =
            (0..256).map(|number| format!("('f{part}-{number}', '{}', 1, 0)", "x".repeat(4_096))).collect();
        let sql = "INSERT INTO sessions (id, data, expires_at, born_at) VALUES";
        run(db, &format!("{sql} {}", values.join(", "))).await;
    }
    run(db, "DELETE FROM sessions").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_needed_any_more_goes_back_to_the_disk_bit_by_bit() {
    on_each_store(async |world: World| {
        let db = world.engine.store();
        if db.get_database_backend() != DbBackend::Sqlite {
            assert_eq!(space::give_back(db, u64::MAX).await.unwrap(), 0, "its autovacuum does that");
            return;
        }
        fill_and_empty(db).await;
        let full = sizes::now(db).await.unwrap();
        assert!(full.free > 10 << 20, "{full:?}");
        let first = world.engine.purge().await.unwrap().bytes;
        assert!((1 << 20..=3 << 20).contains(&first), "a bounded piece a round: {first}");
        for _ in 0..6 {
            world.engine.purge().await.unwrap();
        }
        let slack = sizes::now(db).await.unwrap();
        assert!(slack.free <= 5 << 20 && slack.bytes < full.bytes, "{slack:?}");
        world.engine.give_space_back().await.unwrap();
        assert_eq!(sizes::now(db).await.unwrap().free, 0);
    })
    .await;
}

async fn mode(db: &store::Store) -> Option<i64> {
    number(db, "SELECT auto_vacuum FROM pragma_auto_vacuum").await
}

async fn migrated(url: &str) -> store::Store {
    store::migrate::<migrations::Migrator>(url).await.unwrap();
    open_store(url).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_could_not_shrink_is_written_anew_once() {
    let folder = tempfile::tempdir().unwrap();
    let url = Store::Sqlite.open(folder.path()).await;
    let db = migrated(&url).await;
    assert_eq!(mode(&db).await, Some(2), "a new one can");
    // As an older version made it.
    run(&db, "PRAGMA auto_vacuum = NONE").await;
    db.close().await.unwrap();
    plain(folder.path()).await;
    let db = open_store(&url).await;
    assert_eq!(mode(&db).await, Some(0));
    fill_and_empty(&db).await;
    run(&db, "INSERT INTO sessions (id, data, expires_at, born_at) VALUES ('kept', 'x', 5, 0)").await;
    let before = sizes::now(&db).await.unwrap();
    db.close().await.unwrap();
    let db = migrated(&url).await;
    assert_eq!(mode(&db).await, Some(2));
    let after = sizes::now(&db).await.unwrap();
    assert!(after.bytes + (10 << 20) < before.bytes, "{before:?} {after:?}");
    assert_eq!(number(&db, "SELECT COUNT(*) FROM sessions").await, Some(1), "what was in it is in it");
    assert!(!space::prepare(&db).await.unwrap(), "once");
}

/// Writes the file anew without the means to shrink.
async fn plain(folder: &Path) {
    use sqlx::{Connection, Executor};
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(folder.join("evergrant.db"))
        .auto_vacuum(sqlx::sqlite::SqliteAutoVacuum::None);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    connection.execute("PRAGMA auto_vacuum = NONE; VACUUM").await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_size_of_the_store_is_noted_once_an_hour() {
    on_each_store(async |world: World| {
        let db = world.engine.store();
        for _ in 0..3 {
            world.engine.purge().await.unwrap();
        }
        world.hand.advance(HOUR);
        world.engine.purge().await.unwrap();
        let noted = world.operator.store_sizes(chain::Time::from_millis(0)).await.unwrap();
        let [(first, size), (second, _)] = noted.as_slice() else { panic!("{noted:?}") };
        assert_eq!(second.since(*first), HOUR);
        assert!(size.bytes > 100_000, "{size:?}");
        assert!(sizes::now(db).await.unwrap().bytes >= size.bytes);
    })
    .await;
}
