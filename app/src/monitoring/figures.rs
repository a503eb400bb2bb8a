//! From what was counted by the hour to what charts show.

use crate::text;
use chain::Fault;
use engine::figures::RepairedBy;
use engine::view::HourView;
use std::time::Duration;

/// A day, in milliseconds.
const DAY: i64 = 86_400_000;

/// Refreshes, lends, answers through the gate and short-lived tokens, hour by hour.
#[derive(Clone, Debug, PartialEq)]
pub struct Hourly {
    /// When each hour begins: `08:00`.
    pub moments: Vec<String>,
    /// Links that arrived by a refresh.
    pub refreshes: Vec<f64>,
    /// Tokens that were lent.
    pub lends: Vec<f64>,
    /// Answers of providers that programs got through the gate.
    pub passed: Vec<f64>,
    /// Pairs of short-lived tokens that programs got.
    pub issued: Vec<f64>,
}

/// Breaks, day by day.
#[derive(Clone, Debug, PartialEq)]
pub struct Breaks {
    /// The days: `2026-11-22`.
    pub days: Vec<String>,
    /// For each cause that there was, its breaks per 1,000 authorizations.
    pub causes: Vec<(Fault, Vec<f64>)>,
    /// The same over all days and causes, a day on average.
    pub rate: f64,
}

/// How long broken chains took to work again, day by day, in minutes.
#[derive(Clone, Debug, PartialEq)]
pub struct Recovery {
    /// The days: `2026-11-22`.
    pub days: Vec<String>,
    /// Those that healed by themselves.
    pub itself: Vec<f64>,
    /// Those that a person mended.
    pub person: Vec<f64>,
    /// The average of those that healed by themselves; `None` when none did.
    pub itself_took: Option<Duration>,
    /// The average of those that a person mended.
    pub person_took: Option<Duration>,
}

/// The last hours as they come.
pub fn hourly(hours: &[HourView], last: usize) -> Hourly {
    let hours = hours.get(hours.len().saturating_sub(last)..).unwrap_or_default();
    Hourly {
        moments: hours.iter().map(|hour| time_of_day(hour.hour.millis())).collect(),
        refreshes: hours.iter().map(|hour| float(hour.refreshes())).collect(),
        lends: hours.iter().map(|hour| float(hour.lent())).collect(),
        passed: hours.iter().map(|hour| float(hour.passed())).collect(),
        issued: hours.iter().map(|hour| float(hour.issued())).collect(),
    }
}

/// Breaks per 1,000 authorizations; `kept` is how many there are now, for days on which nobody looked.
pub fn breaks(hours: &[HourView], kept: u64) -> Breaks {
    let days = by_day(hours);
    let of = |hours: &[&HourView], cause| hours.iter().map(|hour| hour.breaks_of(cause)).sum::<u64>();
    let per_thousand = |hours: &[&HourView], cause| {
        let known = hours.iter().filter_map(|hour| hour.authorizations()).max().filter(|many| *many > 0);
        let broke = of(hours, cause);
        // What is broken is an authorization, too, whatever was counted.
        let authorizations = known.unwrap_or(kept).max(broke).max(1);
        1_000.0 * float(broke) / float(authorizations)
    };
    let causes =
        Fault::ALL.into_iter().filter(|cause| hours.iter().any(|hour| hour.breaks_of(Some(*cause)) > 0));
    let causes = causes
        .map(|cause| (cause, days.iter().map(|(_, hours)| per_thousand(hours, Some(cause))).collect()))
        .collect();
    let all: f64 = days.iter().map(|(_, hours)| per_thousand(hours, None)).sum();
    let rate = all / float(u64::try_from(days.len().max(1)).unwrap_or(1));
    Breaks { days: days.into_iter().map(|(day, _)| day).collect(), causes, rate }
}

/// How long it took until broken chains worked again.
pub fn recovery(hours: &[HourView]) -> Recovery {
    let days = by_day(hours);
    let minutes = |by: RepairedBy| {
        let took = days.iter().map(|(_, hours)| average(hours.iter().copied(), by));
        took.map(|took| took.map_or(0.0, |took| took.as_secs_f64() / 60.0)).collect()
    };
    Recovery {
        itself: minutes(RepairedBy::Itself),
        person: minutes(RepairedBy::Person),
        itself_took: average(hours.iter(), RepairedBy::Itself),
        person_took: average(hours.iter(), RepairedBy::Person),
        days: days.into_iter().map(|(day, _)| day).collect(),
    }
}

