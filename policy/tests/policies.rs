//! What is a policy, what is none, and what is unwise.

use std::time::Duration;

use policy::{Bounds, Given, Kind, Policies, Policy, PolicyError, Warning};
use proptest::prelude::*;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

fn said(kind: Kind, lifetime: Duration) -> Policy {
    Policy::new(kind, lifetime.into(), kind.outermost()).expect("a policy")
}

#[test]
fn what_has_no_end_is_refused_by_name() {
    for given in [Given::Absent, Given::Millis(0), Given::Millis(-1), Given::Millis(i64::MIN)] {
        for kind in Kind::ALL {
            let error = Policy::new(kind, given, kind.outermost()).expect_err("no lifetime");
            let name = if kind == Kind::RefreshToken {
                "InvalidValueForRefreshTokenExpiresIn"
            } else {
                "InvalidValueForExpiresIn"
            };
            assert_eq!(error.code(), name);
            assert!(error.to_string().starts_with(name), "{error}");
        }
    }
}

#[test]
fn bounds_hold_and_cannot_be_wider_than_is_possible() {
    let kind = Kind::AccessToken;
    let bounds = Bounds { least: 5 * MINUTE, most: HOUR };
    assert!(Policy::new(kind, (5 * MINUTE).into(), bounds).is_ok());
    assert!(Policy::new(kind, HOUR.into(), bounds).is_ok());
    let short = Policy::new(kind, (4 * MINUTE).into(), bounds);
    assert_eq!(short, Err(PolicyError::OutOfBounds { kind, bounds }));
    let turned = Bounds { least: HOUR, most: MINUTE };
    assert_eq!(Policy::new(kind, HOUR.into(), turned), Err(PolicyError::BoundsContradict { kind }));
    let wide = Bounds { least: MINUTE, most: 48 * HOUR };
    assert_eq!(Policy::new(kind, HOUR.into(), wide), Err(PolicyError::BoundsTooWide { kind }));
}

#[test]
fn every_default_is_possible_and_has_its_own_word() {
    for kind in Kind::ALL {
        assert!(kind.outermost().contain(kind.usual()), "{kind:?}");
        assert!(kind.outermost().contain(kind.recommended_most()), "{kind:?}");
        assert_eq!(Kind::from_word(kind.word()), Some(kind));
    }
    assert_eq!(Kind::from_word("for_ever"), None);
}

#[test]
fn what_nobody_said_lives_as_the_default_says_and_is_told() {
    let mut policies = Policies::default();
    policies.set_default(Kind::AccessToken, Given::Millis(3_600_000)).expect("an hour");
    let of = policies.of(Kind::AccessToken);
    assert_eq!((of.policy.lifetime(), of.said), (HOUR, false));
    let warnings = policies.check().expect("no contradiction");
    let left = warnings.iter().filter(|warning| matches!(warning, Warning::LeftToDefault { .. })).count();
    assert_eq!(left, Kind::ALL.len());
    policies.say(said(Kind::AccessToken, 30 * MINUTE));
    assert!(policies.of(Kind::AccessToken).said);
    assert!(policies.set_default(Kind::Journal, Given::Millis(-1)).is_err());
}

#[test]
fn a_refresh_token_that_is_no_multiple_is_warned_of_with_the_nearest() {
    let mut policies = Policies::default();
    policies.say(said(Kind::AccessToken, 30 * MINUTE));
    policies.say(said(Kind::RefreshToken, 100 * MINUTE));
    let (access, refresh, nearest) = (30 * MINUTE, 100 * MINUTE, 90 * MINUTE);
    assert!(policies.check().expect("whole").contains(&Warning::NoMultiple { access, refresh, nearest }));
    policies.say(said(Kind::RefreshToken, 20 * MINUTE));
    let refresh = 20 * MINUTE;
    assert_eq!(policies.check(), Err(PolicyError::RefreshEndsFirst { access, refresh }));
}

#[test]
fn longer_than_is_wise_is_warned_of() {
    let mut policies = Policies::default();
    policies.say(said(Kind::RefreshToken, 48 * HOUR));
    let (kind, lifetime, recommended) = (Kind::RefreshToken, 48 * HOUR, 24 * HOUR);
    let over = Warning::OverRecommended { kind, lifetime, recommended };
    assert!(policies.check().expect("whole").contains(&over));
}

proptest! {
    #[test]
    fn whatever_is_given_a_policy_has_an_end_within_its_bounds(
        kind in 0_usize..8, millis in any::<i64>(), least in 0_u64..100_000_000_000, most in 0_u64..100_000_000_000,
    ) {
        let kind = Kind::ALL[kind];
        let bounds = Bounds { least: Duration::from_millis(least), most: Duration::from_millis(most) };
        if let Ok(policy) = Policy::new(kind, Given::Millis(millis), bounds) {
            prop_assert!(bounds.contain(policy.lifetime()));
            prop_assert!(kind.outermost().contain(policy.lifetime()));
        }
    }

    #[test]
    fn the_nearest_multiple_is_a_multiple(access in 1_u64..10_000_000, refresh in 1_u64..10_000_000_000) {
        let (access, refresh) = (Duration::from_millis(access), Duration::from_millis(refresh));
        match Warning::of_pair(access, refresh) {
            None => prop_assert_eq!(refresh.as_millis() % access.as_millis(), 0),
            Some(Warning::NoMultiple { nearest, .. }) => {
                prop_assert_eq!(nearest.as_millis() % access.as_millis(), 0);
                prop_assert!(nearest >= access);
            }
            Some(other) => prop_assert!(false, "{:?}", other),
        }
    }
}
