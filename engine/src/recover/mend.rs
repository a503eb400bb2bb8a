//! Bringing a run's link home: to the chain that broke, if the same user came back.

use chain::{ChainId, Event, RecoveryFailure};

use crate::engine::Engine;
use crate::keeper::{Boundary, SYSTEM, TellError};
use crate::store::{chains, grants};

impl Engine {
    /// Gives the link of a run's grant to the chain that broke.
    ///
    /// Another user's link goes to that user's own chain: it is the newest there, and never lost.
    /// A grant that a killed run left is brought home in the same way.
    ///
    /// # Errors
    /// [`TellError::NotFound`] if the grant never brought a link.
    pub(crate) async fn mend(
        &self,
        grant: &grants::Row,
        target: ChainId,
        run: u32,
    ) -> Result<Result<(), RecoveryFailure>, TellError> {
        let db = &self.inner.db;
        let fresh = grant.chain;
        // The join moved the grant along; only its end was not written.
        if fresh == target {
            grants::finish(db, grant.id, "recovered").await?;
            return Ok(Ok(()));
        }
        let Some(user) = self.activate_granted(fresh).await? else {
            // Looked at again by the task that attaches what was left.
            return Ok(Err(RecoveryFailure::ProviderDown));
        };
        let broken = chains::find(db, target).await?;
        let same = broken
            .as_ref()
            .is_some_and(|broken| broken.upstream_user.as_ref().is_none_or(|known| known.id == user.id));
        if !same {
            self.settle(fresh, &user, SYSTEM).await?;
            grants::finish(db, grant.id, "wrong user").await?;
            return Ok(Err(RecoveryFailure::WrongUser));
        }
        let from = chains::find(db, fresh).await?.ok_or(TellError::NotFound)?;
        self.join(from, target, |received| Event::Recovered { attempt: run, received }, SYSTEM).await?;
        self.boundary(Boundary::Joined);
        grants::finish(db, grant.id, "recovered").await?;
        // A chain that never was told its user knows it now.
        self.settle(target, &user, SYSTEM).await?;
        Ok(Ok(()))
    }
}
