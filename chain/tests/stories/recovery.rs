//! Auto-recovery with stored credentials.

use super::*;

#[test]
fn a_dead_link_is_recovered_with_the_stored_credentials() {
    let mut life = guarded();
    life.happens(650, Event::Recovered { attempt: 2, received: received(650) });
    check(&life, &["600 recover #2", "650 activate g2", "650 alert recovered"], "live g2");
}

#[test]
fn a_wrong_password_is_sent_once() {
    let mut life = guarded();
    life.happens(650, failed(2, RecoveryFailure::WrongPassword));
    life.sleeps_until(20 * DAY);
    life.happens(20 * DAY, Event::Restart);
    let log = ["600 recover #2", "650 alert OldRefreshTokenUsed", "650 alert recovery blocked"];
    check(&life, &log, "broken g1 OldRefreshTokenUsed");
}

#[test]
fn a_new_password_is_tried_at_once() {
    let mut life = guarded();
    life.happens(650, failed(2, RecoveryFailure::WrongPassword));
    life.happens(700, Event::CredentialsStored);
    let log =
        ["600 recover #2", "650 alert OldRefreshTokenUsed", "650 alert recovery blocked", "700 recover #3"];
    check(&life, &log, "recovering g1");
}

#[test]
fn a_password_that_was_replaced_during_the_run_blocks_nothing() {
    let mut life = guarded();
    life.happens(620, Event::CredentialsStored);
    life.happens(650, failed(2, RecoveryFailure::WrongPassword));
    life.sleeps_until(651);
    check(&life, &["600 recover #2", "650 alert OldRefreshTokenUsed", "650 recover #3"], "recovering g1");
}

#[test]
fn a_run_waits_for_a_person_who_is_signing_in() {
    let mut life = guarded();
    for (minute, run) in (0..5).zip(2..) {
        let now = 601 + 61 * minute;
        life.happens(now, failed(run, RecoveryFailure::GrantInFlight));
        life.sleeps_until(now + 60);
    }
    life.happens(910, Event::Linked(received(910)));
    assert_eq!(life.log().iter().filter(|line| line.contains("recover #")).count(), 6, "{:?}", life.log());
}

#[test]
fn recovery_runs_are_few_and_far_between() {
    let mut life = guarded();
    life.sleeps_until(MIDNIGHT + 1);
    let log = [
        "600 recover #2",
        "900 alert OldRefreshTokenUsed",
        "4500 recover #3",
        "4800 alert OldRefreshTokenUsed",
        "8400 recover #4",
        "8700 alert OldRefreshTokenUsed",
        "57600 recover #5",
    ];
    check(&life, &log, "recovering g1");
}

#[test]
fn a_crash_in_a_recovery_run_leaves_a_chain_that_tries_again() {
    let mut life = guarded();
    life.happens(610, Event::Restart);
    life.sleeps_until(670);
    check(&life, &["600 recover #2", "610 alert OldRefreshTokenUsed", "670 recover #3"], "recovering g1");
}

#[test]
fn a_run_that_was_given_up_and_comes_home_mends_the_chain() {
    let mut life = guarded();
    life.sleeps_until(1_000);
    life.happens(1_001, Event::Recovered { attempt: 2, received: received(1_001) });
    let log = ["600 recover #2", "900 alert OldRefreshTokenUsed", "1001 activate g2", "1001 alert repaired"];
    check(&life, &log, "live g2");
}

#[test]
fn expired_credentials_are_not_used() {
    let mut life = Life::linked(rules());
    life.happens(0, Event::CredentialsStored);
    life.happens(500, Event::CredentialsExpired);
    life.asked(600);
    life.sending(600);
    life.happens(600, refused(1, Fault::OldRefreshTokenUsed));
    life.sleeps_until(9 * DAY);
    check(
        &life,
        &["600 send g1 #1 by 750", "600 alert OldRefreshTokenUsed"],
        "broken g1 OldRefreshTokenUsed",
    );
}

#[test]
fn a_link_given_up_is_recovered() {
    let mut life = Life::linked(rules());
    life.happens(0, Event::CredentialsStored);
    life.asked(600);
    life.sending(600);
    life.sleeps_until(1_380);
    check(&life, &["600 send g1 #1 by 750", "1380 recover #6"], "recovering g1");
}

/// Linked, with credentials; the first refresh at 600 found the link dead.
fn guarded() -> Life {
    let mut life = Life::linked(rules());
    life.happens(0, Event::CredentialsStored);
    life.asked(600);
    life.sending(600);
    life.forget();
    life.happens(600, refused(1, Fault::OldRefreshTokenUsed));
    life
}
