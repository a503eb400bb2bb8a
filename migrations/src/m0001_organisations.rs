use sea_orm_migration::prelude::*;

/// Who works here and what is theirs: organisations, keys, operators, registrations, databases.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0001_organisations"
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
    "CREATE TABLE organisations (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        created_at BIGINT NOT NULL
    )",
    "CREATE TABLE organisation_keys (
        id TEXT PRIMARY KEY,
        organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
        purpose TEXT NOT NULL,
        master_key_id TEXT NOT NULL,
        wrapped {bytes} NOT NULL,
        created_at BIGINT NOT NULL,
        retired_at BIGINT
    )",
    // One key of each purpose is in use.
    "CREATE UNIQUE INDEX organisation_keys_in_use ON organisation_keys (organisation_id, purpose)
        WHERE retired_at IS NULL",
    "CREATE TABLE operators (
        id TEXT PRIMARY KEY,
        organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
        name TEXT NOT NULL UNIQUE,
        password_hash TEXT NOT NULL,
        role TEXT NOT NULL,
        language TEXT,
        created_at BIGINT NOT NULL
    )",
    "CREATE INDEX operators_organisation ON operators (organisation_id)",
    "CREATE TABLE sessions (
        id TEXT PRIMARY KEY,
        data {bytes} NOT NULL,
        expires_at BIGINT NOT NULL
    )",
    "CREATE INDEX sessions_expires_at ON sessions (expires_at)",
    "CREATE TABLE setup_links (
        hash TEXT PRIMARY KEY,
        created_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        used_at BIGINT
    )",
    "CREATE TABLE registrations (
        id TEXT PRIMARY KEY,
        organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
        slug TEXT NOT NULL,
        name TEXT NOT NULL,
        provider TEXT NOT NULL,
        country TEXT NOT NULL,
        base_url TEXT,
        client_id TEXT NOT NULL,
        client_secret {bytes} NOT NULL,
        timing TEXT,
        pkce BOOLEAN NOT NULL,
        state TEXT NOT NULL,
        state_since BIGINT,
        created_at BIGINT NOT NULL,
        revision BIGINT NOT NULL,
        UNIQUE (organisation_id, slug)
    )",
    // `folded` is the name in lower case of every script, which SQLite's own lower() does not know.
    "CREATE TABLE databases (
        id TEXT PRIMARY KEY,
        organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
        slug TEXT NOT NULL,
        name TEXT NOT NULL,
        folded TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        UNIQUE (organisation_id, slug)
    )",
    "CREATE INDEX databases_folded ON databases (organisation_id, folded)",
];
