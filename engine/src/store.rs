//! The store: SQLite or PostgreSQL, a file a table.
//!
//! Free functions over any connection or transaction. Rows come out typed; one that says something
//! impossible is an error that names it. Looking for one row gives an `Option`, changing one checks
//! that exactly one changed. Nothing here knows a secret: what is sealed comes and goes as bytes.

use chain::Time;
use uuid::{NoContext, Timestamp, Uuid};

use crate::clock::Clock;

pub mod alerts;
pub mod answers;
pub mod chains;
pub mod consumers;
pub mod containers;
pub mod credentials;
pub mod databases;
pub mod grants;
pub mod hours;
pub mod issued_tokens;
pub mod journal;
pub mod journal_heads;
pub mod keys;
pub mod links;
pub mod lives;
pub mod messages;
pub mod one_time_periods;
pub mod operators;
pub mod organisations;
pub mod policies;
pub mod purge;
pub mod reach;
pub mod receipts;
pub mod recovery_runs;
pub mod registrations;
pub mod rounds;
pub mod sealed;
pub mod sessions;
pub mod setup_links;
pub mod sizes;
pub mod space;
pub mod tending;
pub mod token_families;
pub mod traffic;

mod cells;
mod entity;
mod error;
mod handle;
mod lock;
mod open;
mod schema;
mod transaction;

pub use error::StoreError;
pub use handle::{Store, begin};
pub use open::open;
pub use schema::{SCHEMA, check, migrate};
pub use transaction::Transaction;

/// A new id: a UUID of version 7, so that ids sort by the time they were made.
pub fn new_id(clock: &Clock) -> u128 {
    let millis = clock.now().millis().max(0).unsigned_abs();
    let nanos = u32::try_from(millis % 1_000).unwrap_or(0) * 1_000_000;
    Uuid::new_v7(Timestamp::from_unix(NoContext, millis / 1_000, nanos)).as_u128()
}

/// What may be removed because its time is up.
#[derive(Clone, Copy, Debug)]
pub struct Purge {
    /// The present moment.
    pub now: Time,
    /// At most as many rows.
    pub limit: u64,
}

/// The same with the last one repeated, so that lists of many lengths make few statements to prepare.
fn padded<T: Clone>(mut list: Vec<T>) -> Vec<T> {
    if let Some(last) = list.last().cloned() {
        list.resize(list.len().next_power_of_two(), last);
    }
    list
}
