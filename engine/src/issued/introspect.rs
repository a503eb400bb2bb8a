//! Tells a program whether a token of its organisation works, and what it is for.

use std::net::IpAddr;
use std::sync::Arc;

use chain::{ConsumerId, Time};

use super::standing::{Standing, end, standing};
use super::{ClientError, Scope, text};
use crate::consumer::{KeyError, digest};
use crate::engine::Engine;
use crate::store::issued_tokens::{Found, TokenKind};

/// A token that works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Introspection {
    /// To whom it was issued.
    pub client: ConsumerId,
    /// What it is for.
    pub kind: TokenKind,
    /// The databases that it reaches; `None` for all that its consumer reaches.
    pub scope: Option<Scope>,
    /// When it was issued.
    pub issued_at: Time,
    /// When it ends, if nobody ends it before.
    pub expires_at: Time,
}

impl Engine {
    /// Tells the client with this id and key of a token; `None` where the token does not work, or is none
    /// of the client's organisation.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn introspect(
        &self,
        id: &str,
        key: &str,
        token: &str,
        from: Option<IpAddr>,
    ) -> Result<Option<Introspection>, ClientError> {
        let digest = digest(key).ok_or(KeyError::Malformed)?;
        let Some(hash) = text::access_hash(token).or_else(|| text::refresh_hash(token)) else {
            return self.client(id, key, from).await.map(|_| None);
        };
        let (caller, found) = tokio::join!(self.consumer_row(digest), self.issued_token(&hash));
        let client = self.let_in(caller.map_err(KeyError::Store)?, id, from).await?;
        let found = found.map_err(KeyError::Store)?;
        let works = |found: &Arc<Found>| {
            found.family.organisation == client.consumer().organisation()
                && standing(found, self.now()) == Standing::Active
        };
        Ok(found.filter(works).map(|found| Introspection {
            client: found.consumer.id,
            kind: found.token.kind,
            scope: Scope::of(&found),
            issued_at: found.token.issued_at,
            expires_at: end(&found),
        }))
    }
}
