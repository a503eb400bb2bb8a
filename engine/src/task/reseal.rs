//! Moves sealed values to the keys in use, in the background.

use std::time::Duration;

use crate::engine::Engine;

/// Values moved in one round; between rounds others get their turn at the store.
const ROUND: u64 = 200;
/// The pause between two rounds of one rotation.
const PAUSE: Duration = Duration::from_millis(50);
/// Rotations of other processes are noticed this often.
const PERIOD: Duration = Duration::from_secs(60);

impl Engine {
    pub(super) async fn reseal_loop(&self) {
        match self.rotate_master().await {
            Ok(0) => {}
            Ok(rewrapped) => tracing::info!(rewrapped, "keys are wrapped by the current master key now"),
            Err(error) => tracing::error!(error = crate::report(&error), "keys could not be wrapped anew"),
        }
        loop {
            let pause = match self.reseal(ROUND).await {
                Ok(done) => {
                    if done.moved > 0 {
                        tracing::info!(moved = done.moved, "values are sealed with a newer key");
                    }
                    if done.more { PAUSE } else { PERIOD }
                }
                Err(error) => {
                    tracing::error!(task = "reseal", error = crate::report(&error), "failed");
                    PERIOD
                }
            };
            tokio::select! {
                () = self.inner.clock.sleep_until(self.now() + pause) => {}
                () = self.inner.resealing.notified() => {}
            }
        }
    }
}
