use std::time::Duration;

use chain::ContainerId;
use thiserror::Error;
use url::Url;

use crate::access::Operator;
use crate::guard::{GuardError, Place, Purpose};
use crate::provider::ProfileError;
use crate::random;
use crate::store::{self, StoreError, grants, registrations};

/// How long a person may take to sign in at the provider.
const GRANT_LIFE: Duration = Duration::from_secs(15 * 60);

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
        let inner = &self.engine.inner;
        let row = self.container_row(container).await?.ok_or(BeginGrantError::NotFound)?;
        let registration =
            registrations::find(&inner.db, row.registration).await?.ok_or(BeginGrantError::NotFound)?;
        let profile = registration.parse_profile()?;
        let return_to = return_to.map(|target| self.engine.allowed_return(&target)).transpose()?;
        let redirect_uri = self.engine.redirect_uri(&registration.slug);
        let now = self.engine.now();
        let id = store::new_id(&inner.clock);
        let state = random::token();
        let verifier = registration.pkce.then(random::token);
        let sealed = match &verifier {
            Some(verifier) => {
                let place = Place::new(self.organisation, "grants", id, "verifier");
                let verifier = verifier.as_bytes();
                Some(inner.guard.seal(&inner.db, self.organisation, Purpose::Tokens, &place, verifier).await?)
            }
            None => None,
        };
        let chain = self.engine.new_chain(&registration, profile.server).await?;
        let mut url = profile.authorize;
        url.query_pairs_mut()
            .append_pair("client_id", &registration.client_id)
            .append_pair("redirect_uri", &redirect_uri)
            .append_pair("response_type", "code")
            .append_pair("state", &state)
            .append_pair("force_login", "0");
        if let Some(verifier) = &verifier {
            url.query_pairs_mut()
                .append_pair("code_challenge", &random::challenge(verifier))
                .append_pair("code_challenge_method", "S256");
        }
        let txn = store::begin(&inner.db).await?;
        grants::supersede(&txn, container, now).await?;
        grants::insert(
            &txn,
            &grants::Row {
                id,
                state_hash: random::fingerprint(&state),
                session_hash: random::fingerprint(browser),
                organisation: self.organisation,
                container,
                registration: registration.id,
                operator: self.id,
                chain,
                recovers: None,
                verifier: sealed,
                redirect_uri,
                return_to: return_to.map(String::from),
                created_at: now,
                expires_at: now + GRANT_LIFE,
                used_at: None,
                outcome: None,
            },
        )
        .await?;
        txn.commit().await.map_err(StoreError::from)?;
        Ok(url)
    }
}

impl crate::engine::Engine {
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
