//! The stores that every story runs on: a fresh SQLite file, and a fresh database of the
//! PostgreSQL server that the test command starts.

use std::path::Path;

use sea_orm::{ConnectionTrait, Database};

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
                let mut url = url::Url::parse(&server).unwrap();
                url.set_path(&name);
                url.into()
            }
        }
    }
}
