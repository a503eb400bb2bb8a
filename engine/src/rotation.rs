//! Rotation: new keys take the place of old ones, and what the old ones sealed moves over.
//!
//! A rotation retires a key and makes another one, in one transaction; from then on nothing needs
//! the two to agree. Every sealed value names its key, so old and new ones open side by side, and
//! [`Engine::reseal`] moves the values one by one. Each move is one statement that replaces exactly
//! the value that was read: whoever writes the row meanwhile wins, and a process that is killed
//! leaves every value under one key or the other.
//!
//! Another process may not know yet that a key is retired. It asks again after
//! [`FRESH`](crate::guard::FRESH), so it stops sealing with it soon; what it sealed until then, or
//! holds sealed in memory, reaches the store later. That is why a retired key is destroyed only
//! after nothing named it for the whole of a grace, and the store is looked through once more in
//! the transaction that destroys it. Where several machines share a store the grace is a week,
//! because an answer may lie in the spool of a machine that is down; one process alone sees its
//! own spool, and waits minutes, for what is in memory.

use std::collections::HashMap;
use std::time::Duration;

use chain::{OrganisationId, Time};

use crate::engine::Engine;
use crate::guard::GuardError;
use crate::store::sealed::{self, Column};
use crate::store::{self, StoreError, keys, organisations, tending};
use crate::view::{DataKeyView, KeysView, MasterKeyView};

/// How long nothing named a key before it is destroyed, on a store that one process has alone.
const GRACE_ALONE: Duration = Duration::from_secs(600);
/// The same where other machines may keep answers in a spool of their own.
const GRACE_SHARED: Duration = Duration::from_secs(7 * 86_400);
/// How often the store is looked through for a key that nothing named the last time.
const LOOK_AGAIN: Duration = Duration::from_secs(3_600);
/// Values read at once.
const BATCH: u64 = 100;

/// What a round of re-sealing did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Values that are sealed with the key in use now.
    pub moved: u64,
    /// Values that could not be opened; they keep their key from being destroyed.
    pub stuck: u64,
    /// Keys that nothing needed any more.
    pub destroyed: u64,
    /// Whether the round ended before everything was looked at.
    pub more: bool,
}

