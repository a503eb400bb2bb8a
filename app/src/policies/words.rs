//! Kinds, lifetimes and what is wrong with them, in the words of a language.

use crate::language::{Language, say};
use crate::lifetime::lifetime;
use engine::view::{Criterion, What};
use policy::{Bounds, Kind, PolicyError, Warning};

/// What a kind is called.
pub fn kind(language: Language, kind: Kind) -> String {
    language.text(&format!("policies.kind.{}", kind.word()))
}

/// What goes, in a word or two.
pub fn what(language: Language, what: What) -> String {
    language.text(&format!("policies.what.{}", what.as_str()))
}

/// Why it goes.
pub fn criterion(language: Language, criterion: Criterion) -> String {
    language.text(&format!("policies.criterion.{}", criterion.as_str()))
}

/// What is unwise, in a word or two, and why; what is left to the default has one reason for all kinds, which
/// stands above them.
pub fn warning(language: Language, warning: &Warning) -> (String, Option<String>) {
    let spell = |span| lifetime(language, span);
    let title = language.text(&format!("policies.warning.{}.title", warning.code()));
    let text = match warning {
        Warning::LeftToDefault { .. } => None,
        Warning::OverRecommended { recommended, .. } => {
            Some(say!(language, "policies.warning.OverRecommended.text", recommended = spell(*recommended)))
        }
        Warning::NoMultiple { access, nearest, .. } => {
            let (access, nearest) = (spell(*access), spell(*nearest));
            Some(say!(language, "policies.warning.NoMultiple.text", access = access, nearest = nearest))
        }
    };
    (title, text)
}

/// So many bytes in the largest unit that fits.
pub fn bytes(bytes: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    let (unit, size) = UNITS.into_iter().find(|(_, size)| bytes >= *size).unwrap_or(("kB", 1_000));
    let tenths = bytes.saturating_mul(10) / size;
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

/// Why something is no policy.
pub fn refused(language: Language, error: &PolicyError) -> String {
    let spell = |span| lifetime(language, span);
    let text = match error {
        PolicyError::InvalidValueForExpiresIn { .. }
        | PolicyError::InvalidValueForRefreshTokenExpiresIn { .. } => {
            say!(language, "policies.problem.endless")
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
    };
    // The name that the linter and the log have for it, too.
    format!("{text} ({})", error.code())
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::view::{Criterion, What};
    use std::collections::BTreeSet;
    use std::time::Duration;

    const HOUR: Duration = Duration::from_secs(3_600);

    #[test]
    fn everything_has_words_in_every_language() {
        for language in Language::ALL {
            let mut texts: Vec<String> = Kind::ALL.map(|it| kind(language, it)).to_vec();
            let whats = engine::store::purge::RULES.iter().map(|rule| rule.what);
            texts.extend(whats.map(|it| what(language, it)));
            texts.extend([What::Credential, What::Journal].map(|it| what(language, it)));
            let criteria =
                [Criterion::Expired, Criterion::Revoked, Criterion::Superseded, Criterion::Orphaned];
            texts.extend(criteria.map(|it| criterion(language, it)));
            let (access, refresh) = (HOUR, 3 * HOUR / 2);
            for it in [
                Warning::LeftToDefault { kind: Kind::Session, lifetime: HOUR },
                Warning::OverRecommended { kind: Kind::Session, lifetime: HOUR, recommended: HOUR },
                Warning::NoMultiple { access, refresh, nearest: HOUR },
            ] {
                let (title, text) = warning(language, &it);
                texts.push(title);
                texts.extend(text);
            }
            for text in texts {
                assert!(!text.starts_with("policies."), "{text}");
            }
        }
    }

    #[test]
    fn sizes_are_said_as_people_say_them() {
        let sizes: BTreeSet<String> = [0, 999, 1_549, 1_000_000, 2_350_000_000].map(bytes).into();
        assert_eq!(sizes.into_iter().collect::<Vec<_>>(), ["0.0 kB", "0.9 kB", "1.0 MB", "1.5 kB", "2.3 GB"]);
    }
}
