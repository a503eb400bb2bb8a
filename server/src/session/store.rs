//! Sessions in Evergrant's own store.
//!
//! What a session holds, such as a form that is filled in, is sealed with a key made of the session's
//! id, of which the store has the hash only: whoever reads the store reads no session.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use engine::Engine;
use engine::guard::{open_session, seal_session};
use engine::store::sessions::{self, Life};
use sha2::{Digest, Sha256};
use tower_sessions::SessionStore;
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

use super::{BORN, IDLE, TOUCHED};

/// How often another id is tried when one is taken; 128 random bits never need it.
const TRIES: u32 = 3;

/// The sessions of an engine's store.
///
/// When a session ends is counted here, by the engine's clock.
#[derive(Clone)]
pub struct StoredSessions(Engine);

impl StoredSessions {
    /// The sessions of this engine's store.
    pub const fn new(engine: Engine) -> Self {
        Self(engine)
    }

    /// From when to when a record lives if it is used no more.
    async fn life(&self, record: &Record) -> Result<Life> {
        let now = self.0.now();
        let born = record.data.get(BORN).and_then(serde_json::Value::as_i64).unwrap_or(now.millis());
        let age = Duration::from_millis(now.millis().saturating_sub(born).max(0).unsigned_abs());
        let born_at = now - age;
        let longest = self.0.session_life().await.map_err(|error| unusable(&error))?;
        Ok(Life { born_at, expires_at: (now + IDLE).min(born_at + longest) })
    }
}

impl fmt::Debug for StoredSessions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("StoredSessions")
    }
}

#[async_trait]
impl SessionStore for StoredSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let now = self.0.now().millis();
        record.data.insert(BORN.to_owned(), now.into());
        record.data.insert(TOUCHED.to_owned(), now.into());
        let life = self.life(record).await?;
        for _ in 0..TRIES {
            let data = encode(record)?;
            let made = sessions::create(self.0.store(), &hash(&record.id), &data, life).await;
            if made.map_err(|error| unusable(&error))? {
                return Ok(());
            }
            record.id = Id::default();
        }
        Err(Error::Backend("no free session id".to_owned()))
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let data = encode(record)?;
        let life = self.life(record).await?;
        sessions::save(self.0.store(), &hash(&record.id), &data, life).await.map_err(|error| unusable(&error))
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let found = sessions::load(self.0.store(), &hash(id), self.0.now())
            .await
            .map_err(|error| unusable(&error))?;
        let Some((data, end)) = found else {
            return Ok(None);
        };
        // Nobody is signed in by what does not open.
        let Ok(data) = open_session(id.0.cast_unsigned(), &data) else { return Ok(None) };
        let data = serde_json::from_slice(&data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp_nanos(i128::from(end.millis()) * 1_000_000)
            .map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        sessions::delete(self.0.store(), &hash(id)).await.map_err(|error| unusable(&error))
    }
}

/// Whoever reads the store cannot take over a session: it has the hash only.
fn hash(id: &Id) -> String {
    Sha256::digest(id.to_string()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn encode(record: &Record) -> Result<Vec<u8>> {
    let data = serde_json::to_vec(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
    seal_session(record.id.0.cast_unsigned(), &data).map_err(|error| Error::Encode(error.to_string()))
}

fn unusable(error: &dyn std::error::Error) -> Error {
    Error::Backend(engine::report(error))
}
