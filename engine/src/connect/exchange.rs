//! The code for a link: one token call, into a chain of its own.

use chain::{Chain, ChainId, Fault};

use crate::engine::Engine;
use crate::figures::{Figure, Span, TokenOutcome};
use crate::guard::Place;
use crate::guard::secret::CodeVerifier;
use crate::keeper::{ANSWER_LIFE, TellError};
use crate::provider::{Answer, Delivery, Grant, TokenCall, exact, oauth};
use crate::store::{self, StoreError, answers, chains, grants, registrations};

impl Engine {
    /// Exchanges the code into the grant's own chain; keeps the raw answer before reading it.
    ///
    /// Says what is wrong when no link came.
    pub(crate) async fn exchange(
        &self,
        grant: &grants::Row,
        registration: &registrations::Row,
        code: &str,
    ) -> Result<Option<Fault>, TellError> {
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
            basic: profile.basic,
            grant: Grant::Code { code, redirect_uri: &grant.redirect_uri, verifier: verifier.as_ref() },
            deadline: profile.rules(false, sent_at).request_deadline,
        };
        let stopwatch = inner.clock.stopwatch();
        let delivery = inner.http.token(call).await;
        inner.figures.took(Span::CodeExchange, stopwatch.elapsed());
        let count = |outcome| self.count(grant.organisation, Figure::TokenCall(outcome));
        let answer = match delivery {
            Delivery::NeverSent => {
                count(TokenOutcome::NeverSent);
                return Ok(Some(Fault::Unreachable));
            }
            Delivery::NoAnswer => {
                count(TokenOutcome::NoAnswer);
                return Ok(Some(Fault::AnswerLost));
            }
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
        let actor = self.actor_of(grant).await?;
        self.keep(grant.organisation, kept, body, &actor).await;
        if let Some(fault) = refused {
            count(TokenOutcome::Refused);
            if fault == Fault::ClientRefused {
                registrations::set_refused(&inner.db, registration.id, Some(self.now())).await?;
            }
            return Ok(Some(fault));
        }
        Ok(None)
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
}
