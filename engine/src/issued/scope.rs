//! What a token is for: the slugs of databases, separated by spaces.

use std::sync::Arc;

use sea_orm::ConnectionTrait;
use thiserror::Error;

use crate::store::issued_tokens::Found;
use crate::store::{StoreError, consumers, reach};

/// Databases, fewer than those that the consumer reaches; at least one, each once, sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope(Arc<[String]>);

/// Why a scope is not granted.
#[derive(Debug, Error)]
pub enum ScopeError {
    /// It is no list of words between single spaces.
    #[error("the scope is no list of words")]
    Malformed,
    /// One of them is not the client's, or not what was granted first.
    #[error("the scope is beyond what the client has")]
    Beyond,
    /// The store refused.
    #[error("could not read the client's databases")]
    Store(#[from] StoreError),
}

impl Scope {
    /// Reads the scope of a request; nothing asks for all that there is.
    ///
    /// # Errors
    /// See [`ScopeError`].
    pub fn parse(text: &str) -> Result<Option<Self>, ScopeError> {
        if text.is_empty() {
            return Ok(None);
        }
        // RFC 6749, section 3.3.
        let fits = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        if text.split(' ').any(|word| word.is_empty() || !word.bytes().all(fits)) {
            return Err(ScopeError::Malformed);
        }
        Ok(Some(Self::stored(text)))
    }

    /// What a token that was found is for; `None` for all that its consumer reaches.
    pub(super) fn of(found: &Found) -> Option<Self> {
        found.token.databases.as_deref().or(found.family.databases.as_deref()).map(Self::stored)
    }

    /// As it was written down.
    pub(super) fn stored(text: &str) -> Self {
        let mut slugs: Vec<String> = text.split(' ').map(str::to_owned).collect();
        slugs.sort_unstable();
        slugs.dedup();
        Self(slugs.into())
    }

    /// As it is written down, and as RFC 6749 writes it.
    pub fn text(&self) -> String {
        self.0.join(" ")
    }

    /// Whether this database is among them.
    pub fn holds(&self, slug: &str) -> bool {
        self.0.binary_search_by(|held| held.as_str().cmp(slug)).is_ok()
    }

    /// Checks that this is not beyond what was granted, or where that was everything, not beyond what
    /// the consumer reaches.
    pub(super) async fn check(
        &self,
        db: &impl ConnectionTrait,
        granted: Option<&Self>,
        consumer: &consumers::Row,
    ) -> Result<(), ScopeError> {
        let within = match granted {
            Some(granted) => self.0.iter().all(|slug| granted.holds(slug)),
            None => reach::slugs(db, consumer, &self.0).await?.len() == self.0.len(),
        };
        if within { Ok(()) } else { Err(ScopeError::Beyond) }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn a_scope_is_a_list_of_words_each_once() {
        let scope = Scope::parse("b a b").unwrap().unwrap();
        assert_eq!(scope.text(), "a b");
        assert!(scope.holds("a") && scope.holds("b") && !scope.holds("c") && !scope.holds(""));
        assert!(Scope::parse("").unwrap().is_none());
        for text in [" ", " a", "a ", "a  b", "a\tb", "a\"", "a\\", "é", "a\nb", "a\u{7f}"] {
            assert!(matches!(Scope::parse(text), Err(ScopeError::Malformed)), "{text:?}");
        }
    }
}
