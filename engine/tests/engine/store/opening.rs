use std::time::Duration;

use engine::report;
use engine::store::{self, StoreError, begin, organisations};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::each::for_each_store;
use crate::stores::{Store, open_store, stores};

async fn ask(db: &store::Store, sql: &str, column: &str) -> String {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get::<String>("", column)
        .or_else(|_| row.try_get::<i64>("", column).map(|n| n.to_string()))
        .unwrap()
}

#[test]
fn the_code_is_written_for_the_newest_schema() {
    assert_eq!(store::SCHEMA, migrations::newest());
}

#[tokio::test]
async fn what_was_committed_outlives_a_power_cut() {
    for_each_store(async |shelf| {
        if shelf.db.get_database_backend() == DbBackend::Postgres {
            assert_eq!(ask(&shelf.db, "SHOW synchronous_commit", "synchronous_commit").await, "on");
            return;
        }
        for (pragma, value) in
            [("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1"), ("secure_delete", "1")]
        {
            assert_eq!(ask(&shelf.db, &format!("PRAGMA {pragma}"), pragma).await, value, "{pragma}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_server_that_commits_carelessly_is_overruled() {
    for store in stores() {
        let folder = tempfile::tempdir().unwrap();
        let url = store.open(folder.path()).await;
        let db = open_store(&url).await;
        if db.get_database_backend() == DbBackend::Postgres {
            let name = ask(&db, "SELECT current_database() AS name", "name").await;
            let careless = format!("ALTER DATABASE {name} SET synchronous_commit = off");
            db.execute_unprepared(&careless).await.unwrap();
            db.close().await.unwrap();
            let db = open_store(&url).await;
            assert_eq!(ask(&db, "SHOW synchronous_commit", "synchronous_commit").await, "on");
        }
    }
}

#[tokio::test]
async fn a_store_is_migrated_once_and_checked_without_being_changed() {
    for store in stores() {
        let folder = tempfile::tempdir().unwrap();
        let url = store.open(folder.path()).await;
        let db = open_store(&url).await;
        assert!(matches!(store::check(&db).await, Err(StoreError::Pending { .. })));
        assert!(db.execute_unprepared("SELECT * FROM seaql_migrations").await.is_err());
        db.close().await.unwrap();
        for _ in 0..2 {
            store::migrate::<migrations::Migrator>(&url).await.unwrap();
        }
        store::check(&open_store(&url).await).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_that_start_together_migrate_together() {
    for store in stores().into_iter().filter(|store| matches!(store, Store::Postgres { .. })) {
        let folder = tempfile::tempdir().unwrap();
        let url = store.open(folder.path()).await;
        let together = (0..6).map(|_| store::migrate::<migrations::Migrator>(&url));
        for migrated in futures::future::join_all(together).await {
            migrated.unwrap();
        }
        store::check(&open_store(&url).await).await.unwrap();
    }
}

#[tokio::test]
async fn a_store_of_a_newer_version_is_refused() {
    for store in stores() {
        let folder = tempfile::tempdir().unwrap();
        let url = store.open(folder.path()).await;
        store::migrate::<migrations::Migrator>(&url).await.unwrap();
        let db = open_store(&url).await;
        let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_future', 0)";
        db.execute_unprepared(newer).await.unwrap();
        let future =
            |error: &StoreError| matches!(error, StoreError::Newer { name } if name == "m9999_future");
        assert!(store::check(&db).await.is_err_and(|error| future(&error)));
        db.close().await.unwrap();
        assert!(store::migrate::<migrations::Migrator>(&url).await.is_err_and(|error| future(&error)));
    }
}

#[tokio::test]
async fn a_second_process_on_one_file_is_refused_until_the_first_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("evergrant.db").display());
    let first = open_store(&url).await;
    let clone = first.clone();
    let second = store::open(&url).await.unwrap_err();
    assert!(matches!(&second, StoreError::InUse { path } if path.ends_with("evergrant.db.lock")), "{second}");
    drop(first);
    assert!(matches!(store::open(&url).await, Err(StoreError::InUse { .. })));
    clone.close().await.unwrap();
    open_store(&url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_was_closed_opens_again_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("evergrant.db").display());
    for _ in 0..100 {
        let db = open_store(&url).await;
        let reading = tokio::spawn({
            let db = db.clone();
            async move { drop(db.execute_unprepared("SELECT 1").await) }
        });
        db.close().await.unwrap();
        drop(reading);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("evergrant.db").display());
    store::migrate::<migrations::Migrator>(&url).await.unwrap();
    let _db = open_store(&url).await;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", entry.path().display());
    }
}

#[tokio::test]
async fn a_wrong_address_is_named_without_its_password() {
    let refused = [
        "mysql://root:hunter2@127.0.0.1/evergrant",
        "postgres://root:hunter2@127.0.0.1:1/evergrant",
        "postgres://127.0.0.1:1/evergrant?user=root&password=hunter2",
        "postgres://root:hunter2@no host/evergrant",
        "sqlite://no/such/folder/evergrant.db",
        "sqlite::memory:",
        "evergrant.db",
        "",
    ];
    for address in refused {
        let error = store::open(address).await.unwrap_err();
        let told = format!("{} {error:?}", report(&error));
        assert!(!told.contains("hunter2"), "{told}");
        assert!(matches!(error, StoreError::Address { .. } | StoreError::Open { .. }), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_take_turns_and_readers_do_not_wait() {
    for_each_store(async |shelf| {
        // A transaction that writes stays open while others read and one more wants to write.
        let txn = begin(&shelf.db).await.unwrap();
        organisations::rename(&txn, shelf.organisation, "First").await.unwrap();
        let before = organisations::find(&shelf.db, shelf.organisation).await.unwrap().unwrap();
        assert_eq!(before.name, "Acme");
        let (db, organisation) = (shelf.db.clone(), shelf.organisation);
        let next = tokio::spawn(async move {
            let txn = begin(&db).await.unwrap();
            let seen = organisations::find(&txn, organisation).await.unwrap().unwrap();
            organisations::rename(&txn, organisation, "Second").await.unwrap();
            txn.commit().await.unwrap();
            seen.name
        });
        txn.commit().await.unwrap();
        next.await.unwrap();
        let after = organisations::find(&shelf.db, shelf.organisation).await.unwrap().unwrap();
        assert_eq!(after.name, "Second");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_of_writers_leaves_connections_to_whoever_reads() {
    for_each_store(async |shelf| {
        // PostgreSQL has many writers at a time; a file has one, and few connections.
        if shelf.db.get_database_backend() != DbBackend::Sqlite {
            return;
        }
        let organisation = shelf.organisation;
        let txn = begin(&shelf.db).await.unwrap();
        organisations::rename(&txn, organisation, "First").await.unwrap();
        let crowd: Vec<_> = (0..20)
            .map(|number| {
                let db = shelf.db.clone();
                tokio::spawn(async move {
                    let name = format!("Name {number}");
                    if number % 2 == 0 {
                        return organisations::rename(&db, organisation, &name).await.unwrap();
                    }
                    let txn = begin(&db).await.unwrap();
                    organisations::rename(&txn, organisation, &name).await.unwrap();
                    txn.commit().await.unwrap();
                })
            })
            .collect();
        for _ in 0..100 {
            let read = organisations::find(&shelf.db, organisation);
            let read = tokio::time::timeout(Duration::from_secs(5), read).await.expect("nobody reads");
            assert_eq!(read.unwrap().unwrap().name, "Acme");
            tokio::task::yield_now().await;
        }
        txn.commit().await.unwrap();
        for writer in crowd {
            writer.await.unwrap();
        }
    })
    .await;
}
