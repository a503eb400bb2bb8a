//! One-time codes that were used: the newest period of each account.

use chain::OrganisationId;
use sea_orm::{ConnectionTrait, Statement};

use super::StoreError;

/// Reserves a period of an account; `false` if it, or a later one, was reserved before.
///
/// One statement: of any number that ask for the same period, one gets it.
pub async fn reserve(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    account: &str,
    period: i64,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO one_time_periods (account, organisation_id, period) VALUES ($1, $2, $3)
        ON CONFLICT (account) DO UPDATE SET period = excluded.period
        WHERE one_time_periods.period < excluded.period";
    let values = [account.into(), organisation.to_string().into(), period.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(db.execute_raw(statement).await?.rows_affected() == 1)
}
