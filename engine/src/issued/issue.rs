//! Issues the first pair of a family. All who wait at the same time share one commit.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use chain::{OrganisationId, Time};
use sea_orm::SqlErr;
use thiserror::Error;

use super::lifetimes::Lifetimes;
use super::pair::{Pair, draw};
use super::{Client, Issued, Scope, ScopeError};
use crate::engine::Engine;
use crate::figures::{Figure, IssueAnswer};
use crate::store::{self, StoreError, consumers, issued_tokens, token_families};

/// Families begun in one commit at most.
pub(crate) const ISSUED_AT_ONCE: usize = 256;

/// Why no token was issued.
#[derive(Debug, Error)]
pub enum IssueError {
    /// The scope is not granted.
    #[error(transparent)]
    Scope(#[from] ScopeError),
    /// The store refused.
    #[error("could not write down the tokens")]
    Store(#[from] StoreError),
}

/// What somebody waits for.
pub(crate) struct Wish {
    consumer: Arc<consumers::Row>,
    scope: Option<Scope>,
}

impl Client {
    /// Begins a family, for these databases or for all that the client's key reaches.
    ///
    /// # Errors
    /// See [`IssueError`].
    pub async fn issue(&self, scope: Option<Scope>) -> Result<Issued, IssueError> {
        let issued = self.begin_family(scope).await;
        let figure = Figure::Issue(IssueAnswer::of_first(&issued));
        self.consumer.engine.count(self.consumer.organisation(), figure);
        issued
    }

    async fn begin_family(&self, scope: Option<Scope>) -> Result<Issued, IssueError> {
        let (engine, consumer) = (&self.consumer.engine, &self.consumer.row);
        if let Some(scope) = &scope {
            scope.check(&engine.inner.db, None, consumer).await?;
        }
        let wish = Wish { consumer: Arc::clone(consumer), scope };
        Ok(engine.ask_together(|inner| &inner.issuing, wish, Engine::issue_all).await??)
    }
}

impl Engine {
    async fn issue_all(self, wishes: Vec<Wish>) -> Vec<Result<Issued, StoreError>> {
        match self.begin_families(&wishes).await {
            Ok(issued) => issued.into_iter().map(Ok).collect(),
            // One of their consumers is gone, or a policy cannot be read, which is nothing to the others.
            Err(error) if wishes.len() > 1 && (names_what_is_gone(&error) || error.is_of_a_row()) => {
                let mut all = Vec::with_capacity(wishes.len());
                for wish in &wishes {
                    let issued = self.begin_families(std::slice::from_ref(wish)).await;
                    all.push(issued.map(|mut issued| issued.swap_remove(0)));
                }
                all
            }
            Err(error) => {
                let error = Arc::new(error);
                wishes.iter().map(|_| Err(Arc::clone(&error).into())).collect()
            }
        }
    }

    async fn begin_families(&self, wishes: &[Wish]) -> Result<Vec<Issued>, StoreError> {
        let mut known: HashMap<OrganisationId, Lifetimes> = HashMap::new();
        for wish in wishes {
            if let Entry::Vacant(place) = known.entry(wish.consumer.organisation) {
                place.insert(self.token_lifetimes(wish.consumer.organisation).await?);
            }
        }
        let now = self.now();
        let mut families = Vec::with_capacity(wishes.len());
        let mut pairs: Vec<Pair> = Vec::with_capacity(wishes.len());
        for wish in wishes {
            let lifetimes = known[&wish.consumer.organisation];
            let family = self.family(wish, lifetimes, now);
            pairs.push(draw(&family, None, lifetimes, now));
            families.push(family);
        }
        let txn = store::begin(&self.inner.db).await?;
        token_families::insert(&txn, families.iter()).await?;
        issued_tokens::insert(&txn, pairs.iter().flat_map(|pair| [&pair.access, &pair.refresh])).await?;
        txn.commit().await?;
        Ok(pairs.into_iter().map(|pair| pair.issued).collect())
    }

    fn family(&self, wish: &Wish, lifetimes: Lifetimes, now: Time) -> token_families::Row {
        token_families::Row {
            id: store::new_id(&self.inner.clock),
            organisation: wish.consumer.organisation,
            consumer: wish.consumer.id,
            databases: wish.scope.as_ref().map(Scope::text),
            created_at: now,
            expires_at: lifetimes.family_end(now, &wish.consumer),
            ended_at: None,
            ended_by: None,
        }
    }
}

/// Whether a row was refused because it names one that is gone.
fn names_what_is_gone(error: &StoreError) -> bool {
    let StoreError::Query(error) = error else { return false };
    matches!(error.sql_err(), Some(SqlErr::ForeignKeyConstraintViolation(_)))
}
