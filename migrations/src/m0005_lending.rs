use sea_orm_migration::prelude::*;

/// Programs with their keys, the gate's traffic, alerts, figures by the hour, and the journal's chain.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0005_lending"
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
    // Days.
    "ALTER TABLE organisations ADD COLUMN consumer_key_usual BIGINT NOT NULL DEFAULT 90",
    "ALTER TABLE organisations ADD COLUMN consumer_key_most BIGINT NOT NULL DEFAULT 366",
    // For how long the gate keeps an answer; seconds, 0 for not at all.
    "ALTER TABLE containers ADD COLUMN cache_seconds BIGINT NOT NULL DEFAULT 0",
    // A key is kept as the SHA-256 of its text; `shown` is how it begins, to tell keys apart.
    "CREATE TABLE consumers (
        id TEXT PRIMARY KEY,
        organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        shown TEXT NOT NULL,
        hash TEXT NOT NULL UNIQUE,
        all_databases BOOLEAN NOT NULL,
        created_at BIGINT NOT NULL,
        created_by TEXT NOT NULL,
        expires_at BIGINT NOT NULL,
        revoked_at BIGINT,
        revoked_by TEXT,
        last_used_at BIGINT,
        last_used_from TEXT
    )",
    "CREATE INDEX consumers_organisation ON consumers (organisation_id, name)",
    "CREATE INDEX consumers_expires_at ON consumers (expires_at)",
    "CREATE TABLE consumer_databases (
        consumer_id TEXT NOT NULL REFERENCES consumers (id) ON DELETE CASCADE,
        database_id TEXT NOT NULL REFERENCES databases (id) ON DELETE CASCADE,
        PRIMARY KEY (consumer_id, database_id)
    )",
    "CREATE INDEX consumer_databases_database ON consumer_databases (database_id)",
    // Renew all: one person walks the grants of what is broken, one after another. A container's chain
    // may be another one by the time its turn comes.
    "CREATE TABLE rounds (
        id TEXT PRIMARY KEY,
        organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
        operator_id TEXT NOT NULL,
        started_at BIGINT NOT NULL,
        stopped_at BIGINT,
        expires_at BIGINT NOT NULL
    )",
    "CREATE INDEX rounds_operator ON rounds (organisation_id, operator_id, started_at)",
    "CREATE INDEX rounds_expires_at ON rounds (expires_at)",
    "CREATE TABLE round_stops (
        round_id TEXT NOT NULL REFERENCES rounds (id) ON DELETE CASCADE,
        position BIGINT NOT NULL,
        container_id TEXT NOT NULL REFERENCES containers (id) ON DELETE CASCADE,
        others BIGINT NOT NULL,
        outcome TEXT,
        code TEXT,
        came TEXT,
        at BIGINT,
        PRIMARY KEY (round_id, position)
    )",
    "CREATE INDEX round_stops_container ON round_stops (container_id)",
    // What the gate spent of the provider's allowance. `subject` is what the allowance is for: an app
    // registration and a company, and for errors the user and the endpoint too, as a hash.
    "CREATE TABLE traffic (
        subject TEXT NOT NULL,
        span TEXT NOT NULL,
        starts_at BIGINT NOT NULL,
        organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
        spent BIGINT NOT NULL,
        blocked_until BIGINT,
        expires_at BIGINT NOT NULL,
        PRIMARY KEY (subject, span, starts_at)
    )",
    "CREATE INDEX traffic_expires_at ON traffic (expires_at)",
    // When a chain broke, whatever was tried since.
    "ALTER TABLE chains ADD COLUMN broke_at BIGINT",
    "UPDATE chains SET broke_at = since WHERE state IN ('broken', 'recovering')",
    // Sums by the hour, for charts; they outlive the journal's lines. `hour` is the moment at which it
    // begins, `millis` how long all of it took together.
    "CREATE TABLE hours (
        organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
        hour BIGINT NOT NULL,
        figure TEXT NOT NULL,
        code TEXT NOT NULL,
        amount BIGINT NOT NULL,
        millis BIGINT NOT NULL,
        PRIMARY KEY (organisation_id, hour, figure, code)
    )",
    "CREATE INDEX hours_hour ON hours (hour)",
    // Where alerts go; `secret` signs what is sent to a webhook.
    "CREATE TABLE alert_targets (
        id TEXT PRIMARY KEY,
        organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        address TEXT NOT NULL,
        secret {bytes},
        events TEXT NOT NULL,
        language TEXT NOT NULL,
        enabled BOOLEAN NOT NULL,
        created_at BIGINT NOT NULL,
        created_by TEXT NOT NULL
    )",
    "CREATE INDEX alert_targets_organisation ON alert_targets (organisation_id)",
    // What happened, once, whoever noticed it; `occasion` tells one event from the next.
    "CREATE TABLE alerts (
        id TEXT PRIMARY KEY,
        organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
        event TEXT NOT NULL,
        occasion TEXT NOT NULL,
        at BIGINT NOT NULL,
        body TEXT NOT NULL,
        expires_at BIGINT NOT NULL,
        UNIQUE (organisation_id, event, occasion)
    )",
    "CREATE INDEX alerts_expires_at ON alerts (expires_at)",
    "CREATE TABLE alert_deliveries (
        id TEXT PRIMARY KEY,
        alert_id TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
        target_id TEXT NOT NULL REFERENCES alert_targets (id) ON DELETE CASCADE,
        state TEXT NOT NULL,
        tries BIGINT NOT NULL,
        next_at BIGINT,
        owner TEXT,
        lease_until BIGINT,
        last_at BIGINT,
        last_answer TEXT,
        UNIQUE (alert_id, target_id)
    )",
    "CREATE INDEX alert_deliveries_next_at ON alert_deliveries (next_at)",
    // From which network address a grant was begun.
    "ALTER TABLE grants ADD COLUMN from_address TEXT",
    // The journal is a chain of hashes: `number` and `hash` are given, in order, after a line is
    // committed, so that no writer waits for another. The head is sealed.
    "ALTER TABLE journal ADD COLUMN number BIGINT",
    "ALTER TABLE journal ADD COLUMN hash TEXT",
    "CREATE UNIQUE INDEX journal_number ON journal (organisation_id, number)",
    "CREATE INDEX journal_unchained ON journal (organisation_id, at, id) WHERE number IS NULL",
    "CREATE TABLE journal_heads (
        id TEXT PRIMARY KEY REFERENCES organisations (id) ON DELETE CASCADE,
        number BIGINT NOT NULL,
        head {bytes} NOT NULL,
        base {bytes} NOT NULL,
        revision BIGINT NOT NULL
    )",
];
