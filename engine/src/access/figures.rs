use std::time::Duration;

use chain::Time;

use super::Operator;
use crate::figures::hour_of;
use crate::store::{StoreError, hours};
use crate::view::{HourView, MOST_HOURS};

const HOUR: Duration = Duration::from_secs(3_600);

impl Operator {
    /// What happened in each hour that touches the time from `from` until before `to`, the oldest
    /// first, quiet hours included; at most the last [`MOST_HOURS`].
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn figures(&self, from: Time, to: Time) -> Result<Vec<HourView>, StoreError> {
        let from = hour_of(from).max(hour_of(to - HOUR * MOST_HOURS));
        let sums = hours::between(&self.engine.inner.db, self.organisation, from, to).await?;
        let mut shown = Vec::new();
        let mut sums = sums.into_iter().peekable();
        let mut hour = from;
        while hour < to {
            let mut view = HourView::quiet(hour);
            while let Some((cell, sum)) = sums.next_if(|(cell, _)| cell.hour <= hour) {
                view.take(&cell, sum);
            }
            shown.push(view);
            hour = hour + HOUR;
        }
        Ok(shown)
    }
}
