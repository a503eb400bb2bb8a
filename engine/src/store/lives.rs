//! What there is of each kind, from when to when it lives, and how its end is brought forward.

use std::time::Duration;

use chain::{ChainId, OrganisationId, TO_RENEW, Time};
use policy::Kind;
use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};

use super::StoreError;
use super::cells::{Cells, time};
use super::policies::millis;

/// Where the things of a kind are.
struct Shelf {
    table: &'static str,
    key: &'static str,
    /// When one was made.
    made: &'static str,
    /// When it ends; `None` where that follows from when it was made and is not written.
    ends: Option<&'static str>,
    /// Which rows count; `$1` is the organisation.
    condition: &'static str,
    /// What is left at least to one whose end is brought forward.
    grace: Duration,
}

impl Shelf {
    /// When a row ends, in SQL; `life` counts where that is not written.
    fn ends(&self, life: Duration) -> String {
        self.ends.map_or_else(|| format!("{} + {}", self.made, millis(life)), str::to_owned)
    }

    /// When a row ends that lives so long, in SQL; `$2` is now and `$3` the lifetime.
    fn shortened(&self) -> String {
        let (made, grace) = (self.made, millis(self.grace));
        if self.grace.is_zero() {
            return format!("{made} + $3");
        }
        format!("CASE WHEN {made} + $3 < $2 + {grace} THEN $2 + {grace} ELSE {made} + $3 END")
    }
}

const fn shelf(kind: Kind) -> Shelf {
    let (table, key, made, condition) = match kind {
        Kind::UpstreamLink => (
            "links",
            "id",
            "received_at",
            "standing <> 'superseded' AND chain_id IN (SELECT id FROM chains WHERE organisation_id = $1)",
        ),
        Kind::ConsumerKey => ("consumers", "id", "created_at", "organisation_id = $1 AND revoked_at IS NULL"),
        Kind::AccessToken => (
            "issued_tokens",
            "hash",
            "issued_at",
            "kind = 'access_token' AND revoked_at IS NULL AND superseded_at IS NULL AND family_id IN
                (SELECT id FROM token_families WHERE organisation_id = $1 AND ended_at IS NULL)",
        ),
        Kind::RefreshToken => (
            "issued_tokens",
            "hash",
            "issued_at",
            "kind = 'refresh_token' AND revoked_at IS NULL AND superseded_at IS NULL AND family_id IN
                (SELECT id FROM token_families WHERE organisation_id = $1 AND ended_at IS NULL)",
        ),
        Kind::Credential => ("credentials", "id", "stored_at", "organisation_id = $1"),
        // Whose a session is, only its cookie can say: it ends by the strictest organisation.
        Kind::Session => ("sessions", "id", "born_at", "CAST($1 AS TEXT) IS NOT NULL"),
        // What a recovery run walks by itself is bounded by the run.
        Kind::OneTimeState => (
            "grants",
            "id",
            "created_at",
            "organisation_id = $1 AND used_at IS NULL AND target_chain_id IS NULL",
        ),
        Kind::Journal => ("journal", "id", "at", "organisation_id = $1"),
    };
    let ends = match kind {
        Kind::Journal => None,
        Kind::UpstreamLink
        | Kind::ConsumerKey
        | Kind::AccessToken
        | Kind::RefreshToken
        | Kind::Credential
        | Kind::Session
        | Kind::OneTimeState => Some("expires_at"),
    };
    // A chain renews such a link first.
    let grace = if matches!(kind, Kind::UpstreamLink) { TO_RENEW } else { Duration::ZERO };
    Shelf { table, key, made, ends, condition, grace }
}

/// How many things of a kind live, and how old they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Living {
    /// How many.
    pub amount: u64,
    /// When the oldest was made.
    pub oldest: Option<Time>,
    /// When the newest was made.
    pub newest: Option<Time>,
}

/// Whom a lifetime would reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// How many would end earlier.
    pub amount: u64,
    /// How many of them at once.
    pub at_once: u64,
    /// When the first of them would end; in the past for one that ends at once.
    pub first: Option<Time>,
    /// When the last of them would end.
    pub last: Option<Time>,
}

/// What lives of a kind; `life` is how long things live whose end is not written.
pub async fn living(
    db: &impl ConnectionTrait,
    kind: Kind,
    organisation: OrganisationId,
    now: Time,
    life: Duration,
) -> Result<Living, StoreError> {
    let shelf = shelf(kind);
    let (Shelf { table, made, condition, .. }, ends) = (&shelf, shelf.ends(life));
    let sql = format!(
        "SELECT COUNT(*) AS amount, MIN({made}) AS oldest, MAX({made}) AS newest
        FROM {table} WHERE {condition} AND {ends} > $2"
    );
    let values = [organisation.to_string().into(), now.millis().into()];
    let Some(row) = one(db, sql, values).await? else { return Ok(Living::default()) };
    Ok(Living {
        amount: amount(&row, "amount")?,
        oldest: time(row.try_get("", "oldest")?),
        newest: time(row.try_get("", "newest")?),
    })
}

