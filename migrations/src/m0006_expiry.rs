use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

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
        crate::run(manager, STATEMENTS).await?;
        crate::run(manager, POLICIES).await?;
        match manager.get_database_backend() {
            DbBackend::Postgres => crate::run(manager, AUTOVACUUM).await,
            // What SQLite needs is done when the store is opened, since it cannot be done in a transaction.
            _ => Ok(()),
        }
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
    // A token is kept as the SHA-256 of its text. `databases` are slugs, where it reaches less than its
    // family; `successor` is the hash of what took its place, until it was asked for once more.
    "CREATE TABLE issued_tokens (
        hash {bytes} PRIMARY KEY,
        family_id TEXT NOT NULL REFERENCES token_families (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        databases TEXT,
        issued_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        superseded_at BIGINT,
        successor {bytes},
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

/// What organisations said before moves over, where it differs from what holds for everybody; days
/// become milliseconds.
const POLICIES: &[&str] = &[
    "INSERT INTO policies
            (organisation_id, kind, lifetime, least, most, changed_at, changed_by, reached_at, revision)
        SELECT id, 'credential', retention_usual * 86400000, retention_least * 86400000,
            retention_most * 86400000, created_at, 'migration', created_at, 1
        FROM organisations WHERE retention_least <> 1 OR retention_usual <> 30 OR retention_most <> 90",
    // A key may work for a year and a day at most.
    "INSERT INTO policies
            (organisation_id, kind, lifetime, least, most, changed_at, changed_by, reached_at, revision)
        SELECT id, 'consumer_key',
            CASE WHEN consumer_key_usual > 366 THEN 366 ELSE consumer_key_usual END * 86400000, 86400000,
            CASE WHEN consumer_key_most > 366 THEN 366 ELSE consumer_key_most END * 86400000,
            created_at, 'migration', created_at, 1
        FROM organisations WHERE consumer_key_usual <> 90 OR consumer_key_most <> 366",
    "ALTER TABLE organisations DROP COLUMN retention_least",
    "ALTER TABLE organisations DROP COLUMN retention_usual",
    "ALTER TABLE organisations DROP COLUMN retention_most",
    "ALTER TABLE organisations DROP COLUMN consumer_key_usual",
    "ALTER TABLE organisations DROP COLUMN consumer_key_most",
    // When a session began; of those that are there it is known that they end 7 days later at most.
    "ALTER TABLE sessions ADD COLUMN born_at BIGINT NOT NULL DEFAULT 0",
    "UPDATE sessions SET born_at = expires_at - 604800000",
];

/// Where rows come and go all the time, PostgreSQL clears away after a few thousand of them instead of
/// after a fifth of the table, and does not rest in between.
const AUTOVACUUM: &[&str] = &[
    "ALTER TABLE issued_tokens SET (autovacuum_vacuum_scale_factor = 0.01,
        autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0)",
    "ALTER TABLE token_families SET (autovacuum_vacuum_scale_factor = 0.01,
        autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0)",
    "ALTER TABLE links SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000)",
    "ALTER TABLE answers SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000)",
    "ALTER TABLE sessions SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000)",
    "ALTER TABLE grants SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000)",
    "ALTER TABLE traffic SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000)",
];
