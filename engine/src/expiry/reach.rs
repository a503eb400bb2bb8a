//! A policy reaches what was there before it: what would live longer than it says ends earlier from now on.
//!
//! Done in batches by a condition on the rows, so that it can be cut off anywhere and begun anew, by any
//! number of replicas at once. Nothing ever lives longer because of it.

use std::time::Duration;

use chain::{Event, OrganisationId};
use policy::{Kind, Policy};

use crate::engine::Engine;
use crate::issued::FAMILY_LIVES;
use crate::keeper::News;
use crate::store::{StoreError, lives, organisations, policies};

/// Rows that are changed by one statement.
const BATCH: u64 = 500;
/// Batches of one policy in one round.
const MOST_BATCHES: u32 = 20;
/// What another replica made by the policy before is there after this.
const SETTLING: Duration = Duration::from_secs(30);
/// Policies that other replicas changed are noticed this often.
const PERIOD: Duration = Duration::from_secs(5);

/// How long a policy lets live what is there: where a lifetime is chosen within bounds, what was chosen
/// holds as far as the bounds do.
pub(crate) fn reach_of(policy: &Policy) -> Duration {
    match policy.kind() {
        Kind::ConsumerKey | Kind::Credential => policy.bounds().most,
        Kind::UpstreamLink
        | Kind::AccessToken
        | Kind::RefreshToken
        | Kind::Session
        | Kind::OneTimeState
        | Kind::Journal => policy.lifetime(),
    }
}

impl Engine {
    pub(crate) async fn reach_loop(&self) {
        // The defaults are the process's, so they may be others than the last time.
        if let Err(error) = self.reach_by_default().await {
            tracing::error!(task = "reach", error = crate::report(&error), "failed");
        }
        loop {
            if let Err(error) = self.reach().await {
                tracing::error!(task = "reach", error = crate::report(&error), "failed");
            }
            tokio::select! {
                () = self.inner.clock.sleep_until(self.now() + PERIOD) => {}
                () = self.inner.reaching.notified() => {}
            }
        }
    }

    /// Lets changed policies reach what is there, a bounded number of things of each; says how many end
    /// earlier now.
    ///
    /// # Errors
    /// When the store refuses; what was reached stays so.
    pub async fn reach(&self) -> Result<u64, StoreError> {
        let mut reached = 0;
        for row in policies::unreached(&self.inner.db).await? {
            let (some, all) = self.reach_with(row.organisation, &row.policy).await?;
            reached += some;
            if !all {
                self.inner.reaching.notify_one();
            } else if self.now().since(row.changed_at) >= SETTLING {
                policies::mark_reached(&self.inner.db, &row, self.now()).await?;
            }
        }
        Ok(reached)
    }

    /// The same with what holds where nobody said anything, to the end.
    async fn reach_by_default(&self) -> Result<(), StoreError> {
        for organisation in organisations::all(&self.inner.db).await? {
            let policies = self.policies(organisation.id).await?;
            let left_out = Kind::ALL.into_iter().map(|kind| policies.of(kind)).filter(|it| !it.said);
            for effective in left_out {
                while !self.reach_with(organisation.id, &effective.policy).await?.1 {
                    tokio::task::yield_now().await;
                }
            }
        }
        Ok(())
    }

    /// How many things end earlier, and whether none are left that should.
    async fn reach_with(
        &self,
        organisation: OrganisationId,
        policy: &Policy,
    ) -> Result<(u64, bool), StoreError> {
        let (kind, mut reached) = (policy.kind(), 0);
        let life = match kind {
            // A session belongs to no organisation, and the strictest one counts.
            Kind::Session => self.session_life().await?,
            Kind::UpstreamLink
            | Kind::ConsumerKey
            | Kind::AccessToken
            | Kind::RefreshToken
            | Kind::Credential
            | Kind::OneTimeState
            | Kind::Journal => reach_of(policy),
        };
        if kind == Kind::UpstreamLink {
            self.tell_chains(organisation, life).await?;
        }
        for _ in 0..MOST_BATCHES {
            let some = lives::shorten(&self.inner.db, kind, organisation, self.now(), life, BATCH).await?;
            let families = match kind {
                Kind::ConsumerKey | Kind::AccessToken => {
                    self.inner.kept.end();
                    0
                }
                Kind::RefreshToken => {
                    let whole = life.saturating_mul(FAMILY_LIVES);
                    let families = lives::shorten_families(&self.inner.db, organisation, whole, BATCH).await;
                    self.inner.kept.end();
                    families?
                }
                Kind::UpstreamLink
                | Kind::Credential
                | Kind::Session
                | Kind::OneTimeState
                | Kind::Journal => 0,
            };
            reached += some;
            if some < BATCH && families < BATCH {
                return Ok((reached, true));
            }
        }
        Ok((reached, false))
    }

    /// Chains look at the rules whenever they are told something. Each is told once; one that cannot be told,
    /// since what its registration says cannot be read, is logged and keeps nobody else waiting.
    async fn tell_chains(&self, organisation: OrganisationId, life: Duration) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            let now = self.now();
            let chains =
                lives::long_lived_chains(&self.inner.db, organisation, now, life, after, BATCH).await?;
            let Some(last) = chains.last() else { return Ok(()) };
            after = Some(*last);
            for chain in chains {
                self.tell_or_log(chain, News::system(Event::Tick)).await;
            }
        }
    }
}