/// Whom it would reach if things of a kind lived so long; `before` is how long those live whose end is not
/// written.
pub async fn reached(
    db: &impl ConnectionTrait,
    kind: Kind,
    organisation: OrganisationId,
    now: Time,
    (before, life): (Duration, Duration),
) -> Result<Reached, StoreError> {
    let shelf = shelf(kind);
    let (Shelf { table, condition, .. }, ends, end) = (&shelf, shelf.ends(before), shelf.shortened());
    let sql = format!(
        "SELECT COUNT(*) AS amount, MIN({end}) AS first, MAX({end}) AS last,
            COUNT(CASE WHEN {end} <= $2 THEN 1 END) AS at_once
        FROM {table} WHERE {condition} AND {ends} > $2 AND {ends} > {end}"
    );
    let values = [organisation.to_string().into(), now.millis().into(), millis(life).into()];
    let Some(row) = one(db, sql, values).await? else { return Ok(Reached::default()) };
    Ok(Reached {
        amount: amount(&row, "amount")?,
        at_once: amount(&row, "at_once")?,
        first: time(row.try_get("", "first")?),
        last: time(row.try_get("", "last")?),
    })
}

/// Lets things of a kind that would live longer end so long after they were made, at most `limit` of them;
/// says how many. None lives longer because of it, so doing it again is doing nothing.
pub async fn shorten(
    db: &impl ConnectionTrait,
    kind: Kind,
    organisation: OrganisationId,
    now: Time,
    life: Duration,
    limit: u64,
) -> Result<u64, StoreError> {
    let shelf = shelf(kind);
    let Some(ends) = shelf.ends else { return Ok(0) };
    let (Shelf { table, key, condition, .. }, end) = (&shelf, shelf.shortened());
    let values = || [organisation.to_string().into(), now.millis().into(), millis(life).into()];
    let too_long = format!("{condition} AND {ends} > {end}");
    // Mostly there is none, and looking takes nobody's turn to write.
    let any = format!("SELECT 1 AS one FROM {table} WHERE {too_long} LIMIT 1");
    if one(db, any, values()).await?.is_none() {
        return Ok(0);
    }
    let sql = format!(
        "UPDATE {table} SET {ends} = {end}
        WHERE {key} IN (SELECT {key} FROM {table} WHERE {too_long} LIMIT {limit}) AND {ends} > {end}"
    );
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values());
    Ok(db.execute_raw(statement).await?.rows_affected())
}

/// Lets families of tokens that would last longer end so long after they began, at most `limit` of them; says
/// how many.
pub async fn shorten_families(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    life: Duration,
    limit: u64,
) -> Result<u64, StoreError> {
    let sql = "UPDATE token_families SET expires_at = created_at + $2 WHERE id IN (
            SELECT id FROM token_families WHERE organisation_id = $1 AND expires_at > created_at + $2 LIMIT $3
        ) AND expires_at > created_at + $2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [organisation.to_string().into(), millis(life).into(), limit.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(db.execute_raw(statement).await?.rows_affected())
}

/// Chains that believe their link lives longer than this from its receiving, those apart that have no more
/// left than the time to renew it; by their ids, from behind `after`.
pub async fn long_lived_chains(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    now: Time,
    life: Duration,
    after: Option<ChainId>,
    limit: u64,
) -> Result<Vec<ChainId>, StoreError> {
    let sql = "SELECT id FROM chains WHERE organisation_id = $1 AND refresh_until > received_at + $2
        AND refresh_until > $3 AND id > $4 ORDER BY id LIMIT $5";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let until = (now + TO_RENEW).millis();
    let after = after.map_or_else(String::new, |id| id.to_string());
    let values =
        [organisation.to_string().into(), millis(life).into(), until.into(), after.into(), limit.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let id = |row: QueryResult| {
        let id: String = row.try_get("", "id")?;
        Cells { table: "chains", row: &id }.parse("id", &id)
    };
    db.query_all_raw(statement).await?.into_iter().map(id).collect()
}

async fn one<const N: usize>(
    db: &impl ConnectionTrait,
    sql: String,
    values: [Value; N],
) -> Result<Option<QueryResult>, StoreError> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(db.query_one_raw(statement).await?)
}

fn amount(row: &QueryResult, column: &str) -> Result<u64, StoreError> {
    let amount: i64 = row.try_get("", column)?;
    Ok(u64::try_from(amount).unwrap_or(0))
}
