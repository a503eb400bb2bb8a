//! Recovery credentials: the sealed sign-ins of chains, each with a key of its own.

use std::collections::HashMap;
use std::time::Duration;

use chain::{ChainId, OrganisationId, Time};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Statement, UpdateMany, Value,
};

use super::cells::{Cells, key, time};
use super::entity::credentials::{ActiveModel, Column, Entity, Model};
use super::error::exactly_one;
use super::{Purge, StoreError};

/// One sign-in as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id, to which everything sealed in it is bound.
    pub id: u128,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// The chain that it recovers.
    pub chain: ChainId,
    /// Its own key, sealed with the organisation's.
    pub data_key: Vec<u8>,
    /// The user name, sealed with its own key.
    pub user_name: Vec<u8>,
    /// The password, sealed with its own key.
    pub password: Vec<u8>,
    /// The secret of the one-time codes, sealed with its own key.
    pub totp_secret: Option<Vec<u8>>,
    /// Tells accounts apart without naming them.
    pub account: String,
    /// When it was stored.
    pub stored_at: Time,
    /// Who stored it.
    pub stored_by: String,
    /// From when on it is never used again.
    pub expires_at: Time,
    /// How many days ahead the newest warning of its end was.
    pub warned: Option<u32>,
    /// When the provider accepted the password first.
    pub proved_at: Option<Time>,
    /// When the password was sent, while the provider's answer is not known.
    pub password_sent_at: Option<Time>,
    /// When the provider refused the password.
    pub refused_at: Option<Time>,
    /// How many runs used it.
    pub uses: u32,
    /// When a run used it last.
    pub last_used_at: Option<Time>,
    /// When and in which time a run last mended the chain.
    pub last_recovery: Option<(Time, Duration)>,
}

/// The credentials with this id, expired ones too.
pub async fn find(db: &impl ConnectionTrait, id: u128) -> Result<Option<Row>, StoreError> {
    Entity::find_by_id(key(id)).one(db).await?.map(Row::try_from).transpose()
}

/// The chain's credentials, expired ones too.
pub async fn of_chain(db: &impl ConnectionTrait, chain: ChainId) -> Result<Option<Row>, StoreError> {
    Entity::find().filter(Column::ChainId.eq(chain.to_string())).one(db).await?.map(Row::try_from).transpose()
}

/// The chain's credentials, if they may still be used.
pub async fn usable(db: &impl ConnectionTrait, chain: ChainId, now: Time) -> Result<Option<Row>, StoreError> {
    Ok(of_chain(db, chain).await?.filter(|row| row.expires_at > now))
}

/// The organisation's chains that have credentials.
pub async fn chains_of(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
) -> Result<Vec<ChainId>, StoreError> {
    let found = Entity::find()
        .select_only()
        .column(Column::Id)
        .column(Column::ChainId)
        .filter(Column::OrganisationId.eq(organisation.to_string()));
    let rows: Vec<(String, String)> = found.into_tuple().all(db).await?;
    let read =
        |(row, chain): (String, String)| Cells { table: "credentials", row: &row }.parse("chain_id", &chain);
    rows.into_iter().map(read).collect()
}

/// When the usable credentials of these chains end; chains without any are left out.
pub async fn ends(
    db: &impl ConnectionTrait,
    chains: &[ChainId],
    now: Time,
) -> Result<HashMap<ChainId, Time>, StoreError> {
    let found = Entity::find()
        .select_only()
        .columns([Column::ChainId, Column::ExpiresAt])
        .filter(Column::ChainId.is_in(chains.iter().map(ChainId::to_string)))
        .filter(Column::ExpiresAt.gt(now.millis()));
    let found: Vec<(String, i64)> = found.into_tuple().all(db).await?;
    let end = |(chain, at): (String, i64)| {
        let cells = Cells { table: "credentials", row: &chain };
        Ok((cells.parse("chain_id", &chain)?, Time::from_millis(at)))
    };
    found.into_iter().map(end).collect()
}

