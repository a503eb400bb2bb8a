//! Looks at what people are told to repair, while chains recover.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, Result};
use engine::Engine;
use engine::store::databases::{self, Listing};
use engine::store::{containers, organisations, recovery_runs};
use engine::view::{DatabaseFilter, StateName};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How long after one look the next one follows.
const PERIOD: Duration = Duration::from_millis(250);
/// More broken chains than there are.
const MOST_BROKEN: u64 = 10_000;

/// What all looks together showed.
#[derive(Debug, Default)]
pub struct Samples {
    /// How often it was looked.
    pub looks: usize,
    /// How many of them showed a chain that recovers.
    pub while_recovering: usize,
    /// Repairs shown that nobody is needed for: the chain recovers at that moment.
    pub false_repairs: u64,
    /// The most repairs shown at once.
    pub most: u64,
}

/// Looks again and again until the storm is over.
pub async fn watch(engine: Engine, over: CancellationToken) -> Result<Samples> {
    let mut samples = Samples::default();
    while timeout(PERIOD, over.cancelled()).await.is_err() {
        look(&engine, &mut samples).await?;
    }
    Ok(samples)
}

/// One look: the repair count, the list of repairs, the state of every chain and the runs under way,
/// all read in one transaction, so that they are of one moment.
async fn look(engine: &Engine, samples: &mut Samples) -> Result<()> {
    let organisations = organisations::all(engine.store()).await?;
    let organisation = organisations.into_iter().next().context("there is no organisation")?.id;
    let now = engine.now();
    let txn = engine::store::begin(engine.store()).await?;
    let counted = databases::repairs(&txn, organisation).await?;
    let broken = containers::broken(&txn, organisation, MOST_BROKEN).await?;
    let (mut in_need, mut recovering) = (BTreeSet::new(), BTreeSet::new());
    let mut page = 1;
    loop {
        let filter = DatabaseFilter { page, ..DatabaseFilter::default() };
        let Listing { rows, pages, .. } = databases::list(&txn, organisation, &filter, now).await?;
        for row in rows {
            let id = row.database.id.to_string();
            if row.containers.iter().any(|one| one.state == StateName::Broken) {
                in_need.insert(id.clone());
            }
            if row.containers.iter().any(|one| one.state == StateName::Recovering) {
                recovering.insert(id);
            }
        }
        page += 1;
        if page > pages {
            break;
        }
    }
    let mut wrong = counted.saturating_sub(in_need.len() as u64);
    for repair in &broken {
        let walking = recovery_runs::open(&txn, repair.chain.chain.id, now).await?.is_some();
        wrong += u64::from(walking || recovering.contains(&repair.database.id.to_string()));
    }
    txn.commit().await?;
    samples.looks += 1;
    samples.while_recovering += usize::from(!recovering.is_empty());
    samples.false_repairs += wrong;
    samples.most = samples.most.max(counted);
    Ok(())
}
