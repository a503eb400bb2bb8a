use std::time::Duration;

use crate::spend::keeps;
use crate::{Activation, Chain, ChainId, Credentials, Held, Rules, State, Time};

/// Why time alone will change a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// The access token is renewed ahead of its end, because the container is kept warm.
    KeepWarm,
    /// The refresh token is used long before its idle life ends.
    KeepAlive,
    /// The access token is to be used once at the provider.
    Activate,
    /// The refresh token ends.
    Expire,
    /// The lease on an attempt ends without news of it.
    LeaseEnds,
    /// A link in doubt is sent again.
    Resend,
    /// A link in doubt is given up.
    GiveUp,
    /// A wait ends.
    Retry,
    /// A recovery run must have ended.
    RecoveryEnds,
    /// A broken chain tries recovery again.
    RecoverAgain,
}

impl Chain {
    /// The next moment at which time alone changes something, and what that is; `now` or
    /// earlier when it is overdue.
    pub fn wake(&self, now: Time, rules: &Rules) -> Option<(Time, Wake)> {
        match self.state {
            State::Unlinked => None,
            State::Live(held) => Some(live(&held, self.id, now, rules)),
            State::Spending { deadline, .. } => Some((deadline, Wake::LeaseEnds)),
            State::InDoubt { held, doubt, next, .. }
                if doubt.may_resend(next, rules) && keeps(&held, next) =>
            {
                Some((next, Wake::Resend))
            }
            State::InDoubt { next, .. } => Some((next, Wake::GiveUp)),
            State::Waiting { held, until, .. } if keeps(&held, until) => Some((until, Wake::Retry)),
            State::Waiting { held, .. } => Some((held.refresh_until, Wake::Expire)),
            State::Recovering { since, .. } => Some((since + rules.recovery.deadline, Wake::RecoveryEnds)),
            State::Broken { .. } => {
                let Credentials::Stored { runs, not_before, .. } = self.credentials else { return None };
                let earliest = not_before.map_or(now, |at| at.max(now));
                let used_up = runs.on(earliest) >= rules.recovery.tries_a_day;
                Some((if used_up { earliest.next_day() } else { earliest }, Wake::RecoverAgain))
            }
        }
    }
}

fn live(held: &Held, chain: ChainId, now: Time, rules: &Rules) -> (Time, Wake) {
    let why = if rules.warm { Wake::KeepWarm } else { Wake::KeepAlive };
    let mut next = (held.planned_at(chain, now, rules).max(held.received_at + rules.minimum_interval), why);
    if let Activation::Pending { next: at, .. } = held.activation
        && at < next.0
    {
        next = (at, Wake::Activate);
    }
    if !keeps(held, next.0) {
        next = (held.refresh_until, Wake::Expire);
    }
    next
}

impl Held {
    /// When the refresh token is to be used without anybody asking, outside quiet hours.
    pub fn planned_at(&self, chain: ChainId, now: Time, rules: &Rules) -> Time {
        let planned = if rules.warm {
            let fresh_until = self.access_until - rules.refresh_ahead;
            fresh_until.max(self.received_at + rules.minimum_interval)
        } else {
            self.received_at + rules.keep_alive - jitter(chain, self.generation, rules.keep_alive / 10)
        };
        let planned = planned.max(now);
        match rules.quiet {
            // Not at the price of the chain: what ends in or soon after the quiet hours goes first.
            Some(quiet) if quiet.contains(planned) && quiet.until + HOUR < self.refresh_until => quiet.until,
            Some(_) | None => planned,
        }
    }
}

const HOUR: Duration = Duration::from_secs(3_600);

/// A stretch of up to `most` that differs between chains and links and is always the same for one,
/// so that a thousand chains linked in one morning are not renewed in one second.
fn jitter(chain: ChainId, generation: u32, most: Duration) -> Duration {
    let low = u64::try_from(chain.0 & u128::from(u64::MAX)).unwrap_or(0);
    let high = u64::try_from(chain.0 >> 64).unwrap_or(0);
    // SplitMix64's finalizer.
    let mut x = low ^ high.rotate_left(32) ^ u64::from(generation).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^= x >> 31;
    let thousandth = u32::try_from(x % 1_000).unwrap_or(0);
    most * thousandth / 1_000
}
