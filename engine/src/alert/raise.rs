//! Writing an alert down, in the transaction that makes it true.

use std::time::Duration;

use chain::{ChainId, OrganisationId};
use sea_orm::ConnectionTrait;

use super::facts::Container;
use super::{Facts, Notice};
use crate::engine::Engine;
use crate::store::alerts::{self, deliveries, targets};
use crate::store::{self, StoreError, organisations};

/// How long an alert is remembered, and its occasion with it.
const LIFE: Duration = Duration::from_secs(90 * 86_400);

impl Engine {
    /// Writes what people are told of a chain; whoever calls this commits, and rings afterwards.
    ///
    /// Nobody is told of a chain that no container points at.
    ///
    /// # Errors
    /// When the store refuses.
    pub(crate) async fn raise(
        &self,
        db: &impl ConnectionTrait,
        (organisation, chain): (OrganisationId, ChainId),
        notices: &[Notice],
    ) -> Result<(), StoreError> {
        if notices.is_empty() {
            return Ok(());
        }
        let places = alerts::places(db, chain).await?;
        if places.is_empty() {
            return Ok(());
        }
        let name = organisations::find(db, organisation).await?.map(|row| row.name).unwrap_or_default();
        let containers: Vec<Container> = places.into_iter().map(Container::from).collect();
        for notice in notices {
            let facts = Facts {
                organisation: name.clone(),
                containers: containers.clone(),
                code: notice.code.map(str::to_owned),
                until: notice.until.map(chain::Time::millis),
                days: notice.days,
            };
            if let Some(alert) = self.write_alert(db, organisation, notice, &facts).await? {
                for target in targets::told_of(db, organisation, notice.event).await? {
                    self.write_delivery(db, alert, target.id).await?;
                }
            }
        }
        Ok(())
    }

    /// Writes an alert without its deliveries; `None` if its occasion is known.
    pub(crate) async fn write_alert(
        &self,
        db: &impl ConnectionTrait,
        organisation: OrganisationId,
        notice: &Notice,
        facts: &Facts,
    ) -> Result<Option<u128>, StoreError> {
        let now = self.now();
        let row = alerts::Row {
            id: store::new_id(&self.inner.clock),
            organisation,
            event: notice.event,
            occasion: notice.occasion.clone(),
            at: now,
            body: facts.to_json(),
            expires_at: now + LIFE,
        };
        Ok(alerts::insert(db, &row).await?.then_some(row.id))
    }

    pub(crate) async fn write_delivery(
        &self,
        db: &impl ConnectionTrait,
        alert: u128,
        target: u128,
    ) -> Result<u128, StoreError> {
        let id = store::new_id(&self.inner.clock);
        deliveries::insert(db, id, (alert, target), self.now()).await?;
        Ok(id)
    }

    /// Lets the task know that there may be something to send.
    pub(crate) fn ring(&self) {
        self.inner.alerting.notify_one();
    }
}
