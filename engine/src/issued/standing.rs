//! Where a token stands, and what a refresh token that is shown comes to: pure questions about what was
//! read.

use std::time::Duration;

use chain::Time;

use crate::store::issued_tokens::{Found, Hash};

/// How long after its first use a refresh token may be shown once more: the answer may have been lost.
pub const GRACE: Duration = Duration::from_secs(10);

/// Where a token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It works.
    Active,
    /// Another one took its place.
    Superseded { at: Time },
    /// It was revoked, its family was ended, or its consumer's key was revoked.
    Revoked { at: Time },
    /// Its time is up.
    Expired { at: Time },
}

/// What a refresh token that is shown comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is exchanged for the next pair.
    Rotate,
    /// It was exchanged a moment ago, and the answer may have been lost: another pair takes the place of
    /// the lost one.
    Repeat { lost: Hash },
    /// It was exchanged a moment ago, and once more since: nothing is given.
    JustUsed,
    /// It was exchanged long ago: two have it.
    Reused,
    /// It is no longer good for anything.
    Over,
}

/// When a token ends, whatever else ends first.
pub(super) fn end(found: &Found) -> Time {
    found.token.expires_at.min(found.family.expires_at).min(found.consumer.expires_at)
}

/// Where a token stands.
pub(super) fn standing(found: &Found, now: Time) -> Standing {
    let revoked = [found.consumer.revoked_at, found.family.ended_at, found.token.revoked_at];
    if let Some(at) = revoked.into_iter().flatten().min() {
        return Standing::Revoked { at };
    }
    let at = end(found);
    if at <= now {
        return Standing::Expired { at };
    }
    found.token.superseded_at.map_or(Standing::Active, |at| Standing::Superseded { at })
}

/// What a refresh token that is shown comes to.
pub(super) fn judge(found: &Found, now: Time) -> Verdict {
    match standing(found, now) {
        Standing::Active => Verdict::Rotate,
        Standing::Revoked { .. } | Standing::Expired { .. } => Verdict::Over,
        Standing::Superseded { at } if now.since(at) > GRACE => Verdict::Reused,
        Standing::Superseded { .. } => {
            found.token.successor.map_or(Verdict::JustUsed, |lost| Verdict::Repeat { lost })
        }
    }
}
