//! Rules with round numbers, and times counted in seconds from one morning on.

use std::time::Duration;

use chain::{Backoff, RecoveryRules, Resend, Rules, Time};

pub const HOUR: i64 = 3_600;
pub const DAY: i64 = 86_400;

/// Eight o'clock in the morning (UTC): when the newest link arrives in most tests.
const MORNING: i64 = 20_000 * DAY + 8 * HOUR;

/// The midnight after that morning.
pub const MIDNIGHT: i64 = 16 * HOUR;

/// That many seconds after the morning.
pub const fn at(seconds: i64) -> Time {
    Time::from_millis((MORNING + seconds) * 1_000)
}

/// How many seconds after the morning.
pub const fn seconds(time: Time) -> i64 {
    time.millis().div_euclid(1_000) - MORNING
}

pub fn rules() -> Rules {
    let seconds = Duration::from_secs;
    Rules {
        access_lifetime: seconds(600),
        minimum_interval: seconds(570),
        refresh_ahead: seconds(30),
        idle_life: seconds(30 * 86_400),
        absolute_life: None,
        request_deadline: seconds(120),
        lease_margin: seconds(30),
        resend: Resend { window: seconds(600), tries: 2 },
        activation: Backoff { first: seconds(10), most: seconds(3_600) },
        token_calls_a_day: 200,
        quiet: None,
        keep_alive: seconds(7 * 86_400),
        warm: false,
        retry: Backoff { first: seconds(30), most: seconds(1_800) },
        client_retry: seconds(3_600),
        recovery: RecoveryRules {
            tries_a_day: 3,
            cool_down: seconds(3_600),
            postponed: seconds(60),
            deadline: seconds(300),
        },
    }
}
