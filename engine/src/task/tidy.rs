//! Tends what ends: warns ahead of it, and tells chains what became of their sign-ins.

use crate::engine::Engine;
use crate::expiry::PurgeError;
use crate::store::StoreError;

impl Engine {
    /// Warns of sign-ins and links that end soon, and tells chains what they were not told; says how many
    /// things it met.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn tend(&self) -> Result<usize, StoreError> {
        Ok(self.tend_credentials().await? + self.tend_links().await?)
    }

    /// One round of all that is to go, and of all that is to be tended; says how many things it met.
    ///
    /// # Errors
    /// See [`PurgeError`].
    pub async fn tidy(&self) -> Result<usize, PurgeError> {
        let gone: u64 = self.purge().await?.went.iter().map(|went| went.amount).sum();
        Ok(usize::try_from(gone).unwrap_or(usize::MAX).saturating_add(self.tend().await?))
    }
}
