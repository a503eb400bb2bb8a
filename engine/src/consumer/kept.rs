//! What was read of the store and still holds, so that lending need not read it each time.
//!
//! Only where this process is the only one on the store: every change passes here, and ends what was
//! read before it was committed. With several processes nothing is kept, and every request reads.
//!
//! A change is announced after its commit and before anybody is told that it was made. Whoever reads
//! takes down first how many changes there were; what was read is believed while there were no more.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use chain::{ConsumerId, Time};

use super::reach::Place;
use crate::engine::Engine;
use crate::keeper::Turns;
use crate::store::consumers;
use crate::store::issued_tokens::{Found, TokenKind};

/// Things of one kind that are kept; then all are forgotten, and read again when asked for.
const MOST: usize = 8_192;
/// Nothing is believed for longer, in case a change was committed by somebody who was cut off before
/// announcing it.
const BELIEVED: Duration = Duration::from_secs(1);

/// The keys, the issued access tokens, and the containers as those keys see them.
pub(crate) struct Kept {
    alone: bool,
    changes: AtomicU64,
    keys: Shelf<[u8; 32], consumers::Row>,
    tokens: Shelf<[u8; 32], Found>,
    places: Shelf<Asked, Place>,
}

/// Who asked, for which database, and for which alias.
pub(crate) type Asked = (ConsumerId, String, String);

/// What was the case before something was read.
pub(crate) struct Begun {
    at: Time,
    changes: u64,
    turns: Turns,
}

impl Kept {
    /// Keeps nothing yet, and never anything unless this process is `alone` on the store.
    pub(crate) fn new(alone: bool) -> Self {
        Self {
            alone,
            changes: AtomicU64::new(0),
            keys: Shelf::default(),
            tokens: Shelf::default(),
            places: Shelf::default(),
        }
    }

    /// A consumer, a database, a container or an app registration was changed, or an issued access token
    /// ended before its time, and that is committed.
    pub(crate) fn end(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
    }

    /// To be asked for before the store is read.
    pub(crate) fn begin(&self, engine: &Engine) -> Begun {
        let changes = self.changes.load(Ordering::SeqCst);
        Begun { at: engine.now(), changes, turns: engine.inner.watch.turns() }
    }

    /// The consumer with this key, if it was read a moment ago.
    pub(crate) fn key(&self, digest: &[u8; 32], engine: &Engine) -> Option<Arc<consumers::Row>> {
        let kept = self.keys.find(digest)?;
        self.holds(&kept, engine).then_some(kept.value)
    }

    /// Keeps the consumer with this key.
    pub(crate) fn keep_key(&self, digest: [u8; 32], row: &Arc<consumers::Row>, begun: &Begun) {
        if self.alone {
            self.keys.keep(digest, Item { value: Arc::clone(row), begun: begun.of(0) });
        }
    }

    /// The issued access token with this hash, if it was read a moment ago.
    pub(crate) fn token(&self, hash: &[u8; 32], engine: &Engine) -> Option<Arc<Found>> {
        let kept = self.tokens.find(hash)?;
        self.holds(&kept, engine).then_some(kept.value)
    }

    /// Keeps an issued token, if it is an access token: a refresh token is good for one use.
    pub(crate) fn keep_token(&self, found: &Arc<Found>, begun: &Begun) {
        if self.alone && found.token.kind == TokenKind::Access {
            self.tokens.keep(found.token.hash, Item { value: Arc::clone(found), begun: begun.of(0) });
        }
    }

    /// The container that a consumer reaches under these names, if it was read a moment ago.
    pub(crate) fn place(&self, asked: &Asked, engine: &Engine) -> Option<Arc<Place>> {
        let kept = self.places.find(asked)?;
        let chain = kept.value.chain.as_ref();
        let still = chain.is_none_or(|row| engine.inner.watch.turn(row.chain.id) == kept.begun.turn);
        (still && self.holds(&kept, engine)).then_some(kept.value)
    }

    /// Keeps the container that a consumer reaches under these names.
    pub(crate) fn keep_place(&self, asked: Asked, place: &Arc<Place>, begun: Begun) {
        if self.alone {
            let turn = place.chain.as_ref().map_or(0, |row| begun.turns.of(row.chain.id));
            self.places.keep(asked, Item { value: Arc::clone(place), begun: begun.of(turn) });
        }
    }

    fn holds<T>(&self, kept: &Item<T>, engine: &Engine) -> bool {
        let (now, begun) = (engine.now(), &kept.begun);
        begun.changes == self.changes.load(Ordering::SeqCst)
            && begun.at <= now
            && now.since(begun.at) < BELIEVED
    }
}

impl Begun {
    const fn of(&self, turn: u64) -> Mark {
        Mark { at: self.at, changes: self.changes, turn }
    }
}

/// What was the case before one thing was read.
#[derive(Clone, Copy)]
struct Mark {
    at: Time,
    changes: u64,
    turn: u64,
}

struct Item<T> {
    value: Arc<T>,
    begun: Mark,
}

struct Shelf<K, T>(RwLock<HashMap<K, Item<T>>>);

impl<K, T> Default for Shelf<K, T> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<K: Eq + Hash, T> Shelf<K, T> {
    fn find(&self, key: &K) -> Option<Item<T>> {
        let items = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let item = items.get(key)?;
        Some(Item { value: Arc::clone(&item.value), begun: item.begun })
    }

    fn keep(&self, key: K, item: Item<T>) {
        let mut items = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if items.len() >= MOST && !items.contains_key(&key) {
            items.clear();
        }
        items.insert(key, item);
    }
}
