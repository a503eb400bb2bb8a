//! One attempt of the durable spend protocol: prepare, mark, send, keep, read.

use chain::{ChainId, Effect, Event, Time};

use crate::engine::Engine;
use crate::figures::Span;
use crate::guard::GuardError;
use crate::guard::secret::{ClientSecret, RefreshToken};
use crate::keeper::keep::ANSWER_LIFE;
use crate::keeper::{Boundary, News, SYSTEM};
use crate::provider::{Delivery, Grant, Profile, TokenCall};
use crate::store::{StoreError, answers, chains, links, registrations};
use thiserror::Error;

/// What an attempt needs before a byte may leave.
struct Ready {
    profile: Profile,
    client_id: String,
    client_secret: ClientSecret,
    refresh: RefreshToken,
    deadline: std::time::Duration,
    row: chains::Row,
}

/// Why an attempt could not be made ready.
#[derive(Debug, Error)]
enum ReadyError {
    #[error("could not read what the attempt needs")]
    Store(#[from] StoreError),
    #[error("could not open a seal")]
    Guard(#[from] GuardError),
    #[error("the chain has no stored link")]
    NoLink,
}

impl Engine {
    pub(super) async fn attempt(&self, chain: ChainId, attempt: u32) {
        self.boundary(Boundary::Intended);
        if self.inner.stop.is_cancelled() {
            // Nothing new leaves while the process ends; the chain goes back to where it was.
            return self.tell_or_log(chain, News::system(Event::Restart)).await;
        }
        let ready = match self.ready_to_spend(chain).await {
            Ok(ready) => ready,
            Err(error) => {
                tracing::error!(%chain, error = crate::report(&error), "an attempt could not be made ready");
                return self.tell_or_log(chain, News::system(Event::NeverSent { attempt })).await;
            }
        };
        let generation = match self.tell(chain, News::system(Event::Sending { attempt })).await {
            Ok(step) => step.effects.iter().find_map(|effect| match effect {
                Effect::Send { attempt: allowed, generation, .. } if *allowed == attempt => Some(*generation),
                Effect::Prepare { .. }
                | Effect::Send { .. }
                | Effect::Activate { .. }
                | Effect::KeepBeside
                | Effect::Recover { .. }
                | Effect::Alert(_) => None,
            }),
            Err(error) => {
                tracing::error!(%chain, error = crate::report(&error), "an attempt was not allowed to send");
                None
            }
        };
        // Not allowed: a newer link came, or the lease went to somebody else.
        let Some(generation) = generation else { return };
        self.send(chain, attempt, generation, ready).await;
    }

    async fn send(&self, chain: ChainId, attempt: u32, generation: u32, ready: Ready) {
        let sent_at = self.now();
        let call = TokenCall {
            endpoint: &ready.profile.token,
            client_id: &ready.client_id,
            client_secret: &ready.client_secret,
            basic: ready.profile.basic,
            grant: Grant::Refresh(&ready.refresh),
            deadline: ready.deadline,
        };
        let stopwatch = self.inner.clock.stopwatch();
        let delivery = self.inner.http.token(call).await;
        self.inner.figures.took(Span::Refresh, stopwatch.elapsed());
        match delivery {
            Delivery::NeverSent => self.tell_or_log(chain, News::system(Event::NeverSent { attempt })).await,
            Delivery::NoAnswer => self.tell_or_log(chain, News::system(Event::NoAnswer { attempt })).await,
            Delivery::Answered(answer) => {
                self.boundary(Boundary::Received);
                let received_at = self.now();
                let kept = answers::Row {
                    id: crate::store::new_id(&self.inner.clock),
                    chain,
                    attempt,
                    generation,
                    kind: answers::Kind::Refresh,
                    body: Vec::new(),
                    status: answer.status,
                    reason: answer.reason,
                    sent_at,
                    received_at,
                    read_at: None,
                    expires_at: received_at + ANSWER_LIFE,
                };
                self.keep(ready.row.organisation, kept, answer.body, SYSTEM).await;
            }
        }
    }

    async fn ready_to_spend(&self, chain: ChainId) -> Result<Ready, ReadyError> {
        let db = &self.inner.db;
        let row = chains::find(db, chain).await?.ok_or(ReadyError::NoLink)?;
        let link = links::current(db, chain).await?.ok_or(ReadyError::NoLink)?;
        let registration = registrations::find(db, row.registration).await?.ok_or(ReadyError::NoLink)?;
        let profile = registration.profile()?;
        let deadline = profile.rules(false, Time::from_millis(0)).request_deadline;
        let refresh = self.open_refresh(row.organisation, &link).await?;
        let client_secret = self.open_client_secret(&registration).await?;
        Ok(Ready { profile, client_id: registration.client_id, client_secret, refresh, deadline, row })
    }
}
