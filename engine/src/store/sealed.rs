//! Every column that holds something sealed with an organisation's key, for rotation.
//!
//! A sealed value begins with one byte of layout and the sixteen bytes of its key's id, so the store
//! itself can say which rows name a key.

use std::collections::BTreeMap;

use chain::{ChainId, OrganisationId};
use sea_orm::{ConnectionTrait, QueryResult, Statement};

use super::StoreError;
use super::cells::{Cells, key};
use super::keys::Purpose;

/// A column of sealed values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The refresh tokens of links.
    RefreshToken,
    /// The access tokens of links.
    AccessToken,
    /// The raw answers of token endpoints.
    Answer,
    /// The secrets of app registrations.
    ClientSecret,
    /// The PKCE verifiers of grants.
    Verifier,
    /// The keys of recovery credentials.
    CredentialKey,
    /// The last line of a journal.
    JournalHead,
    /// The line before the first of a journal.
    JournalBase,
    /// What signs the alerts to webhooks.
    WebhookSecret,
}

/// One sealed value and where it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The row's id.
    pub id: u128,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// The chain that the row belongs to, where it belongs to one.
    pub chain: Option<ChainId>,
    /// The sealed value.
    pub value: Vec<u8>,
}

impl Column {
    /// Every such column.
    pub const ALL: [Self; 9] = [
        Self::RefreshToken,
        Self::AccessToken,
        Self::Answer,
        Self::ClientSecret,
        Self::Verifier,
        Self::CredentialKey,
        Self::JournalHead,
        Self::JournalBase,
        Self::WebhookSecret,
    ];

    /// The table.
    pub const fn table(self) -> &'static str {
        match self {
            Self::RefreshToken | Self::AccessToken => "links",
            Self::Answer => "answers",
            Self::ClientSecret => "registrations",
            Self::Verifier => "grants",
            Self::CredentialKey => "credentials",
            Self::JournalHead | Self::JournalBase => "journal_heads",
            Self::WebhookSecret => "alert_targets",
        }
    }

    /// The column's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RefreshToken => "refresh_token",
            Self::AccessToken => "access_token",
            Self::Answer => "body",
            Self::ClientSecret => "client_secret",
            Self::Verifier => "verifier",
            Self::CredentialKey => "data_key",
            Self::JournalHead => "head",
            Self::JournalBase => "base",
            Self::WebhookSecret => "secret",
        }
    }

    /// What the keys are for that seal it.
    pub const fn purpose(self) -> Purpose {
        match self {
            Self::RefreshToken
            | Self::AccessToken
            | Self::Answer
            | Self::ClientSecret
            | Self::Verifier
            | Self::JournalHead
            | Self::JournalBase
            | Self::WebhookSecret => Purpose::Tokens,
            Self::CredentialKey => Purpose::Recovery,
        }
    }

    /// The tables to read from, where the organisation stands, and where the chain does.
    const fn sources(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::RefreshToken | Self::AccessToken => {
                ("links JOIN chains ON chains.id = links.chain_id", "chains.organisation_id", "chains.id")
            }
            Self::Answer => {
                ("answers JOIN chains ON chains.id = answers.chain_id", "chains.organisation_id", "chains.id")
            }
            Self::ClientSecret => ("registrations", "registrations.organisation_id", "NULL"),
            Self::Verifier => ("grants", "grants.organisation_id", "grants.chain_id"),
            // An organisation has one, under its own id.
            Self::JournalHead | Self::JournalBase => ("journal_heads", "journal_heads.id", "NULL"),
            Self::CredentialKey => ("credentials", "credentials.organisation_id", "credentials.chain_id"),
            Self::WebhookSecret => ("alert_targets", "alert_targets.organisation_id", "NULL"),
        }
    }
}

/// Values that name a key, in the order of their rows' ids, from the row behind `after` on.
pub async fn naming(
    db: &impl ConnectionTrait,
    column: Column,
    by: u128,
    after: Option<u128>,
    limit: u64,
) -> Result<Vec<Cell>, StoreError> {
    let (sources, organisation, chain) = column.sources();
    let (table, name) = (column.table(), column.name());
    let sql = format!(
        "SELECT {table}.id AS id, {organisation} AS organisation, {chain} AS chain, {table}.{name} AS value
        FROM {sources} WHERE substr({table}.{name}, 2, 16) = $1 AND {table}.id > $2
        ORDER BY {table}.id LIMIT $3"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [by.to_be_bytes().to_vec().into(), after.map_or_else(String::new, key).into(), limit.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    db.query_all_raw(statement).await?.into_iter().map(|row| cell(table, &row)).collect()
}

/// Puts another sealed value in place of one, unless somebody changed it; says whether it did.
pub async fn replace(
    db: &impl ConnectionTrait,
    column: Column,
    before: &Cell,
    value: Vec<u8>,
) -> Result<bool, StoreError> {
    let (table, name) = (column.table(), column.name());
    let sql = format!("UPDATE {table} SET {name} = $1 WHERE id = $2 AND {name} = $3");
    let values = [value.into(), key(before.id).into(), before.value.clone().into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(db.execute_raw(statement).await?.rows_affected() == 1)
}

/// How many values name each key.
pub async fn count(db: &impl ConnectionTrait) -> Result<BTreeMap<u128, u64>, StoreError> {
    let mut by_key = BTreeMap::new();
    for column in Column::ALL {
        let (table, name) = (column.table(), column.name());
        let sql = format!(
            "SELECT substr({name}, 2, 16) AS named, COUNT(*) AS many
            FROM {table} WHERE {name} IS NOT NULL GROUP BY substr({name}, 2, 16)"
        );
        let statement = Statement::from_string(db.get_database_backend(), sql);
        for row in db.query_all_raw(statement).await? {
            let named: Vec<u8> = row.try_get("", "named")?;
            let many: i64 = row.try_get("", "many")?;
            if let Ok(id) = <[u8; 16]>::try_from(named.as_slice()) {
                *by_key.entry(u128::from_be_bytes(id)).or_default() += u64::try_from(many).unwrap_or(0);
            }
        }
    }
    Ok(by_key)
}

fn cell(table: &'static str, row: &QueryResult) -> Result<Cell, StoreError> {
    let id: String = row.try_get("", "id")?;
    let organisation: String = row.try_get("", "organisation")?;
    let chain: Option<String> = row.try_get("", "chain")?;
    let cells = Cells { table, row: &id };
    Ok(Cell {
        id: cells.key(&id)?,
        organisation: cells.parse("organisation_id", &organisation)?,
        chain: cells.parse_if("chain_id", chain.as_deref())?,
        value: row.try_get("", "value")?,
    })
}
