//! Evergrant's own policy file.

use policy::file::{FileError, policies};
use policy::lint::{Rule, Unread};
use policy::{Kind, PolicyError};
use std::time::Duration;

use crate::{fixture, found, mended, rules, unread};

#[test]
fn a_file_that_says_everything_is_clean_and_gives_its_policies() {
    let text = fixture("sound.toml");
    assert_eq!(rules("sound.toml", &text), []);
    let policies = policies(&text).expect("policies");
    let journal = policies.of(Kind::Journal);
    assert!(journal.said);
    assert_eq!(journal.policy.lifetime(), Duration::from_hours(24 * 400));
    assert_eq!(journal.policy.bounds().least, Duration::from_hours(24 * 90));
    assert_eq!(policies.check().expect("no contradiction"), []);
}

#[test]
fn everything_that_is_unsound_is_found_with_its_line() {
    let found = found("unsound.toml", &fixture("unsound.toml"));
    let all: Vec<_> = found.iter().map(|it| (it.place.line, it.rule, it.code)).collect();
    assert_eq!(
        all,
        [
            (1, Rule::LifetimeMissing, Some("InvalidValueForExpiresIn")),
            (5, Rule::LifetimeEndless, Some("InvalidValueForRefreshTokenExpiresIn")),
            (8, Rule::LifetimeOutOfBounds, Some("OutOfBounds")),
            (13, Rule::BoundsUnsound, Some("BoundsContradict")),
            (15, Rule::NameUnknown, None),
            (17, Rule::LeftToDefault, None),
        ]
    );
    assert!(found[4].reason().starts_with("`acess_token` means nothing"), "{}", found[4].reason());
}

#[test]
fn every_correction_makes_the_file_sounder() {
    let text = fixture("unsound.toml").replace("\n[acess_token]\nlifetime = \"30m\"\n", "");
    let text = mended("unsound.toml", &text);
    assert!(text.contains("[access_token]\nlifetime = \"30m\"\nleast"), "{text}");
    assert!(text.contains("[journal]\nlifetime = \"400d\""), "{text}");
    assert!(policies(&text).is_ok(), "{text}");
}

#[test]
fn lifetimes_may_be_numbers_and_stand_in_the_settings() {
    let text =
        "listen = '127.0.0.1:1'\n[lifetimes] # of ours\naccess_token = 1800000\nrefresh_token = 0\n[x]\n";
    assert_eq!(rules("evergrant.toml", text), [Rule::LeftToDefault, Rule::LifetimeInvalid]);
    let text = mended("evergrant.toml", text);
    assert!(text.contains("[lifetimes] # of ours\nupstream_link = \"30d\"\nconsumer_key"), "{text}");
    assert!(policies(&text).is_ok(), "{text}");
    let inline = "lifetimes = { access_token = '30m' }";
    let findings = found("evergrant.toml", inline);
    assert_eq!(findings[0].correction.as_ref().map(|it| it.place), Some(None));
}

#[test]
fn a_number_that_is_far_too_small_was_one_of_seconds() {
    let findings = found("p.toml", &fixture("sound.toml").replace("\"30m\"", "1800"));
    assert_eq!((findings[0].rule, findings[0].code), (Rule::LifetimeOutOfBounds, Some("OutOfBounds")));
    assert_eq!(findings[0].recommended, Some(Duration::from_mins(30)));
    let text = mended("p.toml", &fixture("sound.toml").replace("\"30m\"", "1800"));
    assert!(text.contains("access_token = \"30m\""), "{text}");
    let findings = found("p.toml", &fixture("sound.toml").replace("\"30m\"", "18"));
    assert_eq!(
        findings[0].recommended,
        Some(Duration::from_mins(1)),
        "that is no lifetime in seconds either"
    );
}

#[test]
fn refresh_tokens_are_compared_with_access_tokens_even_where_one_is_left_out() {
    let all = fixture("sound.toml");
    let with = |access: &str, refresh: &str| all.replace("\"30m\"", access).replace("\"24h\"", refresh);
    assert_eq!(rules("p.toml", &with("'25m'", "'24h'")), [Rule::RefreshNoMultiple]);
    assert_eq!(rules("p.toml", &with("'30m'", "'20m'")), [Rule::RefreshEndsFirst]);
    mended("p.toml", &with("'30m'", "'20m'"));
    assert_eq!(rules("p.toml", "access_token = '7m'"), [Rule::RefreshNoMultiple, Rule::LeftToDefault]);
    assert_eq!(rules("p.toml", &with("'60m'", "'48h'")), [Rule::LifetimeLong, Rule::LifetimeLong]);
    mended("p.toml", &with("'60m'", "'48h'"));
}

#[test]
fn what_is_no_lifetime_is_quoted() {
    for wrong in ["'soon'", "true", "30.5", "['30m']", "1979-05-27", "99999999999999999999999"] {
        let text = fixture("sound.toml").replace("\"15m\"", wrong);
        let findings = found("p.toml", &text);
        assert_eq!(findings[0].rule, Rule::LifetimeInvalid, "{wrong}");
        assert!(findings[0].reason().contains(wrong), "{}", findings[0].reason());
        mended("p.toml", &text);
        assert!(matches!(policies(&text), Err(FileError::NoLifetime { line: 8, .. })), "{wrong}");
    }
}

#[test]
fn a_bound_without_an_end_is_none() {
    for bound in ["least = 0", "most = 'never'"] {
        let text = fixture("sound.toml").replace("least = \"90d\"", bound).replace("most = \"800d\"\n", "");
        assert_eq!(rules("p.toml", &text), [Rule::LifetimeInvalid], "{text}");
        mended("p.toml", &text);
        assert!(matches!(policies(&text), Err(FileError::NoLifetime { line: 12, .. })), "{bound}");
    }
}

#[test]
fn bounds_wider_than_is_possible_are_found() {
    let text = fixture("sound.toml").replace("\"800d\"", "\"9000d\"");
    let findings = found("p.toml", &text);
    assert_eq!((findings[0].rule, findings[0].code), (Rule::BoundsUnsound, Some("BoundsTooWide")));
    mended("p.toml", &text);
    let refused = policies(&text);
    let too_wide = PolicyError::BoundsTooWide { kind: Kind::Journal };
    assert_eq!(refused, Err(FileError::Refused { line: 11, source: too_wide }));
}

#[test]
fn a_file_that_says_nothing_of_any_kind_is_no_policy() {
    for text in ["", "\n# nothing\n", "listen = '127.0.0.1:1'", "[lifetimes]\n"] {
        assert_eq!(unread("evergrant.toml", text.as_bytes()), Unread::NoPolicy, "{text}");
    }
    let why = unread("p.toml", b"[access_token]\nlifetime = 30m\n");
    let Unread::NotToml { line, .. } = why else { panic!("{why}") };
    assert_eq!(line, 2);
    assert!(matches!(policies("[a"), Err(FileError::NotToml { line: 1, .. })));
    assert!(matches!(policies("a = 1"), Err(FileError::Unknown { line: 1, .. })));
    let ends_first = policies("access_token = '2h'\nrefresh_token = '1h'\n");
    assert!(matches!(ends_first, Err(FileError::Contradict(_))), "{ends_first:?}");
}
