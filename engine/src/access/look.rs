//! What an operator may look at.

use std::collections::HashMap;

use chain::{ChainId, ContainerId, Credentials, State, Time};
use url::Url;

use super::Operator;
use crate::store::{
    StoreError, chains, containers, credentials, databases, journal, organisations, recovery_runs,
    registrations,
};
use crate::view::{
    ContainerStatus, ContainerView, DatabaseFilter, DatabasePage, DatabaseRow, DatabaseView, JournalEntry,
    Overview, PlaceView, RecoveryMark, RepairItem, RunKind, RunningView, StateName,
};

/// Lines of a container's journal that are shown.
const JOURNAL_LINES: u64 = 50;
/// What was tried, beside a thing to repair.
const TRIED_LINES: u64 = 5;
/// Repairs shown at once.
const MOST_REPAIRS: u64 = 500;

impl Operator {
    /// What the frame of every page shows.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn overview(&self) -> Result<Overview, StoreError> {
        let organisation = organisations::find(&self.engine.inner.db, self.organisation).await?;
        Ok(Overview {
            organisation: organisation.map(|row| row.name).unwrap_or_default(),
            operator: self.name().to_owned(),
            repairs: self.repair_count().await?,
        })
    }

    /// How many databases need repair.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn repair_count(&self) -> Result<u64, StoreError> {
        databases::repairs(&self.engine.inner.db, self.organisation).await
    }

    /// A page of the list of databases.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn databases(&self, filter: &DatabaseFilter) -> Result<DatabasePage, StoreError> {
        let now = self.engine.now();
        let listing = databases::list(&self.engine.inner.db, self.organisation, filter, now).await?;
        Ok(DatabasePage {
            rows: listing.rows.into_iter().map(|listed| row(listed, now)).collect(),
            matching: listing.matching,
            total: listing.total,
            page: listing.page,
            pages: listing.pages,
        })
    }

    /// A database with its containers.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn database(&self, slug: &str) -> Result<Option<DatabaseView>, StoreError> {
        let db = &self.engine.inner.db;
        let Some(database) = databases::by_slug(db, self.organisation, slug).await? else { return Ok(None) };
        let linked = containers::of_database(db, database.id).await?;
        let all: Vec<ChainId> = linked.iter().filter_map(|linked| linked.container.chain).collect();
        let shared = containers::count_by_chain(db, &all).await?;
        let registrations = registrations::all(db, self.organisation).await?;
        let registrations: HashMap<_, _> = registrations.into_iter().map(|row| (row.id, row)).collect();
        let now = self.engine.now();
        let marks = self.recovery_marks(&all, now).await?;
        let view = |linked: containers::Linked| {
            let container = linked.container;
            let registration = registrations.get(&container.registration)?;
            let others =
                container.chain.and_then(|id| shared.get(&id)).map_or(0, |count| count.saturating_sub(1));
            Some(ContainerView {
                id: container.id,
                alias: container.alias,
                registration: registration.id,
                registration_name: registration.name.clone(),
                provider: registration.provider.clone(),
                place: registration.place(),
                warm: container.warm,
                cache_seconds: container.cache_seconds,
                upstream_user: linked.chain.as_ref().and_then(|chain| chain.upstream_user.clone()),
                status: ContainerStatus {
                    recovery: linked.chain.as_ref().map_or(RecoveryMark::NONE, |chain| mark(chain, &marks)),
                    ..status(linked.chain.as_ref(), registration, now)
                },
                other_user: linked.pending_chain.and_then(|chain| chain.upstream_user),
                shared_with: others,
            })
        };
        let containers = linked.into_iter().filter_map(view).collect();
        Ok(Some(DatabaseView { slug: database.slug, name: database.name, containers }))
    }

    /// What there is to tell of the auto-recovery of these chains.
    async fn recovery_marks(&self, chains: &[ChainId], now: Time) -> Result<Marks, StoreError> {
        let db = &self.engine.inner.db;
        let running = recovery_runs::open_of(db, chains, now).await?;
        Ok(Marks {
            enabled: self.recovery_enabled().await?,
            ends: credentials::ends(db, chains, now).await?,
            running: running.into_iter().map(|run| (run.chain, (run.kind, run.step))).collect(),
        })
    }

    /// Every chain that needs a person, the longest broken first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn repairs(&self) -> Result<Vec<RepairItem>, StoreError> {
        let db = &self.engine.inner.db;
        let all = containers::broken(db, self.organisation, MOST_REPAIRS).await?;
        let ids: Vec<ChainId> = all.iter().map(|broken| broken.chain.chain.id).collect();
        let marks = self.recovery_marks(&ids, self.engine.now()).await?;
        let mut items: Vec<RepairItem> = Vec::new();
        let mut known: HashMap<ChainId, usize> = HashMap::new();
        for broken in all {
            let State::Broken { fault, since, .. } = broken.chain.chain.state else { continue };
            let id = broken.chain.chain.id;
            let place = PlaceView {
                database_slug: broken.database.slug,
                database_name: broken.database.name,
                container: broken.container.id,
                alias: broken.container.alias.clone(),
            };
            if let Some(item) = known.get(&id).and_then(|at| items.get_mut(*at)) {
                item.places.push(place);
                continue;
            }
            known.insert(id, items.len());
            items.push(RepairItem {
                places: vec![place],
                tried: self.journal_of(&broken.container, TRIED_LINES).await?,
                next_step: broken.chain.wake.map(|(at, why)| (why, at)),
                recovery: mark(&broken.chain, &marks),
                upstream_user: broken.chain.upstream_user,
                fault,
                since,
            });
        }
        Ok(items)
    }

    /// Where a token of a container reads who it belongs to; `None` without such a container.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn probe_address(&self, container: ContainerId) -> Result<Option<Url>, StoreError> {
        let Some(row) = self.container_row(container).await? else { return Ok(None) };
        let registration = registrations::find(&self.engine.inner.db, row.registration).await?;
        Ok(registration.and_then(|row| row.profile().ok()).map(|profile| profile.probe))
    }

    /// What happened to a container's chain, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn journal(&self, container: ContainerId) -> Result<Vec<JournalEntry>, StoreError> {
        let Some(row) = self.container_row(container).await? else { return Ok(Vec::new()) };
        self.journal_of(&row, JOURNAL_LINES).await
    }

    async fn journal_of(&self, row: &containers::Row, limit: u64) -> Result<Vec<JournalEntry>, StoreError> {
        let Some(chain) = row.chain else { return Ok(Vec::new()) };
        let filter = journal::Filter { chain: Some(chain), ..journal::Filter::default() };
        let page = journal::Page { before: None, limit };
        let lines = journal::list(&self.engine.inner.db, self.organisation, &filter, page).await?;
        let line = |entry: journal::Entry| JournalEntry {
            at: entry.at,
            actor: entry.actor,
            action: entry.action,
            code: entry.code,
            generation: entry.generation,
            detail: entry.detail,
        };
        Ok(lines.into_iter().map(line).collect())
    }
}

