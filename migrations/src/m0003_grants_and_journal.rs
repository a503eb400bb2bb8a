use sea_orm_migration::prelude::*;

/// Grants under way, and what happened.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0003_grants_and_journal"
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
    // A grant's chain may be joined with another one while the grant is still looked at.
    "CREATE TABLE grants (
        id TEXT PRIMARY KEY,
        state_hash TEXT NOT NULL UNIQUE,
        session_hash TEXT NOT NULL,
        organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
        container_id TEXT NOT NULL REFERENCES containers (id) ON DELETE CASCADE,
        registration_id TEXT NOT NULL REFERENCES registrations (id) ON DELETE CASCADE,
        chain_id TEXT NOT NULL,
        operator_id TEXT NOT NULL,
        verifier {bytes},
        redirect_uri TEXT NOT NULL,
        return_to TEXT,
        created_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        used_at BIGINT,
        outcome TEXT
    )",
    "CREATE INDEX grants_container ON grants (container_id)",
    "CREATE INDEX grants_expires_at ON grants (expires_at)",
    // The journal outlives what it tells of, so it names things without referring to them.
    "CREATE TABLE journal (
        id TEXT PRIMARY KEY,
        at BIGINT NOT NULL,
        organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
        actor TEXT NOT NULL,
        from_address TEXT,
        action TEXT NOT NULL,
        code TEXT,
        database_id TEXT,
        container_id TEXT,
        chain_id TEXT,
        generation BIGINT,
        detail TEXT
    )",
    "CREATE INDEX journal_at ON journal (organisation_id, at)",
    "CREATE INDEX journal_container ON journal (container_id, at)",
    "CREATE INDEX journal_chain ON journal (chain_id, at)",
];
