//! Links in and out of their seals.

use chain::{ChainId, Effect, Event, OrganisationId, Step, Time};

use crate::engine::Engine;
use crate::guard::secret::{AccessToken, ClientSecret, RefreshToken};
use crate::guard::{GuardError, Place, Purpose};
use crate::keeper::{NewLink, News};
use crate::store::{self, chains, links, registrations, tending};

impl Engine {
    pub(super) async fn seal_link(
        &self,
        row: &chains::Row,
        step: &Step,
        link: &NewLink,
        now: Time,
    ) -> Result<links::Row, GuardError> {
        let (db, guard, organisation) = (&self.inner.db, &self.inner.guard, row.organisation);
        let id = store::new_id(&self.inner.clock);
        let at = |column| Place::new(organisation, "links", id, column);
        let refresh = link.refresh.expose().as_bytes();
        let refresh = guard.seal(db, organisation, Purpose::Tokens, &at("refresh_token"), refresh).await?;
        let access = match &link.access {
            Some(access) => {
                let access = access.expose().as_bytes();
                Some(guard.seal(db, organisation, Purpose::Tokens, &at("access_token"), access).await?)
            }
            None => None,
        };
        let beside = step.effects.contains(&Effect::KeepBeside);
        let held = step.chain.held();
        Ok(links::Row {
            id,
            chain: row.chain.id,
            generation: held.map_or(0, |held| held.generation),
            refresh_token: refresh,
            access_token: access,
            received_at: now,
            standing: if beside { links::Standing::Beside } else { links::Standing::Current },
            expires_at: held.map_or(now, |held| held.refresh_until),
        })
    }

    pub(super) async fn open_refresh(
        &self,
        organisation: OrganisationId,
        link: &links::Row,
    ) -> Result<RefreshToken, GuardError> {
        let place = Place::new(organisation, "links", link.id, "refresh_token");
        let text =
            self.inner.guard.open_text(&self.inner.db, organisation, &place, &link.refresh_token).await?;
        Ok(RefreshToken::new(text))
    }

    pub(crate) async fn open_access(
        &self,
        organisation: OrganisationId,
        link: &links::Row,
    ) -> Result<Option<AccessToken>, GuardError> {
        let Some(sealed) = &link.access_token else { return Ok(None) };
        let place = Place::new(organisation, "links", link.id, "access_token");
        let text = self.inner.guard.open_text(&self.inner.db, organisation, &place, sealed).await?;
        Ok(Some(AccessToken::new(text)))
    }

    pub(crate) async fn open_client_secret(
        &self,
        registration: &registrations::Row,
    ) -> Result<ClientSecret, GuardError> {
        let place =
            Place::new(registration.organisation, "registrations", registration.id.0, "client_secret");
        let sealed = &registration.client_secret;
        let text =
            self.inner.guard.open_text(&self.inner.db, registration.organisation, &place, sealed).await?;
        Ok(ClientSecret::new(text))
    }

    /// The refresh token that the chain holds at present.
    pub(super) async fn present_refresh(&self, chain: ChainId) -> Option<RefreshToken> {
        let row = chains::find(&self.inner.db, chain).await.ok()??;
        let link = links::current(&self.inner.db, chain).await.ok()??;
        self.open_refresh(row.organisation, &link).await.ok()
    }

    /// A chain broke, but a link that arrived later than the broken one was kept beside: it is
    /// made the newest and tried.
    pub(super) async fn try_beside(&self, chain: ChainId) {
        let promoted = self.promote_beside(chain).await;
        match promoted {
            Ok(true) => self.tell_or_log(chain, News::system(Event::RefreshNow)).await,
            Ok(false) => {}
            Err(error) => {
                tracing::error!(%chain, error = crate::report(&error), "a link kept beside could not be taken");
            }
        }
    }

    async fn promote_beside(&self, chain: ChainId) -> Result<bool, crate::keeper::TellError> {
        let db = &self.inner.db;
        let Some(row) = chains::find(db, chain).await? else { return Ok(false) };
        let Some(beside) = links::newest_beside(db, chain).await? else { return Ok(false) };
        if row.chain.held().is_some_and(|held| held.received_at > beside.received_at) {
            return Ok(false);
        }
        let refresh = self.open_refresh(row.organisation, &beside).await?;
        let link = Some(NewLink { refresh, access: None });
        self.tell(chain, News { link, ..News::system(Event::Adopted) }).await?;
        tending::remove_link(db, beside.id).await?;
        Ok(true)
    }
}
