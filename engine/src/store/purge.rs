//! What goes, and why: independent criteria, each a condition on one table. Counting and taking use the same
//! condition, so that a dry run says what a purge then does.

mod families;
mod rules;

pub use families::count as count_families;
pub use rules::RULES;

use chain::Time;
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

use super::cells::words;
use super::{Purge, StoreError};

words! {
    /// What goes.
    What {
        /// A link of an upstream chain.
        UpstreamLink = "upstream_link",
        /// A consumer with its key.
        ConsumerKey = "consumer_key",
        /// An access token that was issued.
        AccessToken = "access_token",
        /// A refresh token that was issued.
        RefreshToken = "refresh_token",
        /// What tokens that follow one another have in common.
        TokenFamily = "token_family",
        /// A stored sign-in for auto-recovery.
        Credential = "credential",
        /// An operator's session.
        Session = "session",
        /// A grant, with its state.
        OneTimeState = "one_time_state",
        /// A line of the journal.
        Journal = "journal",
        /// A kept answer of a provider.
        Answer = "answer",
        /// The link for the first operator.
        SetupLink = "setup_link",
        /// A run of auto-recovery.
        RecoveryRun = "recovery_run",
        /// A round of renewals.
        Round = "round",
        /// What the gate spent of an allowance.
        Traffic = "traffic",
        /// That a one-time code was used.
        OneTimePeriod = "one_time_period",
        /// An alert with its deliveries.
        Alert = "alert",
        /// A sum of one hour.
        Figure = "figure",
        /// A chain that no container points at.
        Chain = "chain",
    }
}

words! {
    /// Why it goes.
    Criterion {
        /// Its time is up.
        Expired = "expired",
        /// Somebody revoked it.
        Revoked = "revoked",
        /// Another one took its place.
        Superseded = "superseded",
        /// What it belonged to is gone.
        Orphaned = "orphaned",
    }
}

/// One criterion of one table.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// What goes.
    pub what: What,
    /// Why.
    pub criterion: Criterion,
    table: &'static str,
    /// The columns of its primary key.
    key: &'static str,
    /// Which rows; `$1` is the number that `moment` makes.
    condition: &'static str,
    /// What `$1` is at a moment; milliseconds for all but one.
    moment: fn(Time) -> i64,
    /// Whether the rows are tokens, whose families go with the last of them.
    tokens: bool,
}

/// What one batch took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Rows of the rule.
    pub rows: u64,
    /// Families whose last token was among them.
    pub families: u64,
}

/// How many rows meet the criterion.
pub async fn count(db: &impl ConnectionTrait, rule: &Rule, now: Time) -> Result<u64, StoreError> {
    let Rule { table, condition, moment, .. } = rule;
    let sql = format!("SELECT COUNT(*) AS amount FROM {table} WHERE {condition}");
    amount(db, sql, vec![moment(now).into()]).await
}

/// Whether any row meets the criterion; takes no lock.
pub async fn any(db: &impl ConnectionTrait, rule: &Rule, now: Time) -> Result<bool, StoreError> {
    let Rule { table, condition, moment, .. } = rule;
    let sql = format!("SELECT 1 AS amount FROM {table} WHERE {condition} LIMIT 1");
    let values = [moment(now).into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(db.query_one_raw(statement).await?.is_some())
}

/// Removes rows that meet the criterion, at most as many as the purge allows.
pub async fn take(db: &impl ConnectionTrait, rule: &Rule, purge: Purge) -> Result<Taken, StoreError> {
    let Rule { table, key, condition, moment, .. } = rule;
    // What another replica removes at this moment is left to it.
    let skip = if db.get_database_backend() == DbBackend::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "DELETE FROM {table} WHERE {} IN (SELECT {key} FROM {table} WHERE {condition} LIMIT $2 {skip})",
        if key.contains(',') { format!("({key})") } else { (*key).to_owned() }
    );
    let values = [moment(purge.now).into(), limit(purge)];
    if rule.tokens {
        return families::take(db, sql, values).await;
    }
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(Taken { rows: db.execute_raw(statement).await?.rows_affected(), families: 0 })
}

/// Removes rows of one kind by each of its criteria; says how many.
pub async fn take_all_of(db: &impl ConnectionTrait, what: What, purge: Purge) -> Result<u64, StoreError> {
    let mut gone = 0;
    for rule in RULES.iter().filter(|rule| rule.what == what) {
        gone += take(db, rule, purge).await?.rows;
    }
    Ok(gone)
}

async fn amount(db: &impl ConnectionTrait, sql: String, values: Vec<Value>) -> Result<u64, StoreError> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let row = db.query_one_raw(statement).await?;
    let amount: i64 = row.map_or(Ok(0), |row| row.try_get("", "amount"))?;
    Ok(u64::try_from(amount).unwrap_or(0))
}

fn limit(purge: Purge) -> Value {
    i64::try_from(purge.limit).unwrap_or(i64::MAX).into()
}
