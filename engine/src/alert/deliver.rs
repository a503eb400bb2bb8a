//! Sending what is due, and sending again what was not taken.

use std::time::Duration;

use chain::{Backoff, Time};
use futures::StreamExt;

use super::mail::Mail;
use super::webhook::Message;
use super::{Answer, Event, Facts, Kind, State, body, text};
use crate::engine::Engine;
use crate::guard::secret::WebhookSecret;
use crate::guard::{GuardError, Place};
use crate::keeper::Boundary;
use crate::store::StoreError;
use crate::store::alerts::deliveries::{self, Ended, Lease, Leased};
use crate::store::alerts::targets;

/// Deliveries taken in one round.
const BATCH: u64 = 50;
/// Deliveries sent at the same time.
const AT_ONCE: usize = 8;
/// Nobody else sends a delivery for this long: longer than any sending takes.
const LEASE: Duration = Duration::from_secs(120);
/// How long it is before a delivery is sent again.
const PAUSE: Backoff = Backoff { first: Duration::from_secs(30), most: Duration::from_secs(6 * 3_600) };
/// What happened longer ago than this is not sent again.
const WORTH: Duration = Duration::from_secs(3 * 86_400);

impl Engine {
    /// Sends every alert whose time has come; says when the next one is due.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn deliver_due(&self) -> Result<Option<Time>, StoreError> {
        loop {
            let now = self.now();
            let until = now + LEASE;
            let lease = Lease { owner: &self.inner.owner, now, until };
            let due = deliveries::take_due(&self.inner.db, lease, BATCH).await?;
            if due.is_empty() {
                return deliveries::next_due(&self.inner.db).await;
            }
            let send = |id| async move {
                self.deliver(id, (now, until)).await;
            };
            futures::stream::iter(due).for_each_concurrent(AT_ONCE, send).await;
        }
    }

    /// Sends one delivery at once, if nobody else does.
    pub(crate) async fn deliver_now(&self, id: u128) -> Result<Option<Answer>, StoreError> {
        let now = self.now();
        let until = now + LEASE;
        let lease = Lease { owner: &self.inner.owner, now, until };
        if !deliveries::take_one(&self.inner.db, lease, id).await? {
            return Ok(None);
        }
        Ok(self.deliver(id, (now, until)).await)
    }

    /// Sends a leased delivery and writes down what came of it, whoever hangs up meanwhile.
    async fn deliver(&self, id: u128, (now, until): (Time, Time)) -> Option<Answer> {
        let engine = self.clone();
        let sent = self.inner.tasks.spawn(async move {
            let lease = Lease { owner: &engine.inner.owner, now, until };
            engine.send_and_note(id, lease).await
        });
        match sent.await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => {
                // The lease ends, and it is sent again.
                tracing::error!(error = crate::report(&error), "an alert could not be delivered");
                None
            }
            Err(_) => None,
        }
    }

    async fn send_and_note(&self, id: u128, lease: Lease<'_>) -> Result<Option<Answer>, StoreError> {
        let db = &self.inner.db;
        // Deleted, with its target.
        let Some(delivery) = deliveries::leased(db, id).await? else { return Ok(None) };
        let answer = self.send_delivery(&delivery).await;
        self.boundary(Boundary::AlertSent);
        let now = self.now();
        let next = now + PAUSE.after(delivery.tries);
        let again = delivery.alert.event != Event::Test && next <= delivery.alert.at + WORTH;
        let (state, next_at) = match (answer.is_taken(), again) {
            (true, _) => (State::Delivered, None),
            (false, true) => (State::Pending, Some(next)),
            (false, false) => (State::Failed, None),
        };
        let target = format!("{:032x}", delivery.target.id);
        if state != State::Delivered {
            let (event, tries) = (delivery.alert.event.as_str(), delivery.tries);
            tracing::warn!(
                target_id = target,
                event,
                tries,
                answer = answer.word(),
                "an alert was not taken"
            );
        }
        let ended = Ended { state, next_at, at: now, answer: answer.word() };
        if !deliveries::end(db, id, lease, &ended).await? {
            tracing::warn!(target_id = target, "an alert took longer than its lease");
        }
        Ok(Some(answer))
    }

    async fn send_delivery(&self, delivery: &Leased) -> Answer {
        let (alert, target, public_url) = (&delivery.alert, &delivery.target, &self.inner.public_url);
        let (id, facts) = (body::id(alert), Facts::parse(&alert.body));
        match target.kind {
            Kind::Webhook => {
                let secret = match self.webhook_secret(&delivery.target).await {
                    Ok(Some(secret)) => secret,
                    Ok(None) => return Answer::NotMade,
                    Err(error) => {
                        tracing::error!(
                            error = crate::report(&error),
                            "the secret of a webhook cannot be opened"
                        );
                        return Answer::NotMade;
                    }
                };
                let body = body::json(alert, &facts, target.language, public_url);
                let message = Message { id: &id, event: alert.event, body: &body, now: self.now() };
                self.inner.webhooks.send(&target.address, &secret, message).await
            }
            Kind::Mail => {
                let Some(server) = &self.inner.mail else { return Answer::NoMailServer };
                let mail = Mail {
                    id: &id,
                    to: &target.address,
                    subject: text::subject(target.language, alert.event, &facts),
                    text: body::plain(alert, &facts, target.language, public_url),
                    at: alert.at,
                };
                let hello = public_url.host_str().unwrap_or("localhost");
                server.send(mail, hello, self.inner.webhooks.patience()).await
            }
        }
    }

    /// What signs what is sent to a target.
    pub(crate) async fn webhook_secret(
        &self,
        target: &targets::Row,
    ) -> Result<Option<WebhookSecret>, GuardError> {
        let Some(sealed) = &target.secret else { return Ok(None) };
        let place = Place::new(target.organisation, "alert_targets", target.id, "secret");
        let text = self.inner.guard.open_text(&self.inner.db, target.organisation, &place, sealed).await?;
        Ok(Some(WebhookSecret::new(text)))
    }
}
