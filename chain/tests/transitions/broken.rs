//! A dead link, with and without auto-recovery.

use super::*;

const BROKEN_AT_800: &str =
    "broken g3 OldRefreshTokenUsed since 800 | credentials stored runs 1 not before 4400";
const BROKEN_AT_1000: &str =
    "broken g3 OldRefreshTokenUsed since 1000 | credentials stored runs 1 not before 4600";
const BLOCKED: &str = "broken g3 OldRefreshTokenUsed since 800 | credentials blocked WrongPassword";

#[test]
fn a_recovery_run_ends_with_a_link_or_with_a_person() {
    check(&[
        (recovering, 999, Tick, "stays", ""),
        (recovering, 1_000, Tick, BROKEN_AT_1000, "alert OldRefreshTokenUsed"),
        (recovering, 700, asked(0), "stays", ""),
        (recovering, 700, RefreshNow, "stays", ""),
        (recovering, 700, linked(700), GRANTED, "activate g4, alert repaired"),
        (recovering, 700, Adopted, ADOPTED, "alert repaired"),
        (recovering, 700, sending(7), "stays", ""),
        (recovering, 700, sending(8), "unexpected", ""),
        (recovering, 700, refreshed(3, 700), REFRESHED, "activate g4, alert repaired"),
        (recovering, 700, refreshed(2, 700), "stays", "keep beside"),
        (recovering, 700, refreshed(4, 700), "unexpected", ""),
        (recovering, 700, refused(7, OldRefreshTokenUsed), "stays", ""),
        (recovering, 700, refused(8, Outage), "unexpected", ""),
        (recovering, 700, never_sent(7), "stays", ""),
        (recovering, 700, never_sent(8), "unexpected", ""),
        (recovering, 700, no_answer(7), "stays", ""),
        (recovering, 700, no_answer(8), "unexpected", ""),
        (recovering, 700, activated(3), "stays", ""),
        (recovering, 700, activated(4), "unexpected", ""),
        (recovering_fresh, 700, activated(3), "recovering g3 active OldRefreshTokenUsed since 700 #7", ""),
        (recovering, 700, activation_failed(3), "stays", ""),
        (recovering, 700, activation_failed(4), "unexpected", ""),
        (recovering, 700, recovered(7, 700), GRANTED, "activate g4, alert recovered"),
        (recovering, 700, recovered(6, 700), GRANTED, "activate g4, alert repaired"),
        (recovering, 700, recovered(8, 700), "unexpected", ""),
        (
            recovering,
            800,
            recovery_failed(7, WrongPassword),
            BLOCKED,
            "alert OldRefreshTokenUsed, alert recovery blocked",
        ),
        (recovering, 800, recovery_failed(7, WrongCode), BROKEN_AT_800, "alert OldRefreshTokenUsed"),
        (recovering, 800, recovery_failed(7, ConsentNeeded), BROKEN_AT_800, "alert OldRefreshTokenUsed"),
        (recovering, 800, recovery_failed(7, Captcha), BROKEN_AT_800, "alert OldRefreshTokenUsed"),
        (recovering, 800, recovery_failed(7, AccountLocked), BROKEN_AT_800, "alert OldRefreshTokenUsed"),
        (recovering, 800, recovery_failed(7, PageNotUnderstood), BROKEN_AT_800, "alert OldRefreshTokenUsed"),
        (recovering, 800, recovery_failed(7, WrongUser), BROKEN_AT_800, "alert OldRefreshTokenUsed"),
        (recovering, 800, recovery_failed(7, ProviderDown), BROKEN_AT_800, "alert OldRefreshTokenUsed"),
        (recovering, 800, recovery_failed(7, Interrupted), BROKEN_AT_800, "alert OldRefreshTokenUsed"),
        // News of an older run: this one goes on, the next one heeds it.
        (
            recovering,
            800,
            recovery_failed(6, WrongPassword),
            "recovering g3 OldRefreshTokenUsed since 700 #7 | credentials blocked WrongPassword",
            "",
        ),
        (
            recovering,
            800,
            recovery_failed(6, Captcha),
            "recovering g3 OldRefreshTokenUsed since 700 #7 | credentials stored runs 1 not before 4400",
            "",
        ),
        (recovering, 800, recovery_failed(8, Captcha), "unexpected", ""),
        (recovering, 800, CredentialsStored, "stays", ""),
        (
            recovering,
            800,
            CredentialsRemoved,
            "recovering g3 OldRefreshTokenUsed since 700 #7 | credentials absent",
            "",
        ),
        (
            recovering,
            800,
            CredentialsExpired,
            "recovering g3 OldRefreshTokenUsed since 700 #7 | credentials absent",
            "",
        ),
        (recovering, 800, Restart, BROKEN_AT_800, "alert OldRefreshTokenUsed"),
    ]);
}

