use sea_orm_migration::prelude::*;

/// Auto-recovery: stored sign-ins, used one-time codes, runs, and what organisations allow.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0004_recovery"
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
    // The newest attempt when the credentials were stored.
    "ALTER TABLE chains ADD COLUMN credentials_since BIGINT",
    // A recovery run's own grant: the chain that it mends, and which run it is.
    "ALTER TABLE grants ADD COLUMN target_chain_id TEXT",
    "ALTER TABLE grants ADD COLUMN run BIGINT",
    // A provider of one's own, as JSON.
    "ALTER TABLE registrations ADD COLUMN custom TEXT",
    "ALTER TABLE organisations ADD COLUMN recovery_enabled BOOLEAN NOT NULL DEFAULT TRUE",
    // Days.
    "ALTER TABLE organisations ADD COLUMN retention_least BIGINT NOT NULL DEFAULT 1",
    "ALTER TABLE organisations ADD COLUMN retention_usual BIGINT NOT NULL DEFAULT 30",
    "ALTER TABLE organisations ADD COLUMN retention_most BIGINT NOT NULL DEFAULT 90",
    // Since when nothing names a retired key.
    "ALTER TABLE organisation_keys ADD COLUMN unnamed_since BIGINT",
    // `data_key` is the row's own key: who deletes the row destroys it.
    "CREATE TABLE credentials (
        id TEXT PRIMARY KEY,
        organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
        chain_id TEXT NOT NULL UNIQUE REFERENCES chains (id) ON DELETE CASCADE,
        data_key {bytes} NOT NULL,
        user_name {bytes} NOT NULL,
        password {bytes} NOT NULL,
        totp_secret {bytes},
        account TEXT NOT NULL,
        stored_at BIGINT NOT NULL,
        stored_by TEXT NOT NULL,
        expires_at BIGINT NOT NULL,
        warned BIGINT,
        proved_at BIGINT,
        password_sent_at BIGINT,
        refused_at BIGINT,
        uses BIGINT NOT NULL,
        last_used_at BIGINT,
        last_recovered_at BIGINT,
        last_duration_ms BIGINT
    )",
    "CREATE INDEX credentials_organisation ON credentials (organisation_id)",
    "CREATE INDEX credentials_expires_at ON credentials (expires_at)",
    // It outlives the credentials of an account: a code is used up whoever stored its secret.
    "CREATE TABLE one_time_periods (
        account TEXT PRIMARY KEY,
        organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
        period BIGINT NOT NULL
    )",
    "CREATE INDEX one_time_periods_period ON one_time_periods (period)",
    "CREATE TABLE recovery_runs (
        id TEXT PRIMARY KEY,
        organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
        chain_id TEXT NOT NULL REFERENCES chains (id) ON DELETE CASCADE,
        attempt BIGINT NOT NULL,
        kind TEXT NOT NULL,
        owner TEXT NOT NULL,
        started_at BIGINT NOT NULL,
        ended_at BIGINT,
        step BIGINT NOT NULL,
        outcome TEXT,
        trace TEXT,
        expires_at BIGINT NOT NULL
    )",
    // One run of a chain at a time, over all replicas.
    "CREATE UNIQUE INDEX recovery_runs_open ON recovery_runs (chain_id) WHERE ended_at IS NULL",
    "CREATE INDEX recovery_runs_chain ON recovery_runs (chain_id, started_at)",
    "CREATE INDEX recovery_runs_expires_at ON recovery_runs (expires_at)",
];