/// Stores credentials of a chain that has none.
///
/// # Errors
/// [`StoreError::Taken`] if the chain has some.
pub async fn insert(db: &impl ConnectionTrait, new: &Row) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(key(new.id)),
        organisation_id: Set(new.organisation.to_string()),
        chain_id: Set(new.chain.to_string()),
        data_key: Set(new.data_key.clone()),
        user_name: Set(new.user_name.clone()),
        password: Set(new.password.clone()),
        totp_secret: Set(new.totp_secret.clone()),
        account: Set(new.account.clone()),
        stored_at: Set(new.stored_at.millis()),
        stored_by: Set(new.stored_by.clone()),
        expires_at: Set(new.expires_at.millis()),
        warned: Set(new.warned.map(i64::from)),
        proved_at: Set(new.proved_at.map(Time::millis)),
        password_sent_at: Set(new.password_sent_at.map(Time::millis)),
        refused_at: Set(new.refused_at.map(Time::millis)),
        uses: Set(new.uses.into()),
        last_used_at: Set(new.last_used_at.map(Time::millis)),
        last_recovered_at: Set(new.last_recovery.map(|(at, _)| at.millis())),
        last_duration_ms: Set(new.last_recovery.map(|(_, took)| millis(took))),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Deletes these credentials, and their key with them; says whether they were still there.
pub async fn delete(db: &impl ConnectionTrait, id: u128) -> Result<bool, StoreError> {
    Ok(Entity::delete_by_id(key(id)).exec(db).await?.rows_affected == 1)
}

/// Deletes the chain's credentials, whichever they are; says whether there were some.
pub async fn delete_of_chain(db: &impl ConnectionTrait, chain: ChainId) -> Result<bool, StoreError> {
    let deleted = Entity::delete_many().filter(Column::ChainId.eq(chain.to_string()));
    Ok(deleted.exec(db).await?.rows_affected == 1)
}

/// Chains that were not told yet that they have credentials.
pub async fn untold(db: &impl ConnectionTrait, purge: Purge) -> Result<Vec<ChainId>, StoreError> {
    let sql = "SELECT chain_id AS id FROM credentials WHERE expires_at > $1
        AND EXISTS (SELECT 1 FROM chains WHERE chains.id = chain_id AND chains.credentials = 'absent')
        LIMIT $2";
    chains(db, sql, [purge.now.millis().into(), limit(purge)]).await
}

/// Chains that were not told yet that their credentials are gone.
pub async fn forgotten(db: &impl ConnectionTrait, purge: Purge) -> Result<Vec<ChainId>, StoreError> {
    let sql = "SELECT id FROM chains WHERE credentials <> 'absent' AND created_at <= $1
        AND NOT EXISTS (SELECT 1 FROM credentials WHERE credentials.chain_id = chains.id)
        LIMIT $2";
    chains(db, sql, [purge.now.millis().into(), limit(purge)]).await
}

/// A run begins to use them.
pub async fn mark_used(db: &impl ConnectionTrait, id: u128, now: Time) -> Result<(), StoreError> {
    let change = Entity::update_many()
        .col_expr(Column::Uses, Expr::col(Column::Uses).add(1))
        .col_expr(Column::LastUsedAt, Expr::value(now.millis()));
    change_one(db, id, change).await
}

/// The password is about to leave; says `false`, and nothing may be sent, if it was refused before,
/// was sent before without a known answer, or is not to be used any more.
pub async fn mark_password_sent(db: &impl ConnectionTrait, id: u128, now: Time) -> Result<bool, StoreError> {
    let changed = Entity::update_many()
        .col_expr(Column::PasswordSentAt, Expr::value(now.millis()))
        .filter(Column::Id.eq(key(id)))
        .filter(Column::PasswordSentAt.is_null())
        .filter(Column::RefusedAt.is_null())
        .filter(Column::ExpiresAt.gt(now.millis()))
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}

/// The provider said whether the password that was sent is right.
pub async fn mark_password_answered(
    db: &impl ConnectionTrait,
    id: u128,
    accepted: bool,
    now: Time,
) -> Result<(), StoreError> {
    let first = |column: Column| Expr::col(column).if_null(now.millis());
    let column = if accepted { Column::ProvedAt } else { Column::RefusedAt };
    let change = Entity::update_many()
        .col_expr(Column::PasswordSentAt, Expr::value(Option::<i64>::None))
        .col_expr(column, first(column));
    change_one(db, id, change).await
}

/// The answer to a password that was accepted before is lost: it may be sent again.
pub async fn forget_password_sent(db: &impl ConnectionTrait, id: u128) -> Result<(), StoreError> {
    let none = Expr::value(Option::<i64>::None);
    change_one(db, id, Entity::update_many().col_expr(Column::PasswordSentAt, none)).await
}

/// A run with them mended the chain.
pub async fn mark_recovered(
    db: &impl ConnectionTrait,
    id: u128,
    now: Time,
    took: Duration,
) -> Result<(), StoreError> {
    let change = Entity::update_many()
        .col_expr(Column::LastRecoveredAt, Expr::value(now.millis()))
        .col_expr(Column::LastDurationMs, Expr::value(millis(took)));
    change_one(db, id, change).await
}

