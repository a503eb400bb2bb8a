use sea_orm_migration::prelude::*;

/// Auto-recovery: grants that Evergrant walks itself.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0004_recovery"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, TABLES).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const TABLES: &[&str] = &[
    // The newest attempt when the credentials were stored.
    "ALTER TABLE chains ADD COLUMN credentials_since BIGINT",
    // A recovery run's own grant: the chain that it mends, and which run it is.
    "ALTER TABLE grants ADD COLUMN target_chain_id TEXT",
    "ALTER TABLE grants ADD COLUMN run BIGINT",
];
