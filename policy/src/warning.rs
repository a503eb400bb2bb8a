use std::time::Duration;

use crate::Kind;

/// What is allowed and unwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// No policy says it, so a default does: who reads the policies does not see how long things live.
    LeftToDefault {
        /// Of what.
        kind: Kind,
        /// The default.
        lifetime: Duration,
    },
    /// The lifetime is longer than is wise.
    OverRecommended {
        /// Of what.
        kind: Kind,
        /// How long it lives.
        lifetime: Duration,
        /// What is wise at most.
        recommended: Duration,
    },
    /// The last access token of a refresh token would outlive it, or be cut short.
    NoMultiple {
        /// How long access tokens live.
        access: Duration,
        /// How long refresh tokens live.
        refresh: Duration,
        /// The next lower multiple, at least one access lifetime.
        nearest: Duration,
    },
}

impl Warning {
    /// What a lifetime of this kind is warned of by itself.
    pub fn of_lifetime(kind: Kind, lifetime: Duration) -> Option<Self> {
        let recommended = kind.recommended_most();
        (lifetime > recommended).then_some(Self::OverRecommended { kind, lifetime, recommended })
    }

    /// What two lifetimes that belong together are warned of.
    pub fn of_pair(access: Duration, refresh: Duration) -> Option<Self> {
        let (step, whole) = (access.as_millis().max(1), refresh.as_millis());
        let times = whole / step;
        if whole == times * step && times > 0 {
            return None;
        }
        let nearest = u64::try_from(times.max(1) * step).unwrap_or(u64::MAX);
        Some(Self::NoMultiple { access, refresh, nearest: Duration::from_millis(nearest) })
    }

    /// Its name, for programs and for texts.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::LeftToDefault { .. } => "LeftToDefault",
            Self::OverRecommended { .. } => "OverRecommended",
            Self::NoMultiple { .. } => "NoMultiple",
        }
    }
}
