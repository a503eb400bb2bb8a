use sea_orm_migration::prelude::*;

/// Policies, the tokens that are issued, and what the purge took away.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0006_expiry"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, STATEMENTS).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const STATEMENTS: &[&str] = &[
    // How long things of a kind live, in milliseconds. A kind without a row lives by the default.
    // `reached_at` is when the last token that was issued before had heard of it.
    "CREATE TABLE policies (
        organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        lifetime BIGINT NOT NULL,
        least BIGINT NOT NULL,
        most BIGINT NOT NULL,
        changed_at BIGINT NOT NULL,
        changed_by TEXT NOT NULL,
        reached_at BIGINT,
        revision BIGINT NOT NULL,
        PRIMARY KEY (organisation_id, kind)
    )",
    // What one authentication of a program led to: the refresh tokens that followed one another, and
    // their access tokens. `databases` are slugs, where it reaches less than its consumer.
    "CREATE TABLE token_families (
        id TEXT PRIMARY KEY,
        organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
        consumer_id TEXT NOT NULL REFERENCES consumers (id) ON DELETE CASCADE,
        databases TEXT,
        created_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        ended_at BIGINT,
        ended_by TEXT
    )",
    "CREATE INDEX token_families_consumer ON token_families (consumer_id)",
    "CREATE INDEX token_families_expires_at ON token_families (expires_at)",
    // A token is kept as the SHA-256 of its text.
    "CREATE TABLE issued_tokens (
        hash {bytes} PRIMARY KEY,
        family_id TEXT NOT NULL REFERENCES token_families (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        issued_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        superseded_at BIGINT,
        revoked_at BIGINT
    )",
    "CREATE INDEX issued_tokens_family ON issued_tokens (family_id)",
    "CREATE INDEX issued_tokens_expires_at ON issued_tokens (expires_at)",
    // What the purge took away, by the hour.
    "CREATE TABLE receipts (
        hour BIGINT NOT NULL,
        kind TEXT NOT NULL,
        criterion TEXT NOT NULL,
        amount BIGINT NOT NULL,
        PRIMARY KEY (hour, kind, criterion)
    )",
    // How large the store was, in bytes, and how much of it was free.
    "CREATE TABLE store_sizes (
        at BIGINT PRIMARY KEY,
        bytes BIGINT NOT NULL,
        free BIGINT NOT NULL
    )",
];
