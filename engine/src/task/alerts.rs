//! Sends alerts as they come due.

use std::time::Duration;

use crate::engine::Engine;

/// The shortest sleep: what somebody else is sending is over after it.
const SHORTEST_SLEEP: Duration = Duration::from_millis(100);
/// The longest sleep: what other replicas wrote is seen after it.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);

impl Engine {
    pub(super) async fn alert_loop(&self) {
        loop {
            let next = match self.deliver_due().await {
                Ok(next) => next,
                Err(error) => {
                    tracing::error!(task = "alerts", error = crate::report(&error), "failed");
                    None
                }
            };
            let latest = self.now() + LONGEST_SLEEP;
            let soonest = self.now() + SHORTEST_SLEEP;
            let until = next.map_or(latest, |next| next.clamp(soonest, latest));
            tokio::select! {
                () = self.inner.clock.sleep_until(until) => {}
                () = self.inner.alerting.notified() => {}
            }
        }
    }
}
