//! From sizes that were noted to a chart with a forecast.

use crate::text;
use chain::Time;
use engine::view::Size;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// Days that are shown at least, those to come left out.
const LEAST: i64 = 7;
/// Days that are looked ahead.
const AHEAD: i64 = 7;
/// The rate is that of so many days.
const RECENT: i64 = 7 * DAY;
/// A shorter time than this says nothing about how the store grows.
const SHORTEST: i64 = 2 * HOUR;

/// The store's size day by day, and at the present rate.
#[derive(Clone, Debug, PartialEq)]
pub struct Growth {
    /// The days, those to come included: `2026-11-22`.
    pub days: Vec<String>,
    /// What was in use at the end of each day, in megabytes.
    pub used: Vec<f64>,
    /// What was free.
    pub free: Vec<f64>,
    /// What is to be expected of the days to come.
    pub ahead: Vec<f64>,
    /// By how many bytes it grows a day; `None` while nobody can tell.
    pub rate: Option<i64>,
    /// How many bytes it has after a week at this rate.
    pub in_a_week: Option<u64>,
}

/// The chart of what was noted, up to what the store has `now`.
pub fn growth(sizes: &[(Time, Size)], size: Size, now: i64) -> Growth {
    let mut noted: Vec<(i64, Size)> = sizes.iter().map(|(at, size)| (at.millis(), *size)).collect();
    noted.push((now, size));
    let rate = rate(&noted, now);
    let in_a_week = rate.map(|rate| size.bytes.saturating_add_signed(rate.saturating_mul(AHEAD)));
    let mut growth =
        Growth { days: Vec::new(), used: Vec::new(), free: Vec::new(), ahead: Vec::new(), rate, in_a_week };
    // One bar alone tells nothing: the chart begins a week ago at the latest.
    let first = text::day(noted.first().map_or(now, |(at, _)| *at));
    for day in (0..LEAST).rev().map(|back| text::day(now - back * DAY)).filter(|day| *day < first) {
        growth.begin(day);
    }
    for (at, size) in noted {
        let day = text::day(at);
        if growth.days.last() != Some(&day) {
            growth.begin(day);
        }
        // The last of a day counts.
        if let (Some(used), Some(free)) = (growth.used.last_mut(), growth.free.last_mut()) {
            (*used, *free) = (megabytes(size.bytes.saturating_sub(size.free)), megabytes(size.free));
        }
    }
    if let Some(rate) = rate {
        for day in 1..=AHEAD {
            growth.begin(text::day(now + day * DAY));
            if let Some(ahead) = growth.ahead.last_mut() {
                *ahead = megabytes(size.bytes.saturating_add_signed(rate.saturating_mul(day)));
            }
        }
    }
    growth
}

impl Growth {
    /// A day of which nothing is known yet.
    fn begin(&mut self, day: String) {
        self.days.push(day);
        self.used.push(0.0);
        self.free.push(0.0);
        self.ahead.push(0.0);
    }
}

/// By how many bytes a day it grew of late.
fn rate(noted: &[(i64, Size)], now: i64) -> Option<i64> {
    let recent = || noted.iter().filter(|(at, _)| *at >= now - RECENT);
    let ((from, first), (to, last)) = (recent().next()?, recent().next_back()?);
    let took = to - from;
    if took < SHORTEST {
        return None;
    }
    let bytes = |size: &Size| i128::from(size.bytes);
    i64::try_from((bytes(last) - bytes(first)) * i128::from(DAY) / i128::from(took)).ok()
}

/// Megabytes, to a tenth of a kilobyte; beyond that nobody tells the difference on a chart.
fn megabytes(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes / 100).unwrap_or(u32::MAX)) / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 20_000 * DAY + 12 * HOUR;

    fn noted(hours: i64, bytes: u64) -> (Time, Size) {
        (Time::from_millis(NOON - hours * HOUR), Size { bytes, free: bytes / 10 })
    }

    #[test]
    fn a_store_that_grows_is_larger_in_a_week() {
        let sizes = [noted(48, 10_000_000), noted(30, 10_500_000), noted(24, 11_000_000)];
        let now = Size { bytes: 12_000_000, free: 2_000_000 };
        let growth = growth(&sizes, now, NOON);
        assert_eq!(growth.rate, Some(1_000_000));
        assert_eq!(growth.in_a_week, Some(19_000_000));
        assert_eq!(growth.days.len(), 7 + 7);
        assert_eq!(growth.used[..7], [0.0, 0.0, 0.0, 0.0, 9.0, 9.9, 10.0], "the last of a day");
        assert_eq!((growth.free[6], growth.ahead[6]), (2.0, 0.0));
        assert_eq!((growth.used[13], growth.ahead[13]), (0.0, 19.0));
        assert!(growth.days.is_sorted());
    }

    #[test]
    fn a_store_that_shrinks_never_gets_smaller_than_nothing() {
        let growth = growth(&[noted(24, 10_000_000)], Size { bytes: 2_000_000, free: 0 }, NOON);
        assert_eq!((growth.rate, growth.in_a_week), (Some(-8_000_000), Some(0)));
    }

    #[test]
    fn nobody_can_tell_from_one_hour() {
        let growth = growth(&[noted(1, 1_000)], Size { bytes: 5_000_000, free: 0 }, NOON);
        assert_eq!((growth.rate, growth.in_a_week, growth.days.len()), (None, None, 7));
    }
}
