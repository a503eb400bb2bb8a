//! Kinds, lifetimes and what is wrong with them, in the words of a language.

use crate::language::{Language, say};
use policy::{Bounds, PolicyError};
use std::time::Duration;

/// A lifetime in its units: `30 minutes`, `1 day 12 hours`.
pub fn lifetime(language: Language, lifetime: Duration) -> String {
    const UNITS: [(&str, u128); 4] =
        [("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000), ("second", 1_000)];
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
            1 => said.push(format!("1 {}", language.text(&format!("policies.unit.{unit}_one")))),
            _ => said.push(format!("{many} {}", language.text(&format!("policies.unit.{unit}")))),
        }
    }
    if said.is_empty() { format!("{left} ms") } else { said.join(" ") }
}

/// Why something is no policy.
pub fn refused(language: Language, error: &PolicyError) -> String {
    let spell = |span| lifetime(language, span);
    match error {
        PolicyError::InvalidValueForExpiresIn { .. }
        | PolicyError::InvalidValueForRefreshTokenExpiresIn { .. } => {
            say!(language, "policies.problem.endless", code = error.code())
        }
        PolicyError::BoundsTooWide { kind } => {
            let Bounds { least, most } = kind.outermost();
            say!(language, "policies.problem.too_wide", least = spell(least), most = spell(most))
        }
        PolicyError::BoundsContradict { .. } => say!(language, "policies.problem.contradict"),
        PolicyError::OutOfBounds { bounds, .. } => {
            let (least, most) = (spell(bounds.least), spell(bounds.most));
            say!(language, "policies.problem.out_of_bounds", least = least, most = most)
        }
        PolicyError::RefreshEndsFirst { access, refresh } => {
            let (access, refresh) = (spell(*access), spell(*refresh));
            say!(language, "policies.problem.refresh_first", access = access, refresh = refresh)
        }
    }
}
