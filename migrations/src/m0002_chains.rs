use sea_orm_migration::prelude::*;

/// The chains, what points at them, and the sealed tokens they are made of.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0002_chains"
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
    // A state and all that it carries are one row, so that one statement moves a chain.
    "CREATE TABLE chains (
        id TEXT PRIMARY KEY,
        organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
        registration_id TEXT NOT NULL REFERENCES registrations (id) ON DELETE CASCADE,
        authorization_server TEXT NOT NULL,
        client_id TEXT NOT NULL,
        upstream_user_id TEXT,
        upstream_user_name TEXT,
        revision BIGINT NOT NULL,
        owner TEXT,
        wake_at BIGINT,
        wake_reason TEXT,
        state TEXT NOT NULL,
        generation BIGINT,
        granted_at BIGINT,
        received_at BIGINT,
        access_until BIGINT,
        refresh_until BIGINT,
        activation_tries BIGINT,
        activation_next BIGINT,
        attempt BIGINT,
        since BIGINT,
        deadline BIGINT,
        phase TEXT,
        tries BIGINT,
        doubt_since BIGINT,
        doubt_resends BIGINT,
        next_at BIGINT,
        fault TEXT,
        attempts BIGINT NOT NULL,
        calls_day BIGINT NOT NULL,
        calls_used BIGINT NOT NULL,
        credentials TEXT NOT NULL,
        runs_day BIGINT,
        runs_used BIGINT,
        not_before BIGINT,
        blocked_code TEXT,
        last_refreshed_at BIGINT,
        created_at BIGINT NOT NULL
    )",
    "CREATE UNIQUE INDEX chains_identity ON chains (authorization_server, client_id, upstream_user_id)
        WHERE upstream_user_id IS NOT NULL",
    "CREATE INDEX chains_wake_at ON chains (wake_at)",
    "CREATE INDEX chains_state ON chains (state)",
    "CREATE INDEX chains_registration ON chains (registration_id)",
    "CREATE TABLE containers (
        id TEXT PRIMARY KEY,
        organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
        database_id TEXT NOT NULL REFERENCES databases (id) ON DELETE CASCADE,
        alias TEXT NOT NULL,
        registration_id TEXT NOT NULL REFERENCES registrations (id),
        chain_id TEXT REFERENCES chains (id) ON DELETE SET NULL,
        pending_chain_id TEXT REFERENCES chains (id) ON DELETE SET NULL,
        warm BOOLEAN NOT NULL,
        created_at BIGINT NOT NULL,
        last_used_at BIGINT,
        UNIQUE (database_id, alias)
    )",
    "CREATE INDEX containers_chain ON containers (chain_id)",
    "CREATE INDEX containers_pending_chain ON containers (pending_chain_id)",
    "CREATE INDEX containers_registration ON containers (registration_id)",
    "CREATE INDEX containers_organisation ON containers (organisation_id)",
    "CREATE TABLE links (
        id TEXT PRIMARY KEY,
        chain_id TEXT NOT NULL REFERENCES chains (id) ON DELETE CASCADE,
        generation BIGINT NOT NULL,
        refresh_token {bytes} NOT NULL,
        access_token {bytes},
        received_at BIGINT NOT NULL,
        standing TEXT NOT NULL,
        expires_at BIGINT NOT NULL
    )",
    "CREATE INDEX links_chain ON links (chain_id, standing)",
    "CREATE INDEX links_expires_at ON links (expires_at)",
    // What the provider answered, kept before anybody reads it.
    "CREATE TABLE answers (
        id TEXT PRIMARY KEY,
        chain_id TEXT NOT NULL REFERENCES chains (id) ON DELETE CASCADE,
        attempt BIGINT NOT NULL,
        generation BIGINT NOT NULL,
        kind TEXT NOT NULL,
        body {bytes} NOT NULL,
        status BIGINT NOT NULL,
        reason TEXT,
        sent_at BIGINT NOT NULL,
        received_at BIGINT NOT NULL,
        read_at BIGINT,
        expires_at BIGINT NOT NULL
    )",
    "CREATE INDEX answers_unread ON answers (received_at) WHERE read_at IS NULL",
    "CREATE INDEX answers_chain ON answers (chain_id)",
    "CREATE INDEX answers_expires_at ON answers (expires_at)",
];