/// What is stored for the auto-recovery of some chains.
struct Marks {
    enabled: bool,
    ends: HashMap<ChainId, Time>,
    running: HashMap<ChainId, (RunKind, u32)>,
}

fn mark(chain: &chains::Row, marks: &Marks) -> RecoveryMark {
    let id = chain.chain.id;
    let expires_at = marks.ends.get(&id).copied();
    let blocked = match chain.chain.credentials {
        Credentials::Blocked(failure) => Some(failure),
        Credentials::Absent | Credentials::Stored { .. } => None,
    };
    let running = marks.running.get(&id);
    RecoveryMark {
        expires_at,
        blocked: blocked.filter(|_| expires_at.is_some()),
        enabled: marks.enabled,
        running: running.map(|(kind, step)| (*kind, u8::try_from(*step).unwrap_or(RunningView::STEPS))),
    }
}

fn row(listed: databases::Listed, now: Time) -> DatabaseRow {
    let mut providers: Vec<String> =
        listed.containers.iter().map(|one| format!("{} {}", one.provider, one.place)).collect();
    providers.sort();
    providers.dedup();
    let broken = listed.containers.iter().filter(|one| one.state == StateName::Broken).count();
    let holds = listed.containers.iter().filter_map(|one| one.access_until).filter(|until| *until > now);
    DatabaseRow {
        providers,
        states: listed.containers.iter().map(|one| one.state).collect(),
        repairs: u64::try_from(broken).unwrap_or(u64::MAX),
        fresh_until: holds.min(),
        last_used_at: listed.containers.iter().filter_map(|one| one.last_used_at).max(),
        slug: listed.database.slug,
        name: listed.database.name,
    }
}

/// Where a container's chain stands; one without a chain was never authorized.
pub(crate) fn status(
    row: Option<&chains::Row>,
    registration: &registrations::Row,
    now: Time,
) -> ContainerStatus {
    let Some(row) = row else { return ContainerStatus::unlinked() };
    let held = row.chain.held();
    let interval = registration.profile().map(|profile| profile.rules(false, now).minimum_interval).ok();
    let since = match row.chain.state {
        State::Spending { since, .. } | State::Recovering { since, .. } | State::Broken { since, .. } => {
            Some(since)
        }
        State::InDoubt { doubt, .. } => Some(doubt.since),
        State::Unlinked | State::Live(_) | State::Waiting { .. } => None,
    };
    ContainerStatus {
        state: StateName::of(&row.chain.state),
        fault: row.chain.fault(),
        since,
        generation: held.map(|held| held.generation),
        access_until: held.map(|held| held.access_until),
        refresh_until: held.map(|held| held.refresh_until),
        last_refreshed_at: row.last_refreshed_at,
        refresh_from: held.and_then(|held| Some(held.received_at + interval?)),
        next_step: row.wake.map(|(at, why)| (why, at)),
        recovery: RecoveryMark::NONE,
    }
}
