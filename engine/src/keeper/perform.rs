//! Effects: each runs in a task of its own that outlives whoever caused it.

use std::future::Future;
use std::pin::Pin;

use chain::{Alert, ChainId, Effect, Event};

use crate::engine::Engine;
use crate::keeper::{Boundary, News};

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Engine {
    pub(super) fn perform<'a>(&self, chain: ChainId, effects: impl Iterator<Item = &'a Effect>) {
        for effect in effects {
            let engine = self.clone();
            let work: Work = match *effect {
                Effect::Prepare { attempt } => Box::pin(async move { engine.attempt(chain, attempt).await }),
                Effect::Activate { generation } => {
                    Box::pin(async move { engine.activate(chain, generation).await })
                }
                Effect::Recover { attempt } => Box::pin(async move { engine.recover(chain, attempt).await }),
                Effect::Alert(alert) => {
                    announce(chain, alert);
                    continue;
                }
                // Sending is for the attempt that asked; keeping was part of the commit.
                Effect::Send { .. } | Effect::KeepBeside => continue,
            };
            self.begin(work);
        }
    }

    /// News whose loss is mended by time: the lease ends, or the wait does.
    pub(crate) async fn tell_or_log(&self, chain: ChainId, news: News) {
        let event = news.event;
        if let Err(error) = self.tell(chain, news).await {
            tracing::error!(%chain, ?event, error = crate::report(&error), "news did not reach the chain");
        }
    }

    pub(super) fn boundary_after(&self, event: &Event) {
        match event {
            Event::Refreshed { .. } => self.boundary(Boundary::Committed),
            Event::Sending { .. } => self.boundary(Boundary::Marked),
            Event::Tick
            | Event::Asked { .. }
            | Event::RefreshNow
            | Event::Linked(_)
            | Event::Adopted
            | Event::Refused { .. }
            | Event::NeverSent { .. }
            | Event::NoAnswer { .. }
            | Event::Activated { .. }
            | Event::ActivationFailed { .. }
            | Event::Recovered { .. }
            | Event::RecoveryFailed { .. }
            | Event::CredentialsStored
            | Event::CredentialsRemoved
            | Event::CredentialsExpired
            | Event::Restart => {}
        }
    }
}

fn announce(chain: ChainId, alert: Alert) {
    match alert {
        Alert::NeedsRepair(fault) => tracing::warn!(%chain, code = fault.code(), "a chain needs a person"),
        Alert::Repaired => tracing::info!(%chain, "a chain was repaired"),
        Alert::RecoveredByItself => tracing::info!(%chain, "a chain recovered by itself"),
        Alert::RecoveryBlocked => tracing::warn!(%chain, "recovery of a chain is blocked"),
    }
}
