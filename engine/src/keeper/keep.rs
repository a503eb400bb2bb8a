//! Keep first, read second: a received answer is sealed and stored before anybody parses it.

use std::path::PathBuf;
use std::time::Duration;

use chain::{Event, OrganisationId, Received};

use crate::actor::Actor;
use crate::engine::Engine;
use crate::guard::secret::RawAnswer;
use crate::guard::{Place, Purpose};
use crate::keeper::{Boundary, NewLink, News, SYSTEM, TellError};
use crate::provider::{Answer, exact, oauth};
use crate::store::answers::{self, Kind};
use crate::store::{StoreError, chains};

/// How often the store is tried before the answer is left to the spool.
const STORE_TRIES: u32 = 6;
/// Left answers read in one round.
const MOST_LEFT: u64 = 100;
/// How long a read answer stays, sealed, for whoever looks into a fault.
pub(crate) const ANSWER_LIFE: Duration = Duration::from_secs(7 * 86_400);

impl Engine {
    /// Keeps a raw answer and then reads it.
    ///
    /// Where the store refuses, a sealed file holds the answer until the store is back.
    pub(crate) async fn keep(
        &self,
        organisation: OrganisationId,
        mut kept: answers::Row,
        body: RawAnswer,
        actor: &Actor,
    ) {
        let (db, guard) = (&self.inner.db, &self.inner.guard);
        match guard.seal(db, organisation, Purpose::Tokens, &place(organisation, &kept), body.expose()).await
        {
            Ok(sealed) => kept.body = sealed,
            Err(error) => {
                // Without a seal nothing is written; the answer can still be read from memory.
                tracing::error!(chain = %kept.chain, error = crate::report(&error), "an answer could not be sealed");
                return self.read(kept, body, false, actor).await;
            }
        }
        let mut spooled: Option<PathBuf> = None;
        for failures in 0..STORE_TRIES {
            match answers::insert(db, &kept).await {
                Ok(()) => {
                    self.boundary(Boundary::Kept);
                    if let Some(file) = &spooled {
                        self.inner.spool.remove(file);
                    }
                    return self.read(kept, body, true, actor).await;
                }
                Err(error) => {
                    tracing::error!(chain = %kept.chain, error = crate::report(&error), "an answer could not be stored");
                    if spooled.is_none() {
                        spooled = self.inner.spool.write(&kept);
                    }
                    let pause = Duration::from_millis(100 << failures);
                    self.inner.clock.sleep_until(self.now() + pause).await;
                }
            }
        }
        // The spool is read again as soon as the store is back.
    }

    /// Reads an answer and tells the chain what it says.
    async fn read(&self, kept: answers::Row, body: RawAnswer, stored: bool, actor: &Actor) {
        let chain = kept.chain;
        let raw = Answer { status: kept.status, reason: kept.reason.clone(), body };
        let parsed = oauth::parse(&raw.body);
        let event = match (&parsed, kept.kind) {
            (Some(token), kind) => {
                let received = Received {
                    sent_at: kept.sent_at,
                    received_at: kept.received_at,
                    access_lifetime: token.expires_in,
                };
                match kind {
                    Kind::Refresh => Event::Refreshed { generation: kept.generation, received },
                    Kind::Code => Event::Linked(received),
                }
            }
            (None, Kind::Refresh) => {
                Event::Refused { attempt: kept.attempt, fault: exact::refusal::classify(&raw) }
            }
            // A refused code says nothing of the chain; whoever walks the grant is told.
            (None, Kind::Code) => return self.forget_answer(&kept, stored).await,
        };
        let link = match parsed.map(|token| (token.refresh_token, token.access_token)) {
            Some((Some(refresh), access)) => Some(NewLink { refresh, access: Some(access) }),
            // RFC 6749 §6: without a new refresh token the old one stays.
            Some((None, access)) => match self.present_refresh(chain).await {
                Some(refresh) => Some(NewLink { refresh, access: Some(access) }),
                None => return tracing::error!(%chain, "an answer without any refresh token"),
            },
            None => None,
        };
        let refused = matches!(event, Event::Refused { .. });
        let activates = kept.kind == Kind::Code;
        let answer = stored.then_some(kept.id);
        match self.tell(chain, News { link, answer, activates, ..News::by(actor, event) }).await {
            Ok(step) if refused && step.chain.needs_repair() => self.try_beside(chain).await,
            Ok(_) | Err(TellError::NotFound) => {}
            // The answer stays unread and is read again by the task that looks for such answers.
            Err(error) => {
                tracing::error!(%chain, error = crate::report(&error), "an answer could not be read");
            }
        }
    }

    async fn forget_answer(&self, kept: &answers::Row, stored: bool) {
        if stored && let Err(error) = answers::mark_read(&self.inner.db, kept.id, self.now()).await {
            tracing::error!(error = crate::report(&error), "an answer could not be marked as read");
        }
    }

    /// Reads every kept answer that nobody read: what a crash or a full disk left behind.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn read_left_answers(&self, age: Duration) -> Result<usize, StoreError> {
        for (file, kept) in self.inner.spool.all() {
            // Written twice is no harm: the id is the same.
            answers::insert(&self.inner.db, &kept).await?;
            self.inner.spool.remove(&file);
        }
        let mut read = 0;
        for kept in answers::unread(&self.inner.db, MOST_LEFT).await? {
            if self.now().since(kept.received_at) >= age && self.read_left(kept).await? {
                read += 1;
            }
        }
        Ok(read)
    }

    async fn read_left(&self, kept: answers::Row) -> Result<bool, StoreError> {
        let Some(row) = chains::find(&self.inner.db, kept.chain).await? else { return Ok(false) };
        let place = place(row.organisation, &kept);
        match self.inner.guard.open(&self.inner.db, row.organisation, &place, &kept.body).await {
            Ok(body) => {
                self.read(kept, RawAnswer::new(body.to_vec()), true, SYSTEM).await;
                Ok(true)
            }
            Err(error) => {
                tracing::error!(chain = %kept.chain, error = crate::report(&error), "a kept answer cannot be opened");
                Ok(false)
            }
        }
    }
}

fn place(organisation: OrganisationId, kept: &answers::Row) -> Place {
    Place::new(organisation, "answers", kept.id, "body")
}