/// Those whose time is up, the longest overdue first.
pub async fn expired(db: &impl ConnectionTrait, purge: Purge) -> Result<Vec<Row>, StoreError> {
    let found = Entity::find()
        .filter(Column::ExpiresAt.lte(purge.now.millis()))
        .order_by_asc(Column::ExpiresAt)
        .limit(purge.limit);
    found.all(db).await?.into_iter().map(Row::try_from).collect()
}

/// Those that end within `days` and of which nobody was told so yet, or only earlier; those that
/// were stored for no longer than that are not among them.
pub async fn to_warn(db: &impl ConnectionTrait, days: u32, purge: Purge) -> Result<Vec<Row>, StoreError> {
    let ahead = days_long(days);
    let unwarned = Condition::any().add(Column::Warned.is_null()).add(Column::Warned.gt(i64::from(days)));
    let longer = Expr::col(Column::ExpiresAt).sub(Expr::col(Column::StoredAt)).gt(millis(ahead));
    let found = Entity::find()
        .filter(Column::ExpiresAt.gt(purge.now.millis()))
        .filter(Column::ExpiresAt.lte((purge.now + ahead).millis()))
        .filter(unwarned)
        .filter(longer)
        .order_by_asc(Column::ExpiresAt)
        .limit(purge.limit);
    found.all(db).await?.into_iter().map(Row::try_from).collect()
}

/// Notes that people are warned `days` ahead; `false` if somebody noted it before.
pub async fn mark_warned(db: &impl ConnectionTrait, id: u128, days: u32) -> Result<bool, StoreError> {
    let unwarned = Condition::any().add(Column::Warned.is_null()).add(Column::Warned.gt(i64::from(days)));
    let change = Entity::update_many().col_expr(Column::Warned, Expr::value(i64::from(days)));
    let changed = change.filter(Column::Id.eq(key(id))).filter(unwarned).exec(db).await?;
    Ok(changed.rows_affected == 1)
}

/// How many are there whose time is up.
pub async fn count_expired(db: &impl ConnectionTrait, now: Time) -> Result<u64, StoreError> {
    Ok(Entity::find().filter(Column::ExpiresAt.lte(now.millis())).count(db).await?)
}

/// So many days.
pub(crate) fn days_long(days: u32) -> Duration {
    Duration::from_secs(u64::from(days) * 86_400)
}

fn limit(purge: Purge) -> Value {
    i64::try_from(purge.limit).unwrap_or(i64::MAX).into()
}

async fn chains(
    db: &impl ConnectionTrait,
    sql: &str,
    values: [Value; 2],
) -> Result<Vec<ChainId>, StoreError> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let found = db.query_all_raw(statement).await?;
    let id = |row: sea_orm::QueryResult| {
        let id: String = row.try_get("", "id")?;
        Cells { table: "chains", row: &id }.parse("id", &id)
    };
    found.into_iter().map(id).collect()
}

async fn change_one(
    db: &impl ConnectionTrait,
    id: u128,
    change: UpdateMany<Entity>,
) -> Result<(), StoreError> {
    let changed = change.filter(Column::Id.eq(key(id))).exec(db).await?;
    exactly_one(changed.rows_affected, "credentials", key(id))
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl TryFrom<Model> for Row {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let cells = Cells { table: "credentials", row: &row.id };
        let took = row.last_duration_ms.map(|took| Duration::from_millis(u64::try_from(took).unwrap_or(0)));
        Ok(Self {
            id: cells.key(&row.id)?,
            organisation: cells.parse("organisation_id", &row.organisation_id)?,
            chain: cells.parse("chain_id", &row.chain_id)?,
            warned: row.warned.map(|days| cells.count("warned", days)).transpose()?,
            uses: cells.count("uses", row.uses)?,
            last_recovery: time(row.last_recovered_at).zip(took),
            data_key: row.data_key,
            user_name: row.user_name,
            password: row.password,
            totp_secret: row.totp_secret,
            account: row.account,
            stored_at: Time::from_millis(row.stored_at),
            stored_by: row.stored_by,
            expires_at: Time::from_millis(row.expires_at),
            proved_at: time(row.proved_at),
            password_sent_at: time(row.password_sent_at),
            refused_at: time(row.refused_at),
            last_used_at: time(row.last_used_at),
        })
    }
}
