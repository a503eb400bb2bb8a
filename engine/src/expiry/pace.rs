//! How fast the purge goes.

use std::time::Duration;

use crate::clock::Clock;

/// The purge rests so much longer than it worked. With 20 issuing lost twice as much of its time on SQLite as the
/// purge worked (bench `growth`).
pub const REST: u32 = 30;
/// However long that took, it rests no longer.
const LONGEST: Duration = Duration::from_secs(15);

/// What the purge does between two batches.
pub trait Pace: Sync {
    /// Rests after a batch that took so long.
    fn rest(&self, worked: Duration) -> impl Future<Output = ()> + Send;
}

/// One batch after the other.
pub(super) struct AtOnce;

/// With a rest after each batch, so that whoever asks meanwhile hardly notices.
pub(super) struct AtEase<'a>(pub &'a Clock);

impl Pace for AtOnce {
    async fn rest(&self, _: Duration) {}
}

impl Pace for AtEase<'_> {
    async fn rest(&self, worked: Duration) {
        self.0.sleep(worked.saturating_mul(REST).min(LONGEST)).await;
    }
}
