//! Programs and their keys, as an operator gives and takes them.

use std::collections::HashMap;

use chain::{ConsumerId, Time};
use policy::{Bounds, Kind};

use super::form::{FormError, Problem, invalid, words};
use super::{Operator, PolicyForm};
use crate::consumer::{fresh, shown};
use crate::guard::secret::ConsumerKey;
use crate::store::credentials::days_long;
use crate::store::{self, StoreError, consumers, databases};
use crate::view::{ConsumerStanding, ConsumerView, KeyLife, ReachableDatabase, Retention, days_whole};
use crate::{journal, random};

/// A consumer as it is entered.
#[derive(Clone, Debug)]
pub struct ConsumerForm {
    /// Its name.
    pub name: String,
    /// The slugs of the databases that its key reaches; `None` for all, those to come included.
    pub databases: Option<Vec<String>>,
    /// How many days its key works; `None` for as many as usual.
    pub days: Option<u32>,
}

impl Operator {
    /// Every consumer of the organisation, by name; those whose key ended are there for 30 days.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn consumers(&self) -> Result<Vec<ConsumerView>, StoreError> {
        let db = &self.engine.inner.db;
        let rows = consumers::all(db, self.organisation).await?;
        let mut scopes = consumers::scopes(db, self.organisation).await?;
        let now = self.engine.now();
        Ok(rows.into_iter().map(|row| view(row, &mut scopes, now)).collect())
    }

    /// The consumer with this id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn consumer(&self, id: ConsumerId) -> Result<Option<ConsumerView>, StoreError> {
        let db = &self.engine.inner.db;
        let Some(row) = consumers::in_organisation(db, self.organisation, id).await? else { return Ok(None) };
        let mut scopes = consumers::scopes(db, self.organisation).await?;
        Ok(Some(view(row, &mut scopes, self.engine.now())))
    }

    /// Adds a consumer; its key is told this once, and stored as a hash only.
    ///
    /// # Errors
    /// See [`FormError`].
    pub async fn add_consumer(&self, form: ConsumerForm) -> Result<(ConsumerView, ConsumerKey), FormError> {
        let db = &self.engine.inner.db;
        let name = words("name", &form.name, 100)?;
        let Retention { least, usual, most } = Retention::of(&self.policy(Kind::ConsumerKey).await?);
        let days = form.days.unwrap_or(usual);
        if !(least..=most).contains(&days) {
            return Err(invalid("days", Problem::OutOfBounds { least, most }));
        }
        let scope = match &form.databases {
            Some(slugs) => self.scope(slugs).await?,
            None => Vec::new(),
        };
        let (key, now) = (fresh(), self.engine.now());
        let row = consumers::Row {
            id: ConsumerId(store::new_id(&self.engine.inner.clock)),
            organisation: self.organisation,
            name,
            shown: shown(&key),
            all_databases: form.databases.is_none(),
            created_at: now,
            created_by: self.name().to_owned(),
            expires_at: now + days_long(days),
            revoked_at: None,
            revoked_by: None,
            last_used_at: None,
            last_used_from: None,
        };
        let ids: Vec<_> = scope.iter().map(|row| row.id).collect();
        let reaches = if row.all_databases { "every database".to_owned() } else { slugs(&scope) };
        let length = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
        let detail = Some(format!("{} ({}…), for {reaches}, {length}", row.name, row.shown));
        let entry =
            journal::setting(&self.engine, self.organisation, &self.actor(), "consumer_added", detail);
        let txn = store::begin(db).await?;
        consumers::insert(&txn, &row, &random::fingerprint(key.expose()), &ids).await?;
        store::journal::append(&txn, &entry).await?;
        txn.commit().await.map_err(StoreError::from)?;
        let reachable = |row: databases::Row| (row.slug, row.name);
        let mut scopes = HashMap::from([(row.id, scope.into_iter().map(reachable).collect())]);
        Ok((view(row, &mut scopes, now), key))
    }

    /// Revokes a consumer's key: the next request with it is refused, by every replica.
    ///
    /// # Errors
    /// See [`FormError`]; revoking once more is none.
    pub async fn revoke_consumer(&self, id: ConsumerId) -> Result<ConsumerView, FormError> {
        // What is committed ends what is kept of the key, even when the caller hangs up in between.
        let operator = self.clone();
        let revoked = self.engine.begin(async move { operator.revoke(id).await });
        revoked.await.unwrap_or(Err(FormError::NotFound))?;
        self.consumer(id).await?.ok_or(FormError::NotFound)
    }

    async fn revoke(&self, id: ConsumerId) -> Result<(), FormError> {
        let db = &self.engine.inner.db;
        let row = consumers::in_organisation(db, self.organisation, id).await?.ok_or(FormError::NotFound)?;
        let detail = Some(format!("{} ({}…)", row.name, row.shown));
        let entry =
            journal::setting(&self.engine, self.organisation, &self.actor(), "consumer_revoked", detail);
        let txn = store::begin(db).await?;
        if consumers::revoke(&txn, id, self.engine.now(), self.name()).await? {
            store::journal::append(&txn, &entry).await?;
        }
        let committed = txn.commit().await.map_err(StoreError::from);
        self.engine.inner.kept.end();
        Ok(committed?)
    }

    /// How long the organisation's consumer keys work.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn key_life(&self) -> Result<KeyLife, StoreError> {
        Ok(KeyLife::of(&self.policy(Kind::ConsumerKey).await?))
    }

    /// Says how long consumer keys work; those that would work for longer than the most end earlier from
    /// now on.
    ///
    /// # Errors
    /// See [`FormError`].
    pub async fn set_key_life(&self, life: KeyLife) -> Result<(), FormError> {
        let longest = days_whole(Kind::ConsumerKey.outermost().most);
        for (field, days, most) in [("most", life.most, longest), ("usual", life.usual, life.most)] {
            if !(1..=most).contains(&days) {
                return Err(invalid(field, Problem::OutOfBounds { least: 1, most }));
            }
        }
        let bounds = Bounds { least: days_long(1), most: days_long(life.most) };
        let detail = format!("{} days, at most {}", life.usual, life.most);
        let form = PolicyForm { lifetime: days_long(life.usual).into(), bounds };
        self.write_policy(Kind::ConsumerKey, form, "key_life_changed", detail).await
    }

    /// The databases with these slugs; at least one, and each of them there.
    async fn scope(&self, slugs: &[String]) -> Result<Vec<databases::Row>, FormError> {
        if slugs.is_empty() {
            return Err(invalid("databases", Problem::Empty));
        }
        let mut scope: Vec<databases::Row> = Vec::with_capacity(slugs.len());
        for slug in slugs {
            let row = databases::by_slug(&self.engine.inner.db, self.organisation, slug.trim()).await?;
            let row = row.ok_or(invalid("databases", Problem::Unknown))?;
            if scope.iter().all(|known| known.id != row.id) {
                scope.push(row);
            }
        }
        Ok(scope)
    }
}

/// The slugs, as many as fit in a line.
fn slugs(scope: &[databases::Row]) -> String {
    const MOST: usize = 5;
    let named: Vec<&str> = scope.iter().take(MOST).map(|row| row.slug.as_str()).collect();
    match scope.len().saturating_sub(MOST) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

fn view(
    row: consumers::Row,
    scopes: &mut HashMap<ConsumerId, Vec<(String, String)>>,
    now: Time,
) -> ConsumerView {
    let reachable = |(slug, name)| ReachableDatabase { slug, name };
    let databases = (!row.all_databases)
        .then(|| scopes.remove(&row.id).unwrap_or_default().into_iter().map(reachable).collect());
    ConsumerView {
        standing: match row.revoked_at {
            Some(_) => ConsumerStanding::Revoked,
            None if row.expires_at <= now => ConsumerStanding::Expired,
            None => ConsumerStanding::Active,
        },
        databases,
        id: row.id,
        name: row.name,
        shown: row.shown,
        created_at: row.created_at,
        created_by: row.created_by,
        expires_at: row.expires_at,
        revoked_at: row.revoked_at,
        revoked_by: row.revoked_by,
        last_used_at: row.last_used_at,
        last_used_from: row.last_used_from,
    }
}