#[test]
fn a_broken_chain_is_mended_by_any_new_link() {
    check(&[
        (broken, 9_999, Tick, "stays", ""),
        (broken_blocked, 9_999, Tick, "stays", ""),
        (broken_cooling, 4_299, Tick, "stays", ""),
        (
            broken_cooling,
            4_300,
            Tick,
            "recovering g3 OldRefreshTokenUsed since 4300 #8 | credentials stored runs 2 not before 4300",
            "recover #8",
        ),
        (broken_runs_out, MIDNIGHT - 1, Tick, "stays", ""),
        (
            broken_runs_out,
            MIDNIGHT,
            Tick,
            "recovering g3 OldRefreshTokenUsed since 57600 #8 | credentials stored runs 1",
            "recover #8",
        ),
        (broken, 700, asked(0), "stays", ""),
        (broken, 700, RefreshNow, "stays", ""),
        (broken, 700, linked(700), GRANTED, "activate g4, alert repaired"),
        (broken_nothing, 700, linked(700), GRANTED_FIRST, "activate g1, alert repaired"),
        (broken, 700, Adopted, ADOPTED, "alert repaired"),
        (broken, 700, sending(7), "stays", ""),
        (broken, 700, sending(8), "unexpected", ""),
        (broken, 700, refreshed(3, 700), REFRESHED, "activate g4, alert repaired"),
        (broken, 700, refreshed(2, 700), "stays", "keep beside"),
        (broken, 700, refreshed(4, 700), "unexpected", ""),
        (broken, 700, refused(7, OldRefreshTokenUsed), "stays", ""),
        (broken, 700, refused(8, Outage), "unexpected", ""),
        (broken, 700, never_sent(7), "stays", ""),
        (broken, 700, never_sent(8), "unexpected", ""),
        (broken, 700, no_answer(7), "stays", ""),
        (broken, 700, no_answer(8), "unexpected", ""),
        (broken, 700, activated(3), "stays", ""),
        (broken, 700, activated(4), "unexpected", ""),
        (broken_fresh, 700, activated(3), "broken g3 active OldRefreshTokenUsed since 700", ""),
        (broken, 700, activation_failed(3), "stays", ""),
        (broken, 700, activation_failed(4), "unexpected", ""),
        // A run that was given up came home after all.
        (broken, 700, recovered(7, 700), GRANTED, "activate g4, alert repaired"),
        (
            broken_cooling,
            700,
            recovered(7, 700),
            "live g4 granted 700 got 700 access 1290 refresh 30d+700 activate 1 at 710 | credentials stored runs 1",
            "activate g4, alert repaired",
        ),
        (broken, 700, recovered(8, 700), "unexpected", ""),
        (broken, 800, recovery_failed(7, WrongPassword), "stays", ""),
        (
            broken_cooling,
            800,
            recovery_failed(7, WrongPassword),
            "broken g3 OldRefreshTokenUsed since 700 | credentials blocked WrongPassword",
            "",
        ),
        (broken_blocked, 800, recovery_failed(7, Captcha), "stays", ""),
        (broken, 800, recovery_failed(8, Captcha), "unexpected", ""),
        (
            broken,
            800,
            CredentialsStored,
            "recovering g3 OldRefreshTokenUsed since 800 #8 | credentials stored runs 1",
            "recover #8",
        ),
        (
            broken_blocked,
            800,
            CredentialsStored,
            "recovering g3 OldRefreshTokenUsed since 800 #8 | credentials stored runs 1",
            "recover #8",
        ),
        // New credentials end the cool-down, but not the day.
        (
            broken_cooling,
            800,
            CredentialsStored,
            "recovering g3 OldRefreshTokenUsed since 800 #8 | credentials stored runs 2",
            "recover #8",
        ),
        (broken_runs_out, 800, CredentialsStored, "stays", ""),
        (
            broken_cooling,
            800,
            CredentialsRemoved,
            "broken g3 OldRefreshTokenUsed since 700 | credentials absent",
            "",
        ),
        (
            broken_blocked,
            800,
            CredentialsExpired,
            "broken g3 OldRefreshTokenUsed since 700 | credentials absent",
            "",
        ),
        (broken, 800, Restart, "stays", ""),
    ]);
}