impl Engine {
    /// Every key, and how many values name each.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn keys(&self) -> Result<KeysView, StoreError> {
        let db = &self.inner.db;
        let rows = keys::all(db).await?;
        let named = sealed::count(db).await?;
        let names: HashMap<OrganisationId, String> =
            organisations::all(db).await?.into_iter().map(|row| (row.id, row.name)).collect();
        let wraps = |id: &str| {
            u64::try_from(rows.iter().filter(|row| row.master_key_id == id).count()).unwrap_or(u64::MAX)
        };
        let ids = self.inner.guard.master_key_ids().into_iter().enumerate();
        let masters =
            ids.map(|(place, id)| MasterKeyView { current: place == 0, wraps: wraps(&id), id }).collect();
        let view = |row: &keys::Row| DataKeyView {
            id: format!("{:032x}", row.id),
            organisation: names.get(&row.organisation).cloned().unwrap_or_default(),
            purpose: row.purpose,
            created_at: row.created_at,
            retired_at: row.retired_at,
            values: named.get(&row.id).copied().unwrap_or(0),
            destroyed_at: row.unnamed_since.map(|since| since + self.grace()),
        };
        Ok(KeysView { masters, keys: rows.iter().map(view).collect() })
    }

    /// Gives every organisation new keys; what the old ones sealed is moved by [`Self::reseal`].
    ///
    /// # Errors
    /// See [`GuardError`].
    pub async fn rotate_keys(&self) -> Result<(), GuardError> {
        for row in organisations::all(&self.inner.db).await? {
            self.rotate_organisation_keys(row.id).await?;
        }
        Ok(())
    }

    /// Gives an organisation new keys; what the old ones sealed is moved by [`Self::reseal`].
    ///
    /// # Errors
    /// See [`GuardError`].
    pub async fn rotate_organisation_keys(&self, organisation: OrganisationId) -> Result<(), GuardError> {
        self.inner.guard.rotate(&self.inner.db, organisation).await?;
        self.inner.resealing.notify_one();
        Ok(())
    }

    /// Wraps every organisation's keys with the current master key, which is read from its file
    /// again; says how many were wrapped by another one.
    ///
    /// # Errors
    /// See [`GuardError`].
    pub async fn rotate_master(&self) -> Result<u64, GuardError> {
        self.inner.guard.rewrap(&self.inner.db).await
    }

    /// Seals at most so many values with the key in use that name a retired one, and destroys the
    /// retired keys that nothing needs any more.
    ///
    /// # Errors
    /// See [`GuardError`]; what was moved until then stays moved.
    pub async fn reseal(&self, most: u64) -> Result<Resealed, GuardError> {
        let mut done = Resealed::default();
        let retired = keys::retired(&self.inner.db).await?;
        if !retired.is_empty() {
            // Another process may have rotated: never reseal with what it retired.
            self.inner.guard.ask_again();
        }
        for key in retired {
            if self.looked_through(&key) {
                continue;
            }
            let named = self.reseal_of(&key, most, &mut done).await?;
            if done.more {
                break;
            }
            self.look_back(&key, named, &mut done).await?;
        }
        Ok(done)
    }

    /// Whether the store was looked through for this key a while ago, and its grace goes on.
    fn looked_through(&self, key: &keys::Row) -> bool {
        let now = self.now();
        let looked = self.inner.looked.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let lately = looked.get(&key.id).is_some_and(|at| *at <= now && now < *at + LOOK_AGAIN);
        lately && key.unnamed_since.is_some_and(|since| now < since + self.grace())
    }

    /// Moves what names a key; says whether anything did.
    async fn reseal_of(&self, key: &keys::Row, most: u64, done: &mut Resealed) -> Result<bool, GuardError> {
        let db = &self.inner.db;
        let mut named = false;
        for column in Column::ALL.into_iter().filter(|column| column.purpose() == key.purpose) {
            let mut after = None;
            loop {
                let room = most.saturating_sub(done.moved).min(BATCH);
                let cells = sealed::naming(db, column, key.id, after, room.max(1)).await?;
                let Some(last) = cells.last() else { break };
                if room == 0 {
                    done.more = true;
                    return Ok(true);
                }
                named = true;
                after = Some(last.id);
                for cell in &cells {
                    match self.inner.guard.reseal(db, column, cell).await {
                        // One that somebody else wrote meanwhile is met in the next round, if need be.
                        Ok(value) => {
                            done.moved += u64::from(sealed::replace(db, column, cell, value).await?);
                        }
                        Err(GuardError::Store(error)) => return Err(error.into()),
                        Err(error) => {
                            done.stuck += 1;
                            let (table, row) = (column.table(), format!("{:032x}", cell.id));
                            tracing::error!(
                                table,
                                row,
                                error = crate::report(&error),
                                "a value cannot be opened"
                            );
                        }
                    }
                }
            }
        }
        Ok(named)
    }

    /// Notes that nothing names the key, or that something does, and destroys it after the grace.
    async fn look_back(&self, key: &keys::Row, named: bool, done: &mut Resealed) -> Result<(), GuardError> {
        let (db, now) = (&self.inner.db, self.now());
        let spooled = self.inner.spool.names(key.id);
        if named || spooled {
            if key.unnamed_since.is_some() {
                keys::set_unnamed(db, key.id, None).await?;
            }
            // What was just moved is looked at once more in the next round.
            return Ok(());
        }
        let looked = || self.inner.looked.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match key.unnamed_since {
            None => keys::set_unnamed(db, key.id, Some(now)).await?,
            Some(since) if now >= since + self.grace() => {
                if self.destroy(key).await? {
                    done.destroyed += 1;
                    looked().remove(&key.id);
                }
                return Ok(());
            }
            Some(_) => {}
        }
        looked().insert(key.id, now);
        Ok(())
    }

    /// Destroys a key, unless something names it after all.
    async fn destroy(&self, key: &keys::Row) -> Result<bool, StoreError> {
        let txn = store::begin(&self.inner.db).await?;
        for column in Column::ALL {
            if !sealed::naming(&txn, column, key.id, None, 1).await?.is_empty() {
                return Ok(false);
            }
        }
        let destroyed = keys::destroy(&txn, key.id).await?;
        txn.commit().await?;
        if destroyed {
            self.inner.guard.forget(key.id);
            tracing::info!(key = format!("{:032x}", key.id), "a retired key is destroyed");
        }
        Ok(destroyed)
    }

    fn grace(&self) -> Duration {
        if tending::is_single_process(&self.inner.db) { GRACE_ALONE } else { GRACE_SHARED }
    }
}

/// When the store was last looked through for a retired key, by the key's id.
pub(crate) type Looked = std::sync::Mutex<HashMap<u128, Time>>;
