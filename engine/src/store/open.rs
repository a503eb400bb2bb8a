use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DbErr, RuntimeErr};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous,
};
use sqlx::{Connection, Executor};
use url::Url;

use super::StoreError;
use super::handle::{BUSY, Store};
use super::lock::{Lock, is_ours, lock, open_private};
use crate::clock::Clock;

/// How long the last connection to a file takes to close, and how often that is waited for.
const CLOSING: Duration = Duration::from_millis(20);
const CLOSING_TRIES: u32 = 250;
/// How often the lock of a store that this process closes is waited for.
const LOCKED_TRIES: u32 = 50;

/// The log of writes is cut back to so many bytes whenever it begins anew.
const JOURNAL_LIMIT: &str = "16777216";

/// Connections to SQLite: one writes, the others read what was committed.
const SQLITE_CONNECTIONS: u32 = 5;

/// Connections to PostgreSQL, for each process; one of them listens to the other processes.
const POSTGRES_CONNECTIONS: u32 = 11;

/// How long to wait for a server or for a free connection.
const WAIT: Duration = Duration::from_secs(20);

/// What was committed must outlive a power cut; a stricter setting of the server stays.
const DURABLE: &str = "SELECT set_config('synchronous_commit', 'on', false) \
     WHERE current_setting('synchronous_commit') IN ('off', 'local')";

/// Opens the store at `sqlite://<path>` or `postgres://…`.
///
/// A SQLite file is made where it is missing, and is locked against other processes until the
/// last clone of the store is gone.
///
/// # Errors
/// An address that is none, a file or server that does not open, a file that another process uses.
pub async fn open(url: &str) -> Result<Store, StoreError> {
    let mut options = ConnectOptions::new(url);
    options.sqlx_logging(false).record_stmt_in_spans(false);
    options.connect_timeout(WAIT).acquire_timeout(WAIT);
    if url.starts_with("sqlite:") {
        sqlite(&mut options, url).await?;
    } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        postgres(&mut options, url).await?;
    } else {
        let why = "it starts with neither sqlite: nor postgres:".to_owned();
        return Err(StoreError::Address { address: shown(url), why });
    }
    let mut tries = CLOSING_TRIES;
    loop {
        match Database::connect(options.clone()).await {
            Ok(opened) => return Ok(Store::of(opened)),
            // The file is locked by this process, so what is busy is a connection of its own past that
            // is closing at this moment; SQLite's busy time does not count there.
            Err(source) if is_busy(&source) && tries > 0 => {
                tries -= 1;
                Clock::system().sleep(CLOSING).await;
            }
            Err(source) => return Err(StoreError::Open { address: shown(url), source }),
        }
    }
}

/// Whether SQLite said `SQLITE_BUSY`, or one of its extended forms.
fn is_busy(error: &DbErr) -> bool {
    let DbErr::Conn(RuntimeErr::SqlxError(error)) = error else { return false };
    let code = error.as_database_error().and_then(|error| error.code());
    code.and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| code & 0xff == 5)
}

async fn sqlite(options: &mut ConnectOptions, url: &str) -> Result<(), StoreError> {
    let address = |why: &str| StoreError::Address { address: shown(url), why: why.to_owned() };
    let parsed: SqliteConnectOptions = url.parse().map_err(|_| address("it is not sqlite://<path>"))?;
    let path = parsed.get_filename();
    if url.contains(":memory:") || url.contains("mode=memory") {
        return Err(address("a store in memory would forget every token"));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(address("its folder does not exist"));
    }
    let held = Arc::new(locked(path).await?);
    let file = open_private(path)?;
    let is_new = file.metadata().is_ok_and(|file| file.len() == 0);
    drop(file);
    if is_new {
        begin_file(path).await.map_err(|source| StoreError::Open { address: shown(url), source })?;
    }
    options.max_connections(SQLITE_CONNECTIONS).min_connections(1);
    options.idle_timeout(None).max_lifetime(None);
    options.map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .pragma("secure_delete", "ON")
            .pragma("journal_size_limit", JOURNAL_LIMIT)
    });
    options.map_sqlx_sqlite_pool_opts(move |pool| {
        let held = Arc::clone(&held);
        pool.after_connect(move |_, _| {
            // The pool owns this closure, and so the lock lives as long as the pool.
            let _held = &held;
            Box::pin(async { Ok(()) })
        })
    });
    Ok(())
}

/// Locks the file. A pool of this process that was closed keeps its lock until the last of its own tasks has
/// seen that, which is waited for; whoever has the file open still is told so after that.
async fn locked(path: &Path) -> Result<Lock, StoreError> {
    let mut tries = LOCKED_TRIES;
    loop {
        match lock(path) {
            Err(StoreError::InUse { path }) if tries > 0 && is_ours(&path) => {
                tries -= 1;
                Clock::system().sleep(CLOSING).await;
            }
            locked => return locked,
        }
    }
}

/// Lets a file that is new give space back later: that is said before anything is in it, and once, since it
/// takes the writer's turn.
async fn begin_file(path: &Path) -> Result<(), DbErr> {
    let failed = |error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)));
    let options = SqliteConnectOptions::new()
        .filename(path)
        .auto_vacuum(SqliteAutoVacuum::Incremental)
        .journal_mode(SqliteJournalMode::Wal);
    let connection = SqliteConnection::connect_with(&options).await.map_err(failed)?;
    connection.close().await.map_err(failed)
}

async fn postgres(options: &mut ConnectOptions, url: &str) -> Result<(), StoreError> {
    let parsed: PgConnectOptions = url.parse().map_err(|_| {
        // What the parser says repeats the address with its password.
        let why = "it is not postgres://<user>:<password>@<host>/<database>".to_owned();
        StoreError::Address { address: shown(url), why }
    })?;
    // The pool would try again and again, and say in the end that it had no time.
    let tried = tokio::time::timeout(WAIT, PgConnection::connect_with(&parsed)).await;
    let tried = tried.map_err(|_| StoreError::NoAnswer { address: shown(url) })?;
    let opened = tried.map_err(|error| {
        let source = DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)));
        StoreError::Open { address: shown(url), source }
    })?;
    drop(opened);
    options.max_connections(POSTGRES_CONNECTIONS);
    options.map_sqlx_postgres_pool_opts(|pool| {
        pool.after_connect(|connection, _| {
            Box::pin(async move { connection.execute(DURABLE).await.map(|_| ()) })
        })
    });
    Ok(())
}

/// The address without its password.
fn shown(url: &str) -> String {
    match Url::parse(url) {
        Ok(mut parsed) => {
            let hidden = parsed.password().is_none() || parsed.set_password(Some("…")).is_ok();
            let has_query = parsed.query().is_some_and(|query| query.contains("password"));
            if has_query {
                parsed.set_query(None);
            }
            if hidden { parsed.to_string() } else { format!("{}:…", parsed.scheme()) }
        }
        Err(_) => {
            url.split_once(':').map_or_else(|| "(none)".to_owned(), |(scheme, _)| format!("{scheme}:…"))
        }
    }
}
