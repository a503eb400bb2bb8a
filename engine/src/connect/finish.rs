use chain::{Chain, ChainId, ContainerId, Event, Fault, Time};
use url::Url;

use crate::engine::Engine;
use crate::guard::Place;
use crate::guard::secret::CodeVerifier;
use crate::keeper::{ANSWER_LIFE, News, SYSTEM, TellError};
use crate::provider::{Answer, Delivery, Grant, TokenCall, exact, oauth};
use crate::random;
use crate::store::grants::{self, Taken};
use crate::store::{self, StoreError, answers, chains, containers, operators, registrations, tending};
use crate::view::UpstreamUser;

/// What a provider's redirect brought.
#[derive(Clone, Debug, Default)]
pub struct Callback {
    /// The state, as we gave it out.
    pub state: Option<String>,
    /// The authorization code.
    pub code: Option<String>,
    /// The provider's error instead of a code.
    pub error: Option<String>,
}

/// How a grant ended, and where the browser goes from here.
#[derive(Clone, Debug)]
pub struct FinishedGrant {
    /// How it ended.
    pub outcome: GrantOutcome,
    /// The container's database, once known.
    pub database: Option<String>,
    /// The container's alias, once known.
    pub alias: Option<String>,
    /// Where the browser was to come back to.
    pub return_to: Option<Url>,
}

/// How a grant ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GrantOutcome {
    /// A new chain begins; the user is absent when the provider did not say in time.
    Renewed(Option<UpstreamUser>),
    /// Another user signed in than before; the operator has to choose.
    OtherUser {
        /// The user the container belongs to.
        was: UpstreamUser,
        /// The user who signed in.
        is: UpstreamUser,
    },
    /// The person refused.
    Cancelled,
    /// The provider came back with an error, an OAuth word such as `server_error`.
    Denied(String),
    /// The redirect had no state.
    StateMissing,
    /// Nobody gave out this state.
    StateUnknown,
    /// The state came back before, or a newer grant took its place.
    StateUsed,
    /// The state came back too late.
    StateExpired,
    /// The state belongs to another browser session.
    OtherBrowser,
    /// The code could not be exchanged.
    Failed(Fault),
    /// Evergrant itself could not write.
    Broken,
}

impl Engine {
    /// Takes the provider's redirect: checks the state, exchanges the code and learns who signed in.
    ///
    /// Whatever is wrong with the redirect, no existing chain is touched. Once the code was sent,
    /// the exchange goes on even when the browser hangs up.
    pub async fn finish_grant(&self, registration: &str, callback: Callback, browser: &str) -> FinishedGrant {
        let (engine, registration, browser) = (self.clone(), registration.to_owned(), browser.to_owned());
        let walk =
            self.inner.tasks.spawn(async move { engine.walk_back(&registration, callback, &browser).await });
        match walk.await {
            Ok(Ok(finished)) => finished,
            Ok(Err(error)) => {
                tracing::error!(error = crate::report(&error), "a grant could not be finished");
                FinishedGrant::of(GrantOutcome::Broken)
            }
            Err(_) => FinishedGrant::of(GrantOutcome::Broken),
        }
    }

    async fn walk_back(
        &self,
        registration: &str,
        callback: Callback,
        browser: &str,
    ) -> Result<FinishedGrant, TellError> {
        let Some(state) = callback.state.filter(|state| !state.is_empty()) else {
            return Ok(FinishedGrant::of(GrantOutcome::StateMissing));
        };
        let taken = grants::take(
            &self.inner.db,
            &random::fingerprint(&state),
            &random::fingerprint(browser),
            self.now(),
        )
        .await?;
        let grant = match taken {
            Taken::Grant(grant) => grant,
            Taken::Foreign => return Ok(FinishedGrant::of(GrantOutcome::OtherBrowser)),
            Taken::Used => return Ok(FinishedGrant::of(GrantOutcome::StateUsed)),
            Taken::Expired => return Ok(FinishedGrant::of(GrantOutcome::StateExpired)),
            Taken::Unknown => return Ok(FinishedGrant::of(GrantOutcome::StateUnknown)),
        };
        let mut finished = self.addressed(&grant).await?;
        let row = registrations::find(&self.inner.db, grant.registration).await?;
        let Some(row) = row.filter(|row| row.slug == registration) else {
            finished.outcome = GrantOutcome::StateUnknown;
            return Ok(finished);
        };
        finished.outcome = match (callback.error, callback.code) {
            (Some(error), _) if error == "access_denied" => GrantOutcome::Cancelled,
            (Some(error), _) => GrantOutcome::Denied(oauth_word(&error)),
            (None, Some(code)) if !code.is_empty() => self.exchange(&grant, &row, &code).await?,
            (None, _) => GrantOutcome::Denied("no code".to_owned()),
        };
        Ok(finished)
    }

    async fn addressed(&self, grant: &grants::Row) -> Result<FinishedGrant, StoreError> {
        let place = tending::address(&self.inner.db, grant.container).await?;
        let (database, alias) = place.map_or((None, None), |(database, alias)| (Some(database), Some(alias)));
        let return_to = grant.return_to.as_deref().and_then(|target| Url::parse(target).ok());
        Ok(FinishedGrant { outcome: GrantOutcome::Broken, database, alias, return_to })
    }

