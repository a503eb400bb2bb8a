//! "Test these credentials": the walk of a run, up to the code, which is then left to lapse.
//!
//! Exchanging it would end the live chain of the same user.

use chain::{ContainerId, RecoveryFailure};

use super::companion::Companion;
use super::run::walk;
use super::{fell, lines};
use crate::access::{Complete, CredentialsForm, FormError, Operator, Problem, invalid};
use crate::connect::NewGrant;
use crate::random;
use crate::sign_in::{self, Walked};
use crate::store::recovery_runs::{self, Kind, NewRun, Outcome, TraceLine};
use crate::store::{self, StoreError, chains, containers, grants, registrations};
use crate::view::{TestedView, TraceView};

impl Operator {
    /// Walks the sign-in with these credentials and says how far it came; nothing is exchanged, so
    /// the live chain is left alone. What is absent is taken from what is stored.
    ///
    /// A walk that has begun goes on when the caller hangs up.
    ///
    /// # Errors
    /// See [`FormError`]; [`Problem::Busy`] while a person or auto-recovery signs in.
    pub async fn test_credentials(
        &self,
        container: ContainerId,
        form: CredentialsForm,
    ) -> Result<TestedView, FormError> {
        let container = self.container_row(container).await?.ok_or(FormError::NotFound)?;
        let chain = container.chain.ok_or(invalid("container", Problem::NotConnected))?;
        let chain = chains::find(&self.engine.inner.db, chain).await?.ok_or(FormError::NotFound)?;
        let complete = self.complete(&chain, form).await?;
        let operator = self.clone();
        let tested = self.engine.begin(async move { operator.test(container, chain, complete).await });
        tested.await.unwrap_or(Err(FormError::NotFound))
    }

    async fn test(
        &self,
        container: containers::Row,
        chain: chains::Row,
        complete: Complete,
    ) -> Result<TestedView, FormError> {
        let db = &self.engine.inner.db;
        let began = self.engine.now();
        let sharing = containers::of_chain(db, chain.chain.id).await?;
        let sharing: Vec<_> = sharing.into_iter().map(|container| container.id).collect();
        let run = store::new_id(&self.engine.inner.clock);
        let new = NewRun {
            id: run,
            organisation: self.organisation,
            chain: chain.chain.id,
            attempt: 0,
            kind: Kind::Test,
            owner: &self.engine.inner.owner,
            now: began,
        };
        let busy = || invalid("container", Problem::Busy);
        if grants::person_under_way(db, &sharing, began).await? || !recovery_runs::begin(db, new).await? {
            return Err(busy());
        }
        let (outcome, trace) = self.walk_test(&container, &chain, complete, run).await;
        let ended = self.engine.now();
        recovery_runs::end(db, run, outcome, &trace, ended).await?;
        self.engine.inner.watch.announce(chain.chain.id);
        let trace = trace.into_iter().map(TraceView::from).collect();
        Ok(TestedView { outcome, trace, took: ended.since(began) })
    }

    async fn walk_test(
        &self,
        container: &containers::Row,
        chain: &chains::Row,
        Complete { sign_in, past }: Complete,
        run: u128,
    ) -> (Outcome, Vec<TraceLine>) {
        let mut trace = Vec::new();
        let begun = self.begin_test(container, chain).await;
        let (engine, server) = (&self.engine, &chain.authorization_server);
        let guard = &engine.inner.guard;
        let account = guard.account(&engine.inner.db, self.organisation, server, &sign_in.user_name).await;
        let (walk, account) = match (begun, account) {
            (Ok(walk), Ok(account)) => (walk, account),
            (Err(failure), _) => return (Outcome::Failed(failure), trace),
            (_, Err(error)) => return (Outcome::Failed(fell(&error)), trace),
        };
        let place = (self.organisation, chain.chain.id, run);
        let mut companion = Companion::new(engine.clone(), place, account, sign_in, past);
        let walked = tokio::select! {
            walked = sign_in::walk(&engine.inner.clock, walk, &mut companion) => walked,
            () = engine.inner.stop.cancelled() => Walked::interrupted(),
        };
        trace.extend(lines(walked.trace));
        match walked.outcome {
            Ok(_lapses) => (Outcome::CodeInHand, trace),
            Err(failure) => (Outcome::Failed(companion.verdict(failure).await), trace),
        }
    }

    /// A grant that nobody will come back with.
    async fn begin_test(
        &self,
        container: &containers::Row,
        chain: &chains::Row,
    ) -> Result<sign_in::Walk, RecoveryFailure> {
        let db = &self.engine.inner.db;
        let unreadable = |error: StoreError| fell(&error);
        let registration = registrations::find(db, chain.registration).await.map_err(unreadable)?;
        let registration = registration.ok_or(RecoveryFailure::Interrupted)?;
        let browser = random::token();
        let new = NewGrant {
            organisation: self.organisation,
            container,
            registration: &registration,
            operator: self.id,
            from: self.from,
            browser: &browser,
            return_to: None,
            recovers: Some((chain.chain.id, 0)),
            asks_who: false,
        };
        let begun = self.engine.open_grant(new).await.map_err(|error| fell(&error))?;
        walk(begun.url, &begun.redirect_uri, &begun.state, &registration)
    }
}
