//! Renew all: one person walks the grants of everything that is broken, one after another.
//!
//! Nothing here begins a grant. A round is a list; what a grant of one of its containers came to is
//! written down as it ends, however it was begun. So a round goes on after a closed browser, and
//! says the truth when somebody renews by hand in between.

use std::collections::HashMap;

use chain::{ChainId, ContainerId, DatabaseId, Fault};

use super::Operator;
use crate::connect::GrantOutcome;
use crate::engine::Engine;
use crate::store::containers::Linked;
use crate::store::rounds::{self, Came, Outcome, Stop};
use crate::store::{self, StoreError, containers, databases, grants};
use crate::view::{RoundView, StateName, StopCame, StopView, UpstreamUser};

/// The most grants of one round.
const MOST_STOPS: u64 = 500;

impl Operator {
    /// Begins a round over every chain that is broken now, the longest broken first; an earlier
    /// round of the same person ends. `None` when nothing is broken.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn begin_round(&self) -> Result<Option<RoundView>, StoreError> {
        let inner = &self.engine.inner;
        let broken = containers::broken(&inner.db, self.organisation, MOST_STOPS).await?;
        let mut stops: Vec<Stop> = Vec::new();
        let mut known: HashMap<ChainId, usize> = HashMap::new();
        for item in broken {
            match known.get(&item.chain.chain.id).and_then(|at| stops.get_mut(*at)) {
                Some(stop) => stop.others += 1,
                None => {
                    known.insert(item.chain.chain.id, stops.len());
                    let position = u32::try_from(stops.len()).unwrap_or(u32::MAX);
                    stops.push(Stop { position, container: item.container.id, others: 0, came: None });
                }
            }
        }
        if stops.is_empty() {
            return Ok(None);
        }
        let round = rounds::Row {
            id: store::new_id(&inner.clock),
            started_at: self.engine.now(),
            stopped_at: None,
            stops,
        };
        let txn = store::begin(&inner.db).await?;
        rounds::begin(&txn, self.organisation, self.id, &round).await?;
        txn.commit().await?;
        self.shown(round).await.map(Some)
    }

    /// The newest round of this person, whether it goes on or is over.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn round(&self) -> Result<Option<RoundView>, StoreError> {
        match rounds::newest(&self.engine.inner.db, self.organisation, self.id).await? {
            Some(round) => self.shown(round).await.map(Some),
            None => Ok(None),
        }
    }

    /// Leaves out the grant of this container in the round that goes on.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn skip_stop(&self, container: ContainerId) -> Result<(), StoreError> {
        let db = &self.engine.inner.db;
        let Some(round) = rounds::newest(db, self.organisation, self.id).await? else { return Ok(()) };
        let waits = round.stops.iter().any(|stop| stop.container == container && stop.came.is_none());
        if waits && round.stopped_at.is_none() {
            let came = Came { outcome: Outcome::Skipped, code: None, user: None, at: self.engine.now() };
            rounds::settle(db, round.id, container, &came).await?;
        }
        Ok(())
    }

    /// Stops the round; what was renewed stays renewed.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn stop_round(&self) -> Result<(), StoreError> {
        rounds::stop(&self.engine.inner.db, self.organisation, self.id, self.engine.now()).await?;
        Ok(())
    }

    /// Whether the provider has to ask who signs in: the container is one of the round that goes on, and
    /// the provider may still know whoever signed in for the one before.
    pub(crate) async fn must_ask_who(&self, container: ContainerId) -> Result<bool, StoreError> {
        let round = rounds::newest(&self.engine.inner.db, self.organisation, self.id).await?;
        let round = round.filter(|round| round.stopped_at.is_none());
        Ok(round.is_some_and(|round| round.stops.iter().any(|stop| stop.container == container)))
    }

    async fn shown(&self, round: rounds::Row) -> Result<RoundView, StoreError> {
        let db = &self.engine.inner.db;
        let ids: Vec<ContainerId> = round.stops.iter().map(|stop| stop.container).collect();
        let found = containers::among(db, self.organisation, &ids).await?;
        let mut found: HashMap<ContainerId, Linked> =
            found.into_iter().map(|linked| (linked.container.id, linked)).collect();
        let databases = databases::all(db, self.organisation).await?;
        let databases: HashMap<DatabaseId, databases::Row> =
            databases.into_iter().map(|row| (row.id, row)).collect();
        // What was deleted meanwhile needs nobody.
        let stops = round.stops.into_iter().filter_map(|stop| {
            let Linked { container, chain, .. } = found.remove(&stop.container)?;
            let database = databases.get(&container.database)?;
            let state = chain.as_ref().map_or(StateName::Unlinked, |row| StateName::of(&row.chain.state));
            Some(StopView {
                database_slug: database.slug.clone(),
                database_name: database.name.clone(),
                container: container.id,
                alias: container.alias,
                others: stop.others,
                upstream_user: chain.and_then(|row| row.upstream_user),
                state,
                undecided: container.pending_chain.is_some(),
                came: came(stop.came, state),
            })
        });
        let stops = stops.collect();
        Ok(RoundView { started_at: round.started_at, stopped_at: round.stopped_at, stops })
    }
}

impl Engine {
    /// Writes down in the round of whoever began a grant what came of it.
    pub(crate) async fn settle_stop(
        &self,
        grant: &grants::Row,
        outcome: &GrantOutcome,
    ) -> Result<(), StoreError> {
        let db = &self.inner.db;
        let Some((outcome, code, user)) = told(outcome) else { return Ok(()) };
        let round = rounds::newest(db, grant.organisation, grant.operator).await?;
        if let Some(round) = round.filter(|round| round.stopped_at.is_none()) {
            let came = Came { outcome, code, user: user.map(|user| user.name), at: self.now() };
            rounds::settle(db, round.id, grant.container, &came).await?;
        }
        Ok(())
    }
}

/// What a round keeps of how a grant ended.
fn told(outcome: &GrantOutcome) -> Option<(Outcome, Option<String>, Option<UpstreamUser>)> {
    Some(match outcome {
        GrantOutcome::Renewed(user) => (Outcome::Renewed, None, user.clone()),
        GrantOutcome::OtherUser { is, .. } => (Outcome::OtherUser, None, Some(is.clone())),
        GrantOutcome::Cancelled => (Outcome::Cancelled, None, None),
        GrantOutcome::Denied(_) => (Outcome::Denied, None, None),
        GrantOutcome::Failed(fault) => (Outcome::Failed, Some(fault.code().to_owned()), None),
        // Nobody knows which grant it was, or it may yet be brought home.
        GrantOutcome::StateMissing
        | GrantOutcome::StateUnknown
        | GrantOutcome::StateUsed
        | GrantOutcome::StateExpired
        | GrantOutcome::OtherBrowser
        | GrantOutcome::Broken => return None,
    })
}

/// What came of a grant, as its chain stands now.
fn came(came: Option<Came>, state: StateName) -> StopCame {
    match came {
        None if matches!(state, StateName::Broken | StateName::Unlinked) => StopCame::Ahead,
        None => StopCame::Mended,
        Some(came) => match came.outcome {
            Outcome::Renewed => StopCame::Renewed(came.user),
            Outcome::OtherUser => StopCame::OtherUser(came.user.unwrap_or_default()),
            Outcome::Cancelled => StopCame::Cancelled,
            Outcome::Denied => StopCame::Denied,
            Outcome::Failed => StopCame::Failed(came.code.as_deref().and_then(Fault::from_code)),
            Outcome::Skipped => StopCame::Skipped,
        },
    }
}
