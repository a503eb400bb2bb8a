use std::net::IpAddr;
use std::time::Duration;

use chain::{ChainId, ContainerId, OperatorId, OrganisationId};
use policy::Kind;
use thiserror::Error;
use url::Url;
use zeroize::Zeroizing;

use crate::access::Operator;
use crate::engine::Engine;
use crate::guard::{GuardError, Place, Purpose};
use crate::provider::ProfileError;
use crate::random;
use crate::store::{self, StoreError, containers, grants, registrations};

/// How long a recovery run may take that walks a grant by itself, whatever people may take.
const RUN_LIFE: Duration = Duration::from_secs(15 * 60);

/// Why a grant could not begin.
#[derive(Debug, Error)]
pub enum BeginGrantError {
    /// No such container.
    #[error("no such container")]
    NotFound,
    /// The address to come back to is neither ours nor on the list.
    #[error("the address to come back to is not allowed")]
    ReturnToNotAllowed,
    /// The app registration is not usable.
    #[error("the app registration is not usable")]
    Registration(#[from] ProfileError),
    /// The store refused.
    #[error("could not write the grant")]
    Store(#[from] StoreError),
    /// The verifier could not be sealed.
    #[error("could not seal the grant")]
    Guard(#[from] GuardError),
}

impl Operator {
    /// Begins an authorization code grant for a container and says where to send the browser.
    ///
    /// Any earlier grant of the container that is still open ends with it: at most one is in
    /// flight. `browser` binds the grant to one browser session.
    ///
    /// # Errors
    /// See [`BeginGrantError`]; nothing has changed then.
    pub async fn begin_grant(
        &self,
        container: ContainerId,
        browser: &str,
        return_to: Option<String>,
    ) -> Result<Url, BeginGrantError> {
        let db = &self.engine.inner.db;
        let row = self.container_row(container).await?.ok_or(BeginGrantError::NotFound)?;
        let registration =
            registrations::find(db, row.registration).await?.ok_or(BeginGrantError::NotFound)?;
        let return_to = return_to.map(|target| self.engine.allowed_return(&target)).transpose()?;
        let asks_who = self.must_ask_who(container).await?;
        let new = NewGrant {
            organisation: self.organisation,
            container: &row,
            registration: &registration,
            operator: self.id,
            from: self.from,
            browser,
            return_to,
            recovers: None,
            asks_who,
        };
        Ok(self.engine.open_grant(new).await?.url)
    }
}

/// A grant to be begun.
pub(crate) struct NewGrant<'a> {
    /// Whose it is.
    pub organisation: OrganisationId,
    /// The container that is to be authorized.
    pub container: &'a containers::Row,
    /// The app registration.
    pub registration: &'a registrations::Row,
    /// Who begins it.
    pub operator: OperatorId,
    /// From which network address.
    pub from: Option<IpAddr>,
    /// What binds it to one browser session.
    pub browser: &'a str,
    /// Where the browser goes afterwards.
    pub return_to: Option<Url>,
    /// The chain that a recovery run mends with it, and the run's number.
    pub recovers: Option<(ChainId, u32)>,
    /// The provider is to ask who signs in, even where it still knows somebody in this browser.
    pub asks_who: bool,
}

/// A grant that was begun.
pub(crate) struct BegunGrant {
    /// Where to go.
    pub url: Url,
    /// Its state parameter, which comes back.
    pub state: String,
    /// Where the provider leads back to.
    pub redirect_uri: String,
}

impl Engine {
    /// Begins a grant; a person's ends every other one of the container that is still open.
    pub(crate) async fn open_grant(&self, new: NewGrant<'_>) -> Result<BegunGrant, BeginGrantError> {
        let inner = &self.inner;
        let profile = new.registration.parse_profile()?;
        let redirect_uri = self.redirect_uri(&new.registration.slug);
        let now = self.now();
        let id = store::new_id(&inner.clock);
        let state = random::token();
        let verifier = new.registration.pkce.then(|| Zeroizing::new(random::token()));
        let sealed = match &verifier {
            Some(verifier) => {
                let place = Place::new(new.organisation, "grants", id, "verifier");
                let verifier = verifier.as_bytes();
                Some(inner.guard.seal(&inner.db, new.organisation, Purpose::Tokens, &place, verifier).await?)
            }
            None => None,
        };
        let mut url = profile.authorize.clone();
        url.query_pairs_mut()
            .append_pair("client_id", &new.registration.client_id)
            .append_pair("redirect_uri", &redirect_uri)
            .append_pair("response_type", "code")
            .append_pair("state", &state)
            .extend_pairs(profile.asked(new.asks_who));
        if let Some(verifier) = &verifier {
            url.query_pairs_mut()
                .append_pair("code_challenge", &random::challenge(verifier))
                .append_pair("code_challenge_method", "S256");
        }
        let life = match new.recovers {
            Some(_) => RUN_LIFE,
            None => self.policies(new.organisation).await?.of(Kind::OneTimeState).policy.lifetime(),
        };
        let chain = self.new_chain(new.registration, profile.server).await?;
        let row = grants::Row {
            id,
            state_hash: random::fingerprint(&state),
            session_hash: random::fingerprint(new.browser),
            organisation: new.organisation,
            container: new.container.id,
            registration: new.registration.id,
            operator: new.operator,
            from: new.from,
            chain,
            recovers: new.recovers,
            verifier: sealed,
            redirect_uri: redirect_uri.clone(),
            return_to: new.return_to.map(String::from),
            created_at: now,
            expires_at: now + life,
            used_at: None,
            outcome: None,
        };
        let txn = store::begin(&inner.db).await?;
        if new.recovers.is_none() {
            grants::supersede(&txn, new.container.id, now).await?;
            if let Some(chain) = new.container.chain {
                grants::supersede_runs(&txn, chain, now).await?;
            }
        }
        grants::insert(&txn, &row).await?;
        txn.commit().await.map_err(StoreError::from)?;
        Ok(BegunGrant { url, state, redirect_uri })
    }

    /// The redirect URI of an app registration.
    pub fn redirect_uri(&self, registration_slug: &str) -> String {
        let mut url = self.inner.public_url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["oauth", "callback", registration_slug]);
        }
        url.into()
    }

    /// The absolute form of an address to come back to, if it is ours or on the list.
    pub fn allowed_return(&self, target: &str) -> Result<Url, BeginGrantError> {
        let url = self.inner.public_url.join(target).map_err(|_| BeginGrantError::ReturnToNotAllowed)?;
        let origin = url.origin();
        let listed = |allowed: &String| Url::parse(allowed).is_ok_and(|allowed| allowed.origin() == origin);
        let ours = origin == self.inner.public_url.origin();
        if origin.is_tuple() && (ours || self.inner.allow_return_to.iter().any(listed)) {
            Ok(url)
        } else {
            Err(BeginGrantError::ReturnToNotAllowed)
        }
    }
}
