//! What goes along on a walk: the sign-in, and a durable memory of what was sent of it.

use std::time::Duration;

use chain::{ChainId, OrganisationId, RecoveryFailure};

use super::{Stage, fell};
use crate::engine::Engine;
use crate::guard::secret::{OneTimeCode, Password, UserName};
use crate::guard::{SignIn, one_time};
use crate::keeper::Boundary;
use crate::sign_in::{self, Step};
use crate::store::{credentials, one_time_periods, organisations, recovery_runs};

/// A code is sent only while it is valid for this long: the page takes its time, and clocks differ.
const LEAST_LEFT: Duration = Duration::from_secs(6);
/// Periods waited for before giving up; other runs of the same account use one each.
const MOST_PERIODS: u32 = 4;

/// One walk's companion.
pub(super) struct Companion {
    engine: Engine,
    organisation: OrganisationId,
    chain: ChainId,
    run: u128,
    account: String,
    sign_in: SignIn,
    /// The stored password that is sent; `None` when it was typed for a test.
    stored: Option<credentials::Row>,
    /// The password left and nothing is known of it.
    unanswered: bool,
}

impl Companion {
    pub(super) const fn new(
        engine: Engine,
        (organisation, chain, run): (OrganisationId, ChainId, u128),
        account: String,
        sign_in: SignIn,
        stored: Option<credentials::Row>,
    ) -> Self {
        Self { engine, organisation, chain, run, account, sign_in, stored, unanswered: false }
    }

    /// How the run ended, when the password's fate is taken into account.
    ///
    /// A password that was accepted before may be tried again after a lost answer; of one that
    /// never was, nobody knows whether it is wrong, and a wrong one is sent once.
    pub(super) async fn verdict(&self, failure: RecoveryFailure) -> RecoveryFailure {
        let Some(stored) = self.stored.as_ref().filter(|_| self.unanswered) else { return failure };
        if stored.proved_at.is_none() {
            return match failure {
                // The provider's answer says more; the mark stays, and the next run heeds it.
                RecoveryFailure::AccountLocked
                | RecoveryFailure::Captcha
                | RecoveryFailure::ConsentNeeded => failure,
                RecoveryFailure::WrongPassword
                | RecoveryFailure::WrongCode
                | RecoveryFailure::PageNotUnderstood
                | RecoveryFailure::WrongUser
                | RecoveryFailure::ProviderDown
                | RecoveryFailure::Interrupted
                | RecoveryFailure::LeftTheProvider
                | RecoveryFailure::PasswordUnanswered
                | RecoveryFailure::GrantInFlight
                | RecoveryFailure::Endless => RecoveryFailure::PasswordUnanswered,
            };
        }
        let forgotten = credentials::forget_password_sent(&self.engine.inner.db, stored.id).await;
        forgotten.err().map_or(failure, |error| fell(&error))
    }

    /// Says how far the run is, on every page that is open.
    pub(super) async fn stage(&self, stage: Stage) {
        match recovery_runs::advance(&self.engine.inner.db, self.run, stage as u32).await {
            Ok(_) => self.engine.inner.watch.announce(self.chain),
            Err(error) => {
                tracing::warn!(error = crate::report(&error), "how far a run is could not be written");
            }
        }
    }

    /// Nothing leaves any more once the organisation's switch is off.
    pub(super) async fn may_go_on(&self) -> Result<(), RecoveryFailure> {
        let enabled = organisations::recovery_enabled(&self.engine.inner.db, self.organisation).await;
        if enabled.map_err(|error| fell(&error))? { Ok(()) } else { Err(RecoveryFailure::Interrupted) }
    }
}

impl sign_in::Companion for Companion {
    fn user_name(&self) -> &UserName {
        &self.sign_in.user_name
    }

    async fn password(&mut self) -> Result<&Password, RecoveryFailure> {
        self.may_go_on().await?;
        if let Some(stored) = &self.stored {
            let db = &self.engine.inner.db;
            let marked = credentials::mark_password_sent(db, stored.id, self.engine.now()).await;
            if !marked.map_err(|error| fell(&error))? {
                let now = credentials::find(db, stored.id).await.map_err(|error| fell(&error))?;
                // Replaced or removed since the run began; or refused; or sent without an answer.
                return Err(match now {
                    None => RecoveryFailure::Interrupted,
                    Some(row) if row.refused_at.is_some() => RecoveryFailure::WrongPassword,
                    Some(row) if row.password_sent_at.is_some() => RecoveryFailure::PasswordUnanswered,
                    Some(_) => RecoveryFailure::Interrupted,
                });
            }
        }
        self.unanswered = true;
        self.engine.boundary(Boundary::PasswordMarked);
        Ok(&self.sign_in.password)
    }

    async fn password_answered(&mut self, accepted: bool) {
        self.unanswered = false;
        let (db, now) = (&self.engine.inner.db, self.engine.now());
        let Some(stored) = &self.stored else {
            if accepted {
                self.engine.inner.proofs.note(&self.account, &self.sign_in.password, now);
            }
            return;
        };
        if let Err(error) = credentials::mark_password_answered(db, stored.id, accepted, now).await {
            // Left marked as sent: it is not sent again before somebody looked.
            tracing::error!(error = crate::report(&error), "what became of a password could not be written");
        }
    }

    async fn code(&mut self) -> Result<OneTimeCode, RecoveryFailure> {
        let Some(secret) = &self.sign_in.one_time else { return Err(RecoveryFailure::WrongCode) };
        let (db, clock) = (&self.engine.inner.db, &self.engine.inner.clock);
        for _ in 0..MOST_PERIODS {
            self.may_go_on().await?;
            let now = clock.now();
            if one_time::left(now) >= LEAST_LEFT {
                let period = one_time::period(now);
                let reserved = one_time_periods::reserve(db, self.organisation, &self.account, period).await;
                if reserved.map_err(|error| fell(&error))? {
                    self.engine.boundary(Boundary::CodeReserved);
                    return Ok(one_time::code(secret, now));
                }
            }
            clock.sleep_until(now + one_time::left(now)).await;
        }
        Err(RecoveryFailure::Interrupted)
    }

    async fn reached(&mut self, step: Step) {
        self.stage(Stage::of(step)).await;
    }
}
