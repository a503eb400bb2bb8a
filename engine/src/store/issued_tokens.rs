//! Tokens that Evergrant issues, each kept as the SHA-256 of its text.
//!
//! The end of a token is brought forward when it is superseded or revoked, so that one index finds all
//! that is over.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use chain::Time;
use sea_orm::ActiveValue::Set;
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult, QueryResult, Statement};

use super::cells::{Cells, key, time, words};
use super::entity::issued_tokens::{ActiveModel, Entity, Model};
use super::entity::{consumers as consumers_entity, token_families as families_entity};
use super::reach::columns;
use super::{StoreError, consumers, padded, token_families};

/// The SHA-256 of a token.
pub type Hash = [u8; 32];

words! {
    /// What a token is for.
    TokenKind {
        /// It opens what its consumer's key opens.
        Access = "access_token",
        /// It is exchanged for the next pair, once.
        Refresh = "refresh_token",
    }
}

/// One token as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its hash.
    pub hash: Hash,
    /// The family it belongs to.
    pub family: u128,
    /// What it is for.
    pub kind: TokenKind,
    /// The slugs of the databases that it reaches, separated by spaces; `None` for all of its family's.
    pub databases: Option<String>,
    /// When it was issued.
    pub issued_at: Time,
    /// When it ends; for one that is superseded, when that is forgotten.
    pub expires_at: Time,
    /// When another one took its place.
    pub superseded_at: Option<Time>,
    /// Which one, until that was asked for once more.
    pub successor: Option<Hash>,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
}

/// A token with all that decides whether it still opens something.
#[derive(Clone, Debug)]
pub struct Found {
    /// The token.
    pub token: Row,
    /// Its family.
    pub family: token_families::Row,
    /// Whose it is.
    pub consumer: Arc<consumers::Row>,
}

/// How the columns of each table begin in the result.
const TOKEN: &str = "t_";
const FAMILY: &str = "f_";
const CONSUMER: &str = "c_";

static FIND: LazyLock<String> = LazyLock::new(|| {
    let mut sql = "SELECT 1 AS one".to_owned();
    columns::<Entity>(&mut sql, "token", TOKEN);
    columns::<families_entity::Entity>(&mut sql, "family", FAMILY);
    columns::<consumers_entity::Entity>(&mut sql, "consumer", CONSUMER);
    sql.push_str(
        " FROM issued_tokens token JOIN token_families family ON family.id = token.family_id
        JOIN consumers consumer ON consumer.id = family.consumer_id WHERE token.hash IN (",
    );
    sql
});

/// The token with this hash, whatever became of it.
pub async fn find(db: &impl ConnectionTrait, hash: &Hash) -> Result<Option<Arc<Found>>, StoreError> {
    Ok(find_all(db, vec![*hash]).await?.remove(hash))
}

/// The tokens with these hashes, whatever became of them.
pub async fn find_all(
    db: &impl ConnectionTrait,
    hashes: Vec<Hash>,
) -> Result<HashMap<Hash, Arc<Found>>, StoreError> {
    let hashes = padded(hashes);
    let mut sql = FIND.clone();
    for place in 1..=hashes.len() {
        let _ = write!(sql, "{}${place}", if place == 1 { "" } else { ", " });
    }
    sql.push(')');
    let values = hashes.into_iter().map(|hash| hash.to_vec().into());
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = db.query_all_raw(statement).await?;
    rows.iter().map(|row| found(row).map(|found| (found.token.hash, Arc::new(found)))).collect()
}

fn found(row: &QueryResult) -> Result<Found, StoreError> {
    let token = Model::from_query_result(row, TOKEN)?;
    let family = families_entity::Model::from_query_result(row, FAMILY)?;
    let consumer = consumers_entity::Model::from_query_result(row, CONSUMER)?;
    let consumer = Arc::new(consumer.try_into()?);
    Ok(Found { token: token.try_into()?, family: family.try_into()?, consumer })
}

/// Adds tokens.
pub async fn insert(db: &impl ConnectionTrait, new: impl Iterator<Item = &Row>) -> Result<(), StoreError> {
    let rows = new.map(|row| ActiveModel {
        hash: Set(row.hash.to_vec()),
        family_id: Set(key(row.family)),
        kind: Set(row.kind.as_str().to_owned()),
        databases: Set(row.databases.clone()),
        issued_at: Set(row.issued_at.millis()),
        expires_at: Set(row.expires_at.millis()),
        superseded_at: Set(row.superseded_at.map(Time::millis)),
        successor: Set(row.successor.map(|hash| hash.to_vec())),
        revoked_at: Set(row.revoked_at.map(Time::millis)),
    });
    Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

/// Puts another token in the place of this one, which is remembered until `until`; of all who try, one
/// does. Without a successor nobody can ask for it once more.
pub async fn supersede(
    db: &impl ConnectionTrait,
    hash: &Hash,
    successor: Option<&Hash>,
    at: Time,
    until: Time,
) -> Result<bool, StoreError> {
    let sql = "UPDATE issued_tokens SET superseded_at = $2, successor = $3,
            expires_at = CASE WHEN expires_at > $4 THEN $4 ELSE expires_at END
        WHERE hash = $1 AND superseded_at IS NULL AND revoked_at IS NULL";
    let successor = successor.map(|hash| hash.to_vec());
    let values = [hash.to_vec().into(), at.millis().into(), successor.into(), until.millis().into()];
    let changed = db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values));
    Ok(changed.await?.rows_affected() == 1)
}

/// Notes that the successor of a token was asked for once more; of all who try, one does.
pub async fn forget_successor(
    db: &impl ConnectionTrait,
    hash: &Hash,
    successor: &Hash,
) -> Result<bool, StoreError> {
    let sql = "UPDATE issued_tokens SET successor = NULL WHERE hash = $1 AND successor = $2";
    let values = [hash.to_vec().into(), successor.to_vec().into()];
    let changed = db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values));
    Ok(changed.await?.rows_affected() == 1)
}

/// Revokes a token alone; says whether it was not revoked yet.
pub async fn revoke(db: &impl ConnectionTrait, hash: &Hash, at: Time) -> Result<bool, StoreError> {
    let sql = "UPDATE issued_tokens SET revoked_at = $2,
            expires_at = CASE WHEN expires_at > $2 THEN $2 ELSE expires_at END
        WHERE hash = $1 AND revoked_at IS NULL";
    let values = [hash.to_vec().into(), at.millis().into()];
    let changed = db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values));
    Ok(changed.await?.rows_affected() == 1)
}

impl TryFrom<Model> for Row {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        // Its hash is no secret, but nobody looks for a token by it either.
        let cells = Cells { table: "issued_tokens", row: &row.family_id };
        let hash = |column: &str, bytes: &[u8]| {
            Hash::try_from(bytes).map_err(|_| cells.impossible(format!("{column} has {} bytes", bytes.len())))
        };
        Ok(Self {
            hash: hash("hash", &row.hash)?,
            family: cells.key(&row.family_id)?,
            kind: cells.word("kind", &row.kind, TokenKind::from_word)?,
            databases: row.databases,
            issued_at: Time::from_millis(row.issued_at),
            expires_at: Time::from_millis(row.expires_at),
            superseded_at: time(row.superseded_at),
            successor: row.successor.as_deref().map(|bytes| hash("successor", bytes)).transpose()?,
            revoked_at: time(row.revoked_at),
        })
    }
}
