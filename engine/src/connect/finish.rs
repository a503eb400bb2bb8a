use chain::Fault;
use url::Url;

use crate::engine::Engine;
use crate::keeper::TellError;
use crate::random;
use crate::store::grants::{self, Taken};
use crate::store::{StoreError, registrations, tending};
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
        let walk = self.begin(async move { engine.walk_back(&registration, callback, &browser).await });
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
            (None, Some(code)) if !code.is_empty() => match self.exchange(&grant, &row, &code).await? {
                Some(fault) => GrantOutcome::Failed(fault),
                None => self.attach(&grant, grant.chain).await?,
            },
            (None, _) => GrantOutcome::Denied("no code".to_owned()),
        };
        // What failed is over: nobody is signing in any more.
        let ended = match &finished.outcome {
            GrantOutcome::Cancelled => Some("cancelled"),
            GrantOutcome::Denied(_) => Some("denied"),
            GrantOutcome::Failed(_) => Some("failed"),
            GrantOutcome::Renewed(_)
            | GrantOutcome::OtherUser { .. }
            | GrantOutcome::StateMissing
            | GrantOutcome::StateUnknown
            | GrantOutcome::StateUsed
            | GrantOutcome::StateExpired
            | GrantOutcome::OtherBrowser
            | GrantOutcome::Broken => None,
        };
        if let Some(ended) = ended {
            grants::finish(&self.inner.db, grant.id, ended).await?;
        }
        self.settle_stop(&grant, &finished.outcome).await?;
        Ok(finished)
    }

    async fn addressed(&self, grant: &grants::Row) -> Result<FinishedGrant, StoreError> {
        let place = tending::address(&self.inner.db, grant.container).await?;
        let (database, alias) = place.map_or((None, None), |(database, alias)| (Some(database), Some(alias)));
        let return_to = grant.return_to.as_deref().and_then(|target| Url::parse(target).ok());
        Ok(FinishedGrant { outcome: GrantOutcome::Broken, database, alias, return_to })
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
