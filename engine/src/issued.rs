//! Tokens that Evergrant issues to programs which want something shorter-lived than their key.
//!
//! A program shows its key once and gets a *family*: an access token that opens what the key opens, and a
//! refresh token for the next pair. Nothing of a family lives beyond its end, and its end is never beyond
//! that of the key. A refresh token is good for one use; one more use, later than a lost answer could
//! explain, means that two have it, and ends the family.

mod introspect;
mod issue;
mod lifetimes;
mod pair;
mod refresh;
mod revoke;
mod scope;
mod standing;
mod text;

use std::net::IpAddr;
use std::sync::Arc;

use chain::{ConsumerId, Time};
use thiserror::Error;

pub use introspect::Introspection;
pub use issue::IssueError;
pub(crate) use issue::{ISSUED_AT_ONCE, Wish};
pub use lifetimes::FAMILY_LIVES;
pub use refresh::RefreshError;
pub use revoke::RevokeError;
pub use scope::{Scope, ScopeError};
pub use standing::GRACE;
pub(crate) use text::access_hash;
pub use text::is_access;

use crate::consumer::{Consumer, KeyError, digest};
use crate::engine::Engine;
use crate::gathered::{read, share};
use crate::guard::secret::{IssuedAccessToken, IssuedRefreshToken};
use crate::store::issued_tokens::{self, Found, Hash};
use crate::store::{StoreError, consumers};
use standing::{Standing, standing};

/// A program that authenticated with its id and its key for the request at hand.
#[derive(Clone)]
pub struct Client {
    consumer: Consumer,
    from: Option<IpAddr>,
}

/// A pair of tokens, handed out once.
pub struct Issued {
    /// What opens.
    pub access_token: IssuedAccessToken,
    /// When that ends.
    pub access_until: Time,
    /// What the next pair is asked for with.
    pub refresh_token: IssuedRefreshToken,
    /// When that ends.
    pub refresh_until: Time,
    /// When both were issued.
    pub at: Time,
    /// What was asked for; `None` for all that the consumer reaches.
    pub scope: Option<Scope>,
}

/// Why somebody is no client.
#[derive(Debug, Error)]
pub enum ClientError {
    /// The key is the key of another client.
    #[error("the id and the key do not belong together")]
    OtherId,
    /// The key does not work.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl Engine {
    /// The program with this id, if the key is its own.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn client(&self, id: &str, key: &str, from: Option<IpAddr>) -> Result<Client, ClientError> {
        let digest = digest(key).ok_or(KeyError::Malformed)?;
        let row = self.consumer_row(digest).await.map_err(KeyError::Store)?;
        self.let_in(row, id, from).await
    }

    /// Lets a program in by its row.
    async fn let_in(
        &self,
        row: Option<Arc<consumers::Row>>,
        id: &str,
        from: Option<IpAddr>,
    ) -> Result<Client, ClientError> {
        let row = row.ok_or(KeyError::Unknown)?;
        if id.parse::<ConsumerId>() != Ok(row.id) {
            return Err(ClientError::OtherId);
        }
        Ok(Client { consumer: self.open_to(row, from).await?, from })
    }

    /// The program to which the access token with this hash was issued.
    pub(crate) async fn bearer(&self, hash: &Hash, from: Option<IpAddr>) -> Result<Consumer, KeyError> {
        let found = self.issued_token(hash).await?.ok_or(KeyError::Unknown)?;
        match standing(&found, self.now()) {
            Standing::Active => {}
            Standing::Superseded { at } | Standing::Revoked { at } => return Err(KeyError::Revoked { at }),
            Standing::Expired { at } => return Err(KeyError::Expired { at }),
        }
        let consumer = self.open_to(Arc::clone(&found.consumer), from).await?;
        Ok(Consumer { only: Scope::of(&found), ..consumer })
    }

    /// The token with this hash, whatever became of it.
    async fn issued_token(&self, hash: &Hash) -> Result<Option<Arc<Found>>, StoreError> {
        let kept = &self.inner.kept;
        if let Some(found) = kept.token(hash, self) {
            return Ok(Some(found));
        }
        let begun = kept.begin(self);
        let found = self.ask_together(|inner| &inner.tokens_looked_for, *hash, Self::issued_tokens).await?;
        let Some(found) = found? else { return Ok(None) };
        kept.keep_token(&found, &begun);
        Ok(Some(found))
    }

    async fn issued_tokens(self, hashes: Vec<Hash>) -> Vec<Result<Option<Arc<Found>>, StoreError>> {
        let all = |hashes| issued_tokens::find_all(&self.inner.db, hashes);
        share(&hashes, &read(&hashes, all).await)
    }
}

impl Client {
    /// The program itself.
    pub const fn consumer(&self) -> &Consumer {
        &self.consumer
    }
}
