//! The stores that every story runs on: a fresh SQLite file, and a fresh database of the
//! PostgreSQL server that the test command starts. And an engine on one of them.

use std::path::Path;
use std::process::{Child, Command};
use std::sync::{Mutex, PoisonError};

use engine::alert::Outgoing;
use engine::clock::Clock;
use engine::{Engine, EngineOptions};
use sea_orm::{ConnectionTrait, Database};
use url::Url;

pub enum Store {
    Sqlite,
    Postgres { server: String },
}

/// SQLite, and PostgreSQL where a server is named.
pub fn stores() -> Vec<Store> {
    let mut stores = vec![Store::Sqlite];
    match postgres() {
        Some(server) => stores.push(Store::Postgres { server }),
        None => eprintln!("not run on PostgreSQL: EVERGRANT_TEST_POSTGRES_URL names no server"),
    }
    stores
}

#[expect(clippy::disallowed_methods, reason = "the test command names its server in the environment")]
fn postgres() -> Option<String> {
    std::env::var("EVERGRANT_TEST_POSTGRES_URL").ok()
}

/// Held while a child is started. Until it runs its own program it has all files of this process open, and with
/// them the locks of stores that other tests close at that moment.
static STARTING: Mutex<()> = Mutex::new(());

/// Starts a child.
pub fn start(command: &mut Command) -> Child {
    let _starting = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    command.spawn().unwrap()
}

/// Returns when every child runs its own program: what was closed before is open nowhere.
fn children_run() {
    drop(STARTING.lock().unwrap_or_else(PoisonError::into_inner));
}

/// Opens a store that may have been open before.
pub async fn open_store(url: &str) -> engine::store::Store {
    children_run();
    engine::store::open(url).await.unwrap()
}

/// What an engine is opened with, at a moment at which no child has a copy of what was closed before.
pub fn options(url: &str, folder: &Path, clock: Clock) -> EngineOptions {
    children_run();
    EngineOptions {
        database_url: url.to_owned(),
        data_dir: folder.to_owned(),
        master_key_file: None,
        master_key: None,
        public_url: Url::parse("http://127.0.0.1:3000").unwrap(),
        allow_return_to: Vec::new(),
        outgoing: Outgoing::default(),
        clock,
        on_boundary: None,
    }
}

/// An engine on a store that was migrated.
pub async fn open(url: &str, folder: &Path, clock: Clock) -> Engine {
    Engine::open(options(url, folder, clock)).await.unwrap()
}

impl Store {
    /// The address of a new, empty database.
    pub async fn open(self, folder: &Path) -> String {
        match self {
            Self::Sqlite => format!("sqlite://{}", folder.join("evergrant.db").display()),
            Self::Postgres { server } => {
                let name = format!("evergrant_{}", uuid::Uuid::new_v4().simple());
                let admin = Database::connect(&server).await.unwrap();
                admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
                admin.close().await.unwrap();
                let mut url = Url::parse(&server).unwrap();
                url.set_path(&name);
                url.into()
            }
        }
    }
}