fn average<'a>(hours: impl Iterator<Item = &'a HourView>, by: RepairedBy) -> Option<Duration> {
    let repairs = hours.flat_map(|hour| &hour.repairs).filter(|(who, _, _)| *who == by);
    let (many, took) =
        repairs.fold((0, Duration::ZERO), |(many, took), (_, more, longer)| (many + more, took + *longer));
    u32::try_from(many).ok().filter(|many| *many > 0).map(|many| took / many)
}

/// The hours of each day, in their order.
fn by_day(hours: &[HourView]) -> Vec<(String, Vec<&HourView>)> {
    let mut days: Vec<(String, Vec<&HourView>)> = Vec::new();
    for hour in hours {
        let day = text::day(hour.hour.millis());
        match days.last_mut() {
            Some((known, hours)) if *known == day => hours.push(hour),
            Some(_) | None => days.push((day, vec![hour])),
        }
    }
    days
}

fn time_of_day(at: i64) -> String {
    format!("{:02}:00", at.rem_euclid(DAY) / 3_600_000)
}

/// A number of things; beyond 2^32 nobody tells the difference on a chart.
fn float(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chain::Time;
    use engine::figures::{GateAnswer, IssueAnswer, LendAnswer, TokenOutcome};
    use engine::view::StateName;

    const NOON: i64 = 20_000 * DAY + 12 * 3_600_000;

    fn hour(offset: i64) -> HourView {
        HourView::quiet(Time::from_millis(NOON + offset * 3_600_000))
    }

    #[test]
    fn the_last_hours_are_shown_quiet_ones_included() {
        let busy = HourView {
            lends: vec![(LendAnswer::Lent, 7), (LendAnswer::Broken, 2)],
            gate: vec![(GateAnswer::Passed, 4), (GateAnswer::Kept, 1), (GateAnswer::Held, 9)],
            issues: vec![(IssueAnswer::Issued, 2), (IssueAnswer::Rotated, 1), (IssueAnswer::Reused, 9)],
            token_calls: vec![(TokenOutcome::Refreshed, 3)],
            ..hour(1)
        };
        let shown = hourly(&[hour(-1), hour(0), busy], 2);
        assert_eq!(shown.moments, ["12:00", "13:00"]);
        assert_eq!((shown.refreshes, shown.lends), (vec![0.0, 3.0], vec![0.0, 7.0]));
        assert_eq!(shown.passed, [0.0, 5.0]);
        assert_eq!(shown.issued, [0.0, 3.0]);
    }

    #[test]
    fn breaks_are_seen_against_how_many_authorizations_there_were_that_day() {
        let first = HourView {
            chains: vec![(StateName::Live, 498), (StateName::Broken, 2), (StateName::Unlinked, 90)],
            breaks: vec![(Fault::OldRefreshTokenUsed, 1), (Fault::AnswerLost, 1)],
            ..hour(0)
        };
        let unseen = HourView { breaks: vec![(Fault::AnswerLost, 1)], ..hour(24) };
        let shown = breaks(&[first, hour(1), unseen], 1_000);
        assert_eq!(shown.days.len(), 2);
        let of = |cause| shown.causes.iter().find(|(known, _)| *known == cause).map(|(_, days)| days.clone());
        assert_eq!(shown.causes.len(), 2, "causes that never came are left out");
        assert_eq!(of(Fault::AnswerLost), Some(vec![2.0, 1.0]));
        assert_eq!(of(Fault::OldRefreshTokenUsed), Some(vec![2.0, 0.0]));
        assert!((shown.rate - 2.5).abs() < 1e-9, "{}", shown.rate);
        assert_eq!(breaks(&[], 0).rate, 0.0);
    }

    #[test]
    fn the_time_to_recover_is_an_average_over_what_was_mended() {
        let seconds = Duration::from_secs;
        let mended = HourView {
            repairs: vec![(RepairedBy::Itself, 3, seconds(36)), (RepairedBy::Person, 1, seconds(7_200))],
            ..hour(0)
        };
        let later = HourView { repairs: vec![(RepairedBy::Itself, 1, seconds(24))], ..hour(24) };
        let shown = recovery(&[mended, later]);
        assert_eq!((shown.itself_took, shown.person_took), (Some(seconds(15)), Some(seconds(7_200))));
        assert_eq!((shown.itself, shown.person), (vec![0.2, 0.4], vec![120.0, 0.0]));
        assert_eq!(recovery(&[hour(0)]).itself_took, None);
    }
}
