//! When time alone changes something, and why.

use chain::{Rules, Wake, Window};

use super::*;
use rules::{HOUR, seconds};

#[test]
fn time_alone_moves_a_chain() {
    check(&[
        (unlinked, rules, 0, None),
        // A tenth of seven days is the most that jitter takes; for g3 of chain 0 it is 679 thousandths of that.
        (live, rules, 0, Some((KEPT_ALIVE, Wake::KeepAlive))),
        (live, rules, KEPT_ALIVE, Some((KEPT_ALIVE, Wake::KeepAlive))),
        (live, rules, KEPT_ALIVE + 1, Some((KEPT_ALIVE + 1, Wake::KeepAlive))),
        (live, rules, 8 * DAY, Some((8 * DAY, Wake::KeepAlive))),
        (live, rules, 30 * DAY, Some((30 * DAY, Wake::Expire))),
        (live, rules, 31 * DAY, Some((30 * DAY, Wake::Expire))),
        (fresh, rules, 0, Some((720, Wake::Activate))),
        (fresh, rules, 800, Some((720, Wake::Activate))),
        // An access token that is to be renewed at once needs no use any more.
        (fresh, warm_at_720, 0, Some((720, Wake::KeepWarm))),
        (live, kept_alive_late, 0, Some((30 * DAY, Wake::Expire))),
        (live, kept_alive_early, 0, Some((570, Wake::KeepAlive))),
        // 590 less the 30 ahead, but not before the minimum interval ends; quiet hours come first.
        (live, warm, 0, Some((570, Wake::KeepWarm))),
        (live, warm, 600, Some((600, Wake::KeepWarm))),
        (live, warm_and_quick, 0, Some((560, Wake::KeepWarm))),
        (live, warm_and_quiet, 0, Some((4_100, Wake::KeepWarm))),
        (live, warm_and_quiet, 4_099, Some((4_100, Wake::KeepWarm))),
        (live, warm_and_quiet, 4_100, Some((4_100, Wake::KeepWarm))),
        (live, warm_from_quiet, 0, Some((570, Wake::KeepWarm))),
        (live, warm_till_quiet, 0, Some((4_100, Wake::KeepWarm))),
        // Unless the refresh token ends within an hour after them.
        (live, warm_quiet_to_the_last, 0, Some((570, Wake::KeepWarm))),
        (live, warm_quiet_till_an_hour_before, 0, Some((30 * DAY - HOUR - 1, Wake::KeepWarm))),
        (intended, rules, 0, Some((750, Wake::LeaseEnds))),
        (sent, rules, 800, Some((750, Wake::LeaseEnds))),
        (doubted, rules, 0, Some((730, Wake::Resend))),
        (doubted_again, rules, 0, Some((730, Wake::Resend))),
        (doubted_enough, rules, 0, Some((730, Wake::GiveUp))),
        (doubted, resend_till_730, 0, Some((730, Wake::GiveUp))),
        (doubted_expiring, rules, 0, Some((730, Wake::GiveUp))),
        (waiting, rules, 0, Some((900, Wake::Retry))),
        (waiting_too_long, rules, 0, Some((30 * DAY, Wake::Expire))),
        (recovering, rules, 0, Some((1_000, Wake::RecoveryEnds))),
        (broken, rules, 0, None),
        (broken_blocked, rules, 0, None),
        (broken_cooling, rules, 0, Some((4_300, Wake::RecoverAgain))),
        (broken_cooling, rules, 5_000, Some((5_000, Wake::RecoverAgain))),
        (broken_runs_out, rules, 5_000, Some((MIDNIGHT, Wake::RecoverAgain))),
        (broken_runs_out_cooling, rules, 5_000, Some((MIDNIGHT + 100, Wake::RecoverAgain))),
        (broken_runs_out_tomorrow, rules, 5_000, Some((MIDNIGHT + DAY, Wake::RecoverAgain))),
        (broken_runs_out, rules, MIDNIGHT, Some((MIDNIGHT, Wake::RecoverAgain))),
    ]);
}

type Line = (fn() -> Chain, fn() -> Rules, i64, Option<(i64, Wake)>);

fn check(lines: &[Line]) {
    for (number, &(chain, rules, now, wake)) in lines.iter().enumerate() {
        let found = chain().wake(at(now), &rules()).map(|(moment, why)| (seconds(moment), why));
        assert_eq!(found, wake, "line {number}");
    }
}

/// Seven days less 679 thousandths of their tenth, cut to whole seconds.
const KEPT_ALIVE: i64 = 7 * DAY - 41_066;

fn warm() -> Rules {
    Rules { warm: true, ..rules() }
}

fn warm_and_quick() -> Rules {
    Rules { minimum_interval: Duration::from_secs(100), ..warm() }
}

fn warm_at_720() -> Rules {
    Rules { minimum_interval: Duration::from_secs(720), ..warm() }
}

fn kept_alive_late() -> Rules {
    // The link of the fixtures ends after 30 days: keep-alive is planned for later.
    Rules { keep_alive: Duration::from_secs(40 * 86_400), ..rules() }
}

fn kept_alive_early() -> Rules {
    Rules { keep_alive: Duration::from_secs(100), ..rules() }
}

fn quiet(from: i64, until: i64) -> Rules {
    Rules { quiet: Some(Window { from: at(from), until: at(until) }), ..warm() }
}

fn warm_and_quiet() -> Rules {
    quiet(500, 4_100)
}

fn warm_from_quiet() -> Rules {
    quiet(571, 4_100)
}

fn warm_till_quiet() -> Rules {
    quiet(570, 4_100)
}

fn warm_quiet_to_the_last() -> Rules {
    quiet(500, 30 * DAY - HOUR)
}

fn warm_quiet_till_an_hour_before() -> Rules {
    quiet(500, 30 * DAY - HOUR - 1)
}

fn resend_till_730() -> Rules {
    let resend = chain::Resend { window: Duration::from_secs(30), tries: 2 };
    Rules { resend, ..rules() }
}
