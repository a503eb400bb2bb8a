use sea_orm::{EntityTrait, QueryOrder};
use sea_orm_migration::{MigratorTrait, SchemaManager, seaql_migrations};

use super::{Store, StoreError, open, space};

/// The newest step of the schema that this code was written for.
pub const SCHEMA: &str = "m0006_expiry";

/// Brings the schema of the store at this address up to date with the steps of `M`.
///
/// # Errors
/// A store of a newer version is refused before anything is changed.
pub async fn migrate<M: MigratorTrait>(url: &str) -> Result<(), StoreError> {
    let db = open(url).await?;
    let migrated = match bring_up::<M>(&db).await {
        Ok(()) => space::prepare(&db).await.map(|_| ()),
        Err(error) => Err(error),
    };
    let closed = db.close().await;
    migrated?;
    Ok(closed?)
}

/// Checks that the schema is the one that this code was written for; changes nothing.
///
/// # Errors
/// [`StoreError::Pending`] or [`StoreError::Newer`] when it is another one.
pub async fn check(db: &Store) -> Result<(), StoreError> {
    let applied = applied(db).await?;
    // Steps are named so that they sort by age.
    if let Some(name) = applied.iter().find(|name| name.as_str() > SCHEMA) {
        return Err(StoreError::Newer { name: name.clone() });
    }
    if applied.iter().any(|name| name == SCHEMA) {
        Ok(())
    } else {
        Err(StoreError::Pending { name: SCHEMA.to_owned() })
    }
}

async fn bring_up<M: MigratorTrait>(db: &Store) -> Result<(), StoreError> {
    // Another replica may take the same steps at this moment: who comes second at one of them fails
    // there, and goes on with the next.
    let mut tries = 2 * M::migrations().len();
    while !is_up::<M>(db).await? {
        match M::up(db.connections(), None).await {
            Ok(()) => {}
            Err(_) if tries > 0 => tries -= 1,
            Err(error) => return Err(StoreError::Migrate(error)),
        }
    }
    Ok(())
}

async fn is_up<M: MigratorTrait>(db: &Store) -> Result<bool, StoreError> {
    let applied = applied(db).await?;
    let known: Vec<String> = M::migrations().iter().map(|step| step.name().to_owned()).collect();
    if let Some(name) = applied.iter().find(|name| !known.contains(name)) {
        return Err(StoreError::Newer { name: name.clone() });
    }
    Ok(known.iter().all(|name| applied.contains(name)))
}

async fn applied(db: &Store) -> Result<Vec<String>, StoreError> {
    if !SchemaManager::new(db.connections()).has_table("seaql_migrations").await? {
        return Ok(Vec::new());
    }
    let steps = seaql_migrations::Entity::find().order_by_asc(seaql_migrations::Column::Version);
    Ok(steps.all(db).await?.into_iter().map(|step| step.version).collect())
}
