//! Lifetimes as people write and read them.

use std::time::Duration;

/// The units, longest first: how they are written, how they are called, and their milliseconds.
const UNITS: [(&str, &str, u64); 5] = [
    ("d", "day", 86_400_000),
    ("h", "hour", 3_600_000),
    ("m", "minute", 60_000),
    ("s", "second", 1_000),
    ("ms", "millisecond", 1),
];

/// Reads a lifetime such as `30m` or `1h30m`: whole numbers, each with `d`, `h`, `m`, `s` or `ms`.
pub fn read(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut millis = 0_u64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (number, after) = rest.split_at(rest.find(|sign: char| !sign.is_ascii_digit())?);
        let (unit, after) =
            after.split_at(after.find(|sign: char| !sign.is_alphabetic()).unwrap_or(after.len()));
        let (_, _, size) = UNITS.into_iter().find(|(short, _, _)| *short == unit)?;
        millis = millis.checked_add(number.parse::<u64>().ok()?.checked_mul(size)?)?;
        rest = after.trim_start();
    }
    Some(Duration::from_millis(millis))
}

/// Writes a lifetime so that [`read`] understands it: `30m`, `1h30m`, `90d`.
pub fn write(lifetime: Duration) -> String {
    parts(lifetime).into_iter().map(|(number, short, _)| format!("{number}{short}")).collect()
}

/// A lifetime in words: `30 minutes`, `1 hour 30 minutes`, `200 days`.
pub fn spell(lifetime: Duration) -> String {
    let words = parts(lifetime).into_iter().map(|(number, _, long)| match number {
        1 => format!("1 {long}"),
        _ => format!("{number} {long}s"),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The units that make up a lifetime; a day and no more is 24 hours, as most people say.
fn parts(lifetime: Duration) -> Vec<(u64, &'static str, &'static str)> {
    let mut left = u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX);
    let mut parts = Vec::new();
    for (short, long, size) in UNITS {
        if short == "d" && left < 2 * size {
            continue;
        }
        if left >= size {
            parts.push((left / size, short, long));
            left %= size;
        }
    }
    if parts.is_empty() {
        parts.push((0, "ms", "millisecond"));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for millis in [0, 1, 999, 1_800_000, 5_400_000, 86_400_000, 90_000_000, 17_280_000_000, u64::MAX] {
            let lifetime = Duration::from_millis(millis);
            assert_eq!(read(&write(lifetime)), Some(lifetime), "{millis}");
        }
    }

    #[test]
    fn lifetimes_are_spelled_as_people_say_them() {
        let spelled = |text| spell(read(text).expect("a lifetime"));
        assert_eq!(spelled("30m"), "30 minutes");
        assert_eq!(spelled("1d"), "24 hours");
        assert_eq!(spelled("200d"), "200 days");
        assert_eq!(spelled("90m"), "1 hour 30 minutes");
        assert_eq!(spelled("3600ms"), "3 seconds 600 milliseconds");
        assert_eq!(spelled("0s"), "0 milliseconds");
    }

    #[test]
    fn a_number_without_a_unit_or_with_another_one_is_no_lifetime() {
        for text in
            ["", " ", "30", "m", "30 minutes", "1.5h", "-1d", "30M", "1h30", "99999999999999999999d", "1µs"]
        {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(" 1h 30m "), Some(Duration::from_secs(5_400)));
    }
}
