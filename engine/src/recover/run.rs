//! One run, from the chain's wish to its new link.

use chain::{ChainId, Event, Fault, OperatorId, RecoveryFailure, Time};
use url::Url;

use super::companion::Companion;
use super::{Stage, fell, lines};
use crate::connect::NewGrant;
use crate::engine::Engine;
use crate::figures::Figure;
use crate::guard::SignIn;
use crate::keeper::{Boundary, News};
use crate::random;
use crate::sign_in::{self, Consent, Walk, Walked};
use crate::store::grants::{self, Taken};
use crate::store::recovery_runs::{self, Kind, NewRun, Outcome, TraceLine};
use crate::store::{self, chains, containers, credentials, registrations};

impl Engine {
    /// Walks a run and tells the chain how it ended.
    pub(crate) async fn recover(&self, chain: ChainId, attempt: u32) {
        if self.inner.stop.is_cancelled() {
            // The process ends: the next one walks the run.
            return self.tell_or_log(chain, News::system(Event::Restart)).await;
        }
        if let Err(failure) = self.run(chain, attempt).await {
            tracing::warn!(%chain, code = failure.code(), "a recovery run brought no link");
            self.tell_or_log(chain, News::system(Event::RecoveryFailed { attempt, failure })).await;
        }
    }

    async fn run(&self, chain: ChainId, attempt: u32) -> Result<(), RecoveryFailure> {
        let (db, began) = (&self.inner.db, self.now());
        let stored = self.stored_sign_in(chain).await.map_err(|error| fell(&error))?;
        let Some((stored, sign_in)) = stored else {
            // Their time is up, and the chain was not told yet.
            self.tell_or_log(chain, News::system(Event::CredentialsExpired)).await;
            return Err(RecoveryFailure::Interrupted);
        };
        self.settle_unanswered(&stored).await?;
        let run = store::new_id(&self.inner.clock);
        let new = NewRun {
            id: run,
            organisation: stored.organisation,
            chain,
            attempt,
            kind: Kind::Run,
            owner: &self.inner.owner,
            now: began,
        };
        // Somebody may be testing credentials at this moment.
        if !recovery_runs::begin(db, new).await.map_err(|error| fell(&error))? {
            return Err(RecoveryFailure::GrantInFlight);
        }
        let mut trace = Vec::new();
        let outcome = self.walk_run(&stored, sign_in, (run, attempt), &mut trace).await;
        self.end_run(run, &stored, outcome, &trace, began).await;
        outcome
    }

    async fn end_run(
        &self,
        run: u128,
        stored: &credentials::Row,
        outcome: Result<(), RecoveryFailure>,
        trace: &[TraceLine],
        began: Time,
    ) {
        let (db, now) = (&self.inner.db, self.now());
        let ended = match outcome {
            Ok(()) => {
                let took = now.since(began);
                // They may have been replaced since.
                if let Err(error) = credentials::mark_recovered(db, stored.id, now, took).await {
                    tracing::debug!(error = crate::report(&error), "the credentials of a run are gone");
                }
                Outcome::Recovered
            }
            Err(failure) => Outcome::Failed(failure),
        };
        self.count_timed(stored.organisation, Figure::Run(ended), now.since(began));
        if let Err(error) = recovery_runs::end(db, run, ended, trace, now).await {
            tracing::error!(error = crate::report(&error), "the end of a run could not be written");
        }
        self.inner.watch.announce(stored.chain);
    }

    /// A run that was killed between sending the password and its answer left a mark.
    async fn settle_unanswered(&self, stored: &credentials::Row) -> Result<(), RecoveryFailure> {
        match (stored.password_sent_at, stored.proved_at) {
            (None, _) => Ok(()),
            (Some(_), None) => Err(RecoveryFailure::PasswordUnanswered),
            (Some(_), Some(_)) => credentials::forget_password_sent(&self.inner.db, stored.id)
                .await
                .map_err(|error| fell(&error)),
        }
    }

