//! How long something lives, in the words of a language.

use crate::language::Language;
use std::time::Duration;

/// The units, the largest first, in milliseconds.
const UNITS: [(&str, u128); 5] =
    [("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000), ("second", 1_000), ("millisecond", 1)];

/// A lifetime in its units: `30 minutes`, `1 hour 30 minutes`.
pub fn lifetime(language: Language, lifetime: Duration) -> String {
    let mut left = lifetime.as_millis();
    let mut said = Vec::new();
    for (unit, size) in UNITS {
        // A day and no more is 24 hours, as most people say.
        if unit == "day" && left < 2 * size {
            continue;
        }
        let many = left / size;
        left %= size;
        match many {
            0 => {}
            1 => said.push(format!("1 {}", language.text(&format!("unit.{unit}_one")))),
            _ => said.push(format!("{many} {}", language.text(&format!("unit.{unit}")))),
        }
    }
    if said.is_empty() { format!("0 {}", language.text("unit.second")) } else { said.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_are_said_as_people_say_them() {
        const MINUTE: Duration = Duration::from_secs(60);
        const HOUR: Duration = Duration::from_secs(3_600);
        let lives =
            [24 * HOUR, 36 * HOUR, 720 * HOUR, HOUR, 90 * MINUTE, MINUTE, MINUTE / 1_000, Duration::ZERO];
        let said = lives.map(|it| lifetime(Language::English, it)).join(", ");
        let expected =
            "24 hours, 36 hours, 30 days, 1 hour, 1 hour 30 minutes, 1 minute, 60 milliseconds, 0 seconds";
        assert_eq!(said, expected);
        assert_eq!(lifetime(Language::Dutch, 60 * HOUR), "2 dagen 12 uur");
        assert_eq!(lifetime(Language::Dutch, 24 * HOUR), "24 uur");
        assert_eq!(lifetime(Language::Dutch, 200 * 24 * HOUR), "200 dagen");
    }
}
