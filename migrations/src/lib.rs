//! The store's schema, one file a step. What was released is never changed; a new step is added.
//!
//! Written as SQL that SQLite and PostgreSQL both take. Ids are 32 hexadecimal digits, times are
//! milliseconds since the Unix epoch in UTC, and what is sealed is bytes.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

mod m0001_organisations;
mod m0002_chains;
mod m0003_grants_and_journal;
mod m0004_recovery;
mod m0005_lending;
mod m0006_expiry;

/// All steps, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_organisations::Migration),
            Box::new(m0002_chains::Migration),
            Box::new(m0003_grants_and_journal::Migration),
            Box::new(m0004_recovery::Migration),
            Box::new(m0005_lending::Migration),
            Box::new(m0006_expiry::Migration),
        ]
    }
}

/// The name of the newest step that this program knows.
pub fn newest() -> String {
    Migrator::migrations().last().map_or_else(String::new, |step| step.name().to_owned())
}

/// Runs statements one after another; `{bytes}` becomes the store's type for bytes.
async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    let bytes = match manager.get_database_backend() {
        DbBackend::Sqlite => "BLOB",
        DbBackend::Postgres => "BYTEA",
        other => return Err(DbErr::Migration(format!("{other:?} is no store of Evergrant"))),
    };
    for statement in statements {
        manager.get_connection().execute_unprepared(&statement.replace("{bytes}", bytes)).await?;
    }
    Ok(())
}