    async fn walk_run(
        &self,
        stored: &credentials::Row,
        sign_in: SignIn,
        (run, attempt): (u128, u32),
        trace: &mut Vec<TraceLine>,
    ) -> Result<(), RecoveryFailure> {
        let (db, chain) = (&self.inner.db, stored.chain);
        let sharing = containers::of_chain(db, chain).await.map_err(|error| fell(&error))?;
        let ids: Vec<_> = sharing.iter().map(|container| container.id).collect();
        let busy =
            async || grants::person_under_way(db, &ids, self.now()).await.map_err(|error| fell(&error));
        let Some(container) = sharing.first() else { return Err(RecoveryFailure::Interrupted) };
        if busy().await? {
            return Err(RecoveryFailure::GrantInFlight);
        }
        let row = chains::find(db, chain).await.map_err(|error| fell(&error))?;
        let row = row.ok_or(RecoveryFailure::Interrupted)?;
        let registration = registrations::find(db, row.registration).await.map_err(|error| fell(&error))?;
        let registration = registration.ok_or(RecoveryFailure::Interrupted)?;
        credentials::mark_used(db, stored.id, self.now()).await.map_err(|error| fell(&error))?;

        let browser = random::token();
        let new = NewGrant {
            organisation: stored.organisation,
            container,
            registration: &registration,
            operator: OperatorId(0),
            from: None,
            browser: &browser,
            return_to: None,
            recovers: Some((chain, attempt)),
            asks_who: false,
        };
        let begun = self.open_grant(new).await.map_err(|error| fell(&error))?;
        let walk = walk(begun.url, &begun.redirect_uri, &begun.state, &registration)?;
        let place = (stored.organisation, chain, run);
        let account = stored.account.clone();
        let mut companion = Companion::new(self.clone(), place, account, sign_in, Some(stored.clone()));
        companion.may_go_on().await?;
        let walked = tokio::select! {
            walked = sign_in::walk(&self.inner.clock, walk, &mut companion) => walked,
            () = self.inner.stop.cancelled() => Walked::interrupted(),
        };
        trace.extend(lines(walked.trace));
        let code = match walked.outcome {
            Ok(code) => code,
            Err(failure) => return Err(companion.verdict(failure).await),
        };

        self.boundary(Boundary::CodeInHand);
        companion.stage(Stage::Exchanging).await;
        companion.may_go_on().await?;
        // A person who began meanwhile goes first: two grants in flight may end each other's chain.
        if busy().await? {
            return Err(RecoveryFailure::GrantInFlight);
        }
        let (state, browser) = (random::fingerprint(&begun.state), random::fingerprint(&browser));
        let taken = grants::take(db, &state, &browser, self.now()).await.map_err(|error| fell(&error))?;
        let grant = match taken {
            Taken::Grant(grant) => grant,
            Taken::Used => return Err(RecoveryFailure::GrantInFlight),
            Taken::Unknown | Taken::Foreign | Taken::Expired => return Err(RecoveryFailure::Interrupted),
        };
        let exchanged = self.exchange(&grant, &registration, code.expose()).await;
        match exchanged.map_err(|error| fell(&error))? {
            Some(fault) => Err(failure_of(fault)),
            None => {
                self.boundary(Boundary::Exchanged);
                self.mend(&grant, chain, attempt).await.map_err(|error| fell(&error))?
            }
        }
    }
}

/// The walk that an app registration allows.
pub(super) fn walk(
    start: Url,
    redirect_uri: &str,
    state: &str,
    registration: &registrations::Row,
) -> Result<Walk, RecoveryFailure> {
    let profile = registration.profile().map_err(|error| fell(&error))?;
    let redirect_uri = Url::parse(redirect_uri).map_err(|error| fell(&error))?;
    let consent = if profile.gives_consent { Consent::Give } else { Consent::Leave };
    Ok(Walk { start, redirect_uri, state: state.to_owned(), origins: profile.origins, consent })
}

/// What a refused code means to a run.
const fn failure_of(fault: Fault) -> RecoveryFailure {
    match fault {
        Fault::Outage
        | Fault::Unreachable
        | Fault::AnswerLost
        | Fault::GatewayFailed
        | Fault::Unintelligible
        | Fault::DailyLimit
        | Fault::TooEarly => RecoveryFailure::ProviderDown,
        Fault::ClientRefused
        | Fault::OldRefreshTokenUsed
        | Fault::ChainMismatch
        | Fault::RefreshTokenExpired
        | Fault::Refused => RecoveryFailure::Interrupted,
    }
}
