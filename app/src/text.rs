//! How times and durations are written, the same on the server and in the browser.

use serde::{Deserialize, Serialize};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The words of relative times in one language; `{}` stands for the figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelativeWords {
    /// Less than a second away.
    pub now: String,
    /// Around the past, such as `{} ago`.
    pub ago: String,
    /// Around the future, such as `in {}`.
    pub ahead: String,
    /// Seconds, such as `{} s`.
    pub seconds: String,
    /// Minutes.
    pub minutes: String,
    /// Hours.
    pub hours: String,
    /// Days.
    pub days: String,
}

/// A stretch of milliseconds as a clock counts it down: `7:42`, `1:02:03`, `29 d 4 h` as
/// `29d 04:00:00` would be too exact: from two days on only whole days and hours are shown.
pub fn countdown(left: i64) -> String {
    let seconds = left.max(0) / SECOND;
    let (minutes, hours, days) = (seconds / 60 % 60, seconds / 3_600, seconds / 86_400);
    match hours {
        0 => format!("{minutes}:{:02}", seconds % 60),
        1..48 => format!("{hours}:{minutes:02}:{:02}", seconds % 60),
        _ => format!("{days}d {:02}h", hours % 24),
    }
}

/// A moment as it lies from `now`, in the largest fitting unit: `3 min ago`, `in 6 d`.
pub fn relative(at: i64, now: i64, words: &RelativeWords) -> String {
    let away = (at - now).abs();
    let unit = |pattern: &str, size: i64| pattern.replace("{}", &(away / size).to_string());
    let figure = match away {
        0..SECOND => return words.now.clone(),
        SECOND..MINUTE => unit(&words.seconds, SECOND),
        MINUTE..HOUR => unit(&words.minutes, MINUTE),
        HOUR..DAY => unit(&words.hours, HOUR),
        _ => unit(&words.days, DAY),
    };
    let around = if at < now { &words.ago } else { &words.ahead };
    around.replace("{}", &figure)
}

/// The exact moment, for people: `2026-11-22 00:41:05 UTC`.
pub fn exact(at: i64) -> String {
    let of_day = at.rem_euclid(DAY);
    let (hour, minute, second) = (of_day / HOUR, of_day / MINUTE % 60, of_day / SECOND % 60);
    format!("{} {hour:02}:{minute:02}:{second:02} UTC", day(at))
}

/// The day of a moment in UTC: `2026-11-22`.
pub fn day(at: i64) -> String {
    let (year, month, day) = date(at);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The first moment of a day in UTC, as [`day`] writes it; `None` for what is no day.
pub fn from_day(text: &str) -> Option<i64> {
    let mut parts = text.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day_of_month) = (parts.next()??, parts.next()??, parts.next()??);
    if !((1970..10_000).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day_of_month)) {
        return None;
    }
    // Howard Hinnant's `days_from_civil`; what comes back different was no day.
    let year = year - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day_of_month - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    Some(days * DAY).filter(|at| day(*at) == text)
}

/// The exact moment, for the `datetime` attribute: `2026-11-22T00:41:05Z`.
pub fn machine(at: i64) -> String {
    exact(at).replacen(' ', "T", 1).replace(" UTC", "Z")
}

/// The day of a moment in the proleptic Gregorian calendar, UTC: Howard Hinnant's
/// `civil_from_days`.
fn date(at: i64) -> (i64, i64, i64) {
    let days = at.div_euclid(DAY) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> RelativeWords {
        RelativeWords {
            now: "now".into(),
            ago: "{} ago".into(),
            ahead: "in {}".into(),
            seconds: "{} s".into(),
            minutes: "{} min".into(),
            hours: "{} h".into(),
            days: "{} d".into(),
        }
    }

    #[test]
    fn a_countdown_shows_what_is_left_and_never_less_than_nothing() {
        assert_eq!(countdown(462_000), "7:42");
        assert_eq!(countdown(462_999), "7:42");
        assert_eq!(countdown(5_000), "0:05");
        assert_eq!(countdown(-5_000), "0:00");
        assert_eq!(countdown(3_723_000), "1:02:03");
        assert_eq!(countdown(29 * DAY + 4 * HOUR + MINUTE), "29d 04h");
    }

    #[test]
    fn a_relative_time_takes_the_largest_unit_that_fits() {
        let at = |away| relative(1_000_000_000 + away, 1_000_000_000, &words());
        assert_eq!(at(-999), "now");
        assert_eq!(at(-1_000), "1 s ago");
        assert_eq!(at(-3 * MINUTE - 59_000), "3 min ago");
        assert_eq!(at(23 * HOUR), "in 23 h");
        assert_eq!(at(6 * DAY + 23 * HOUR), "in 6 d");
    }

    #[test]
    fn an_exact_time_knows_the_calendar() {
        assert_eq!(exact(0), "1970-01-01 00:00:00 UTC");
        assert_eq!(exact(951_782_399_000), "2000-02-28 23:59:59 UTC");
        assert_eq!(exact(951_782_400_000), "2000-02-29 00:00:00 UTC");
        assert_eq!(exact(1_795_308_065_000), "2026-11-22 00:41:05 UTC");
        assert_eq!(exact(-1_000), "1969-12-31 23:59:59 UTC");
        assert_eq!(machine(1_795_308_065_000), "2026-11-22T00:41:05Z");
        for text in ["1970-01-01", "2000-02-29", "2026-11-22", "2027-03-01"] {
            assert_eq!(from_day(text).map(day).as_deref(), Some(text));
        }
        for text in ["2026-02-29", "2026-13-01", "2026-1-1", "today", "", "1969-12-31"] {
            assert_eq!(from_day(text), None, "{text}");
        }
    }
}
