//! Ends tokens before their time.

use thiserror::Error;

use super::{Client, text};
use crate::consumer::digest;
use crate::store::StoreError;
use crate::store::issued_tokens::{self, Hash, TokenKind};
use crate::store::token_families::{self, EndedBy};

/// Why a token was not revoked.
#[derive(Debug, Error)]
pub enum RevokeError {
    /// It was issued to another client.
    #[error("the token was issued to another client")]
    OtherClient,
    /// Keys are revoked by operators.
    #[error("the token is a consumer key")]
    Key,
    /// The store refused.
    #[error("could not revoke the token")]
    Store(#[from] StoreError),
    /// The work did not come to its end.
    #[error("the token was not revoked")]
    Interrupted,
}

impl Client {
    /// Revokes an access token, or with a refresh token its whole family: the next request with any of it
    /// is refused, by every replica. What is no token, or ended, is none afterwards either.
    ///
    /// # Errors
    /// See [`RevokeError`].
    pub async fn revoke(&self, token: &str) -> Result<(), RevokeError> {
        if digest(token).is_some() {
            return Err(RevokeError::Key);
        }
        let Some(hash) = text::access_hash(token).or_else(|| text::refresh_hash(token)) else {
            return Ok(());
        };
        // What is committed ends what is kept of the token, even when the caller hangs up in between.
        let client = self.clone();
        let revoked = self.consumer.engine.begin(async move { client.end(&hash).await });
        revoked.await.unwrap_or(Err(RevokeError::Interrupted))
    }

    async fn end(&self, hash: &Hash) -> Result<(), RevokeError> {
        let engine = &self.consumer.engine;
        let db = &engine.inner.db;
        let Some(found) = issued_tokens::find(db, hash).await? else { return Ok(()) };
        if found.family.consumer != self.consumer.id() {
            return Err(RevokeError::OtherClient);
        }
        let ended = match found.token.kind {
            TokenKind::Access => issued_tokens::revoke(db, hash, engine.now()).await,
            TokenKind::Refresh => {
                token_families::end(db, found.family.id, engine.now(), EndedBy::Client).await
            }
        };
        engine.inner.kept.end();
        ended?;
        Ok(())
    }
}
