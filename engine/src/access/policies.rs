//! How long things live, as an operator sees and settles it.

use policy::{Bounds, Given, Kind, Policies, Policy};

use super::Operator;
use super::form::{FormError, Problem, invalid};
use crate::journal;
use crate::store::{self, StoreError, credentials, organisations, policies};
use crate::view::days_whole;

impl Operator {
    /// What holds in the organisation, kind by kind.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn policies(&self) -> Result<Policies, StoreError> {
        self.engine.policies(self.organisation).await
    }

    /// What holds for one kind.
    pub(super) async fn policy(&self, kind: Kind) -> Result<Policy, StoreError> {
        Ok(self.policies().await?.of(kind).policy)
    }

    /// Writes a policy, if it and all the others fit together; `action` and `detail` go to the journal.
    pub(super) async fn write_policy(
        &self,
        kind: Kind,
        given: Given,
        bounds: Bounds,
        action: &str,
        detail: String,
    ) -> Result<(), FormError> {
        let db = &self.engine.inner.db;
        let refused = |error| invalid("lifetime", Problem::Policy(error));
        let policy = Policy::new(kind, given, bounds).map_err(refused)?;
        let entry = journal::setting(&self.engine, self.organisation, &self.actor(), action, Some(detail));
        let txn = store::begin(db).await?;
        // Two changes that contradict each other cannot pass each other by.
        organisations::lock(&txn, self.organisation).await?;
        let mut all = policies::of(&txn, self.organisation, self.engine.defaults()).await?;
        all.say(policy);
        all.check().map_err(refused)?;
        policies::set(&txn, self.organisation, &policy, self.name(), self.engine.now()).await?;
        if kind == Kind::Credential {
            credentials::shorten(&txn, self.organisation, days_whole(bounds.most)).await?;
        }
        store::journal::append(&txn, &entry).await?;
        Ok(txn.commit().await.map_err(StoreError::from)?)
    }
}
