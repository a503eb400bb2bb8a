//! What changes while somebody looks.

use std::time::Duration;

use chain::ContainerId;
use futures::Stream;
use tokio::sync::broadcast::error::RecvError;

use crate::access::Operator;
use crate::store::{StoreError, messages};
use crate::view::{ContainerStatus, Cursor};

/// What a page looks at, beside how much needs repair.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveFocus {
    /// The containers of this database, by slug.
    pub database: Option<String>,
    /// The newest message.
    pub messages: bool,
}

/// The state of what a page shows, whenever it changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveEvent {
    /// Databases that need repair.
    pub repairs: u64,
    /// The containers of the page's database.
    pub containers: Vec<(ContainerId, ContainerStatus)>,
    /// The newest message, where the page looks at messages.
    pub newest: Option<Cursor>,
}

/// Changes within this time are told together.
const TOGETHER: Duration = Duration::from_millis(150);
/// What other replicas wrote is seen after this at the latest, where nothing tells of it at once.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

impl Operator {
    /// The present state at once, and then each time that it changed; ends with the process.
    pub fn live(&self, focus: LiveFocus) -> impl Stream<Item = LiveEvent> + Send + use<> {
        let changes = self.engine.inner.watch.subscribe();
        let start = (self.clone(), changes, None::<LiveEvent>);
        futures::stream::unfold(start, move |(operator, mut changes, last)| {
            let focus = focus.clone();
            async move {
                loop {
                    if last.is_some() {
                        operator.change(&mut changes).await?;
                    }
                    match operator.look(&focus).await {
                        Ok(event) if last.as_ref() != Some(&event) => {
                            return Some((event.clone(), (operator, changes, Some(event))));
                        }
                        Ok(_) => {}
                        Err(error) => {
                            tracing::error!(
                                error = crate::report(&error),
                                "the live state could not be read"
                            );
                            operator.change(&mut changes).await?;
                        }
                    }
                }
            }
        })
    }

    /// Waits for a change, or until it is time to look again; `None` when the process ends.
    async fn change(&self, changes: &mut tokio::sync::broadcast::Receiver<chain::ChainId>) -> Option<()> {
        let inner = &self.engine.inner;
        tokio::select! {
            () = inner.stop.cancelled() => return None,
            () = inner.clock.sleep_until(self.engine.now() + LOOK_AGAIN) => return Some(()),
            change = changes.recv() => match change {
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            },
        }
        // A thousand changes in one moment are one look.
        tokio::select! {
            () = inner.stop.cancelled() => return None,
            () = inner.clock.sleep_until(self.engine.now() + TOGETHER) => {}
        }
        while changes.try_recv().is_ok() {}
        Some(())
    }

    async fn look(&self, focus: &LiveFocus) -> Result<LiveEvent, StoreError> {
        let repairs = self.repair_count().await?;
        let newest = match focus.messages {
            true => messages::newest(&self.engine.inner.db, self.organisation).await?,
            false => None,
        };
        let containers = match &focus.database {
            Some(slug) => self.database(slug).await?.map(|view| view.containers).unwrap_or_default(),
            None => Vec::new(),
        };
        let containers = containers.into_iter().map(|container| (container.id, container.status)).collect();
        Ok(LiveEvent { repairs, containers, newest })
    }
}