    /// Exchanges the code into a chain of its own; keeps the raw answer before reading it.
    async fn exchange(
        &self,
        grant: &grants::Row,
        registration: &registrations::Row,
        code: &str,
    ) -> Result<GrantOutcome, TellError> {
        let inner = &self.inner;
        let profile = registration.profile()?;
        let secret = self.open_client_secret(registration).await?;
        let verifier = match &grant.verifier {
            Some(sealed) => {
                let place = Place::new(grant.organisation, "grants", grant.id, "verifier");
                let text = inner.guard.open_text(&inner.db, grant.organisation, &place, sealed).await?;
                Some(CodeVerifier::new(text))
            }
            None => None,
        };
        let chain = grant.chain;
        let sent_at = self.now();
        let call = TokenCall {
            endpoint: &profile.token,
            client_id: &registration.client_id,
            client_secret: &secret,
            grant: Grant::Code { code, redirect_uri: &grant.redirect_uri, verifier: verifier.as_ref() },
            deadline: profile.rules(false, sent_at).request_deadline,
        };
        let answer = match inner.http.token(call).await {
            Delivery::NeverSent => return Ok(GrantOutcome::Failed(Fault::Unreachable)),
            Delivery::NoAnswer => return Ok(GrantOutcome::Failed(Fault::AnswerLost)),
            Delivery::Answered(answer) => answer,
        };
        let refused = oauth::parse(&answer.body).is_none().then(|| exact::refusal::classify(&answer));
        let Answer { status, reason, body } = answer;
        let received_at = self.now();
        let kept = answers::Row {
            id: store::new_id(&inner.clock),
            chain,
            attempt: 0,
            generation: 0,
            kind: answers::Kind::Code,
            body: Vec::new(),
            status,
            reason,
            sent_at,
            received_at,
            read_at: None,
            expires_at: received_at + ANSWER_LIFE,
        };
        let operator = operators::find(&inner.db, grant.operator).await?;
        let actor = operator.map_or_else(|| SYSTEM.to_owned(), |row| format!("operator:{}", row.name));
        self.keep(grant.organisation, kept, body, &actor).await;
        if let Some(fault) = refused {
            if fault == Fault::ClientRefused {
                registrations::set_refused(&inner.db, registration.id, Some(self.now())).await?;
            }
            return Ok(GrantOutcome::Failed(fault));
        }
        self.attach(grant, chain).await
    }

    pub(crate) async fn new_chain(
        &self,
        registration: &registrations::Row,
        server: String,
    ) -> Result<ChainId, StoreError> {
        let id = ChainId(store::new_id(&self.inner.clock));
        let chain = chains::NewChain {
            chain: Chain::unlinked(id),
            organisation: registration.organisation,
            registration: registration.id,
            authorization_server: server,
            client_id: registration.client_id.clone(),
            created_at: self.now(),
        };
        chains::insert(&self.inner.db, &chain).await?;
        Ok(id)
    }

    /// Points the container at the chain of whoever signed in.
    async fn attach(&self, grant: &grants::Row, chain: ChainId) -> Result<GrantOutcome, TellError> {
        let db = &self.inner.db;
        let before = containers::find(db, grant.container).await?.ok_or(TellError::NotFound)?;
        let was = match before.chain {
            Some(old) => chains::find(db, old).await?.and_then(|old| old.upstream_user),
            None => None,
        };
        let Some(user) = self.activate_granted(chain).await? else {
            // Who it is shows later; a container that works is worth more than an open question.
            self.point(grant.container, chain).await?;
            grants::finish(db, grant.id, "linked").await?;
            return Ok(GrantOutcome::Renewed(None));
        };
        let chain = self.settle(chain, &user).await?;
        let outcome = match was {
            Some(was) if was.id != user.id => {
                containers::set_pending_chain(db, grant.container, Some(chain)).await?;
                GrantOutcome::OtherUser { was, is: user }
            }
            Some(_) | None => {
                self.point(grant.container, chain).await?;
                GrantOutcome::Renewed(Some(user))
            }
        };
        grants::finish(db, grant.id, "linked").await?;
        self.inner.watch.announce(chain);
        Ok(outcome)
    }

    /// Points a container at a chain; what the container wishes changes when the chain wakes.
    pub(crate) async fn point(&self, container: ContainerId, chain: ChainId) -> Result<(), TellError> {
        tending::point(&self.inner.db, container, chain).await?;
        self.inner.watch.announce(chain);
        self.tell(chain, News::system(Event::Tick)).await?;
        Ok(())
    }

    async fn activate_granted(&self, chain: ChainId) -> Result<Option<UpstreamUser>, TellError> {
        let generation = chains::find(&self.inner.db, chain)
            .await?
            .and_then(|row| row.chain.held().map(|held| held.generation))
            .ok_or(TellError::NotFound)?;
        let user = self.probe(chain).await?;
        let event = match user {
            Some(_) => Event::Activated { generation },
            None => Event::ActivationFailed { generation },
        };
        self.tell(chain, News::system(event)).await?;
        Ok(user)
    }

    /// Attaches what a process that is gone had exchanged and not attached.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn attach_left(&self, begun_before: Time) -> Result<usize, StoreError> {
        let mut attached = 0;
        for grant in tending::unattached(&self.inner.db, begun_before, 100).await? {
            let chain = grant.chain;
            match self.attach(&grant, chain).await {
                Ok(_) => attached += 1,
                // The code was never exchanged, or refused.
                Err(TellError::NotFound) => grants::finish(&self.inner.db, grant.id, "failed").await?,
                Err(error) => {
                    tracing::error!(%chain, error = crate::report(&error), "a grant could not be attached");
                }
            }
        }
        Ok(attached)
    }
}

impl FinishedGrant {
    fn of(outcome: GrantOutcome) -> Self {
        Self { outcome, database: None, alias: None, return_to: None }
    }
}

/// An error word fit to be shown: what RFC 6749 allows, and no more than 40 letters of it.
fn oauth_word(error: &str) -> String {
    error.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')).take(40).collect()
}
