//! Lost answers, late answers and crashes.

use super::*;

#[test]
fn a_lost_answer_never_sends_the_link_twice() {
    let forbidden = Resend { window: Duration::from_secs(600), tries: 0 };
    let mut life = Life::linked(Rules { resend: forbidden, ..rules() });
    life.asked(600);
    life.sending(601);
    life.happens(721, Event::NoAnswer { attempt: 1 });
    life.sleeps_until(40 * DAY);
    check(&life, &["601 send g1 #1 by 750", "721 alert AnswerLost"], "broken g1 AnswerLost");
}

#[test]
fn a_lost_answer_is_asked_for_again_as_often_as_the_provider_allows() {
    let mut life = Life::linked(rules());
    life.asked(600);
    life.sending(600);
    life.happens(610, Event::NoAnswer { attempt: 1 });
    life.sleeps_until(640);
    life.sending(640);
    life.happens(650, Event::NoAnswer { attempt: 2 });
    life.sleeps_until(710);
    life.sending(710);
    life.happens(720, Event::NoAnswer { attempt: 3 });
    life.sleeps_until(40 * DAY);
    let log =
        ["600 send g1 #1 by 750", "640 send g1 #2 by 790", "710 send g1 #3 by 860", "720 alert AnswerLost"];
    check(&life, &log, "broken g1 AnswerLost");
}

#[test]
fn a_resend_that_never_left_is_not_counted() {
    let once = Resend { window: Duration::from_secs(600), tries: 1 };
    let mut life = Life::linked(Rules { resend: once, ..rules() });
    life.asked(600);
    life.sending(600);
    life.happens(610, Event::NoAnswer { attempt: 1 });
    life.sleeps_until(640);
    life.sending(640);
    life.happens(640, Event::NeverSent { attempt: 2 });
    life.sleeps_until(670);
    life.sending(670);
    life.happens(680, refreshed(1, 680));
    let log = ["600 send g1 #1 by 750", "640 send g1 #2 by 790", "670 send g1 #3 by 820", "680 activate g2"];
    check(&life, &log, "live g2");
}

#[test]
fn too_early_after_a_resend_proves_that_the_first_was_spent() {
    let mut life = Life::linked(rules());
    life.asked(600);
    life.sending(600);
    life.happens(610, Event::NoAnswer { attempt: 1 });
    life.sleeps_until(640);
    life.sending(640);
    life.happens(641, refused(2, Fault::TooEarly));
    let log = ["600 send g1 #1 by 750", "640 send g1 #2 by 790", "641 alert AnswerLost"];
    check(&life, &log, "broken g1 AnswerLost");
}

#[test]
fn a_late_answer_after_the_lease_ended_is_still_taken() {
    let mut life = Life::linked(rules());
    life.asked(600);
    life.sending(600);
    life.sleeps_until(760);
    life.happens(761, refreshed(1, 761));
    check(&life, &["600 send g1 #1 by 750", "761 activate g2"], "live g2");
}

#[test]
fn a_late_answer_mends_a_chain_that_was_given_up() {
    let mut life = Life::linked(rules());
    life.asked(600);
    life.sending(600);
    life.sleeps_until(5_000);
    life.happens(5_000, refreshed(1, 800));
    let log = ["600 send g1 #1 by 750", "1380 alert AnswerLost", "5000 activate g2", "5000 alert repaired"];
    check(&life, &log, "live g2");
}

#[test]
fn a_late_refusal_that_spent_nothing_ends_the_doubt() {
    let mut life = Life::linked(rules());
    life.asked(600);
    life.sending(600);
    life.happens(720, Event::NoAnswer { attempt: 1 });
    life.happens(725, refused(1, Fault::Outage));
    life.sleeps_until(755);
    life.sending(755);
    life.happens(756, refused(2, Fault::OldRefreshTokenUsed));
    // No earlier sending is to blame: the fault is what the provider says.
    let log = ["600 send g1 #1 by 750", "755 send g1 #2 by 905", "756 alert OldRefreshTokenUsed"];
    check(&life, &log, "broken g1 OldRefreshTokenUsed");
}

#[test]
fn a_refresh_that_answers_after_a_grant_is_kept_beside() {
    let mut life = Life::linked(rules());
    life.asked(600);
    life.sending(600);
    life.happens(605, Event::Linked(received(605)));
    life.happens(606, refreshed(1, 606));
    check(&life, &["600 send g1 #1 by 750", "605 activate g2", "606 keep beside"], "live g2");
}

#[test]
fn two_answers_to_one_link_make_one_newest_link() {
    let mut life = Life::linked(rules());
    life.asked(600);
    life.sending(600);
    life.happens(610, Event::NoAnswer { attempt: 1 });
    life.sleeps_until(640);
    life.sending(640);
    life.happens(645, refreshed(1, 645));
    life.happens(646, refreshed(1, 646));
    let log = ["600 send g1 #1 by 750", "640 send g1 #2 by 790", "645 activate g2", "646 keep beside"];
    check(&life, &log, "live g2");
}

#[test]
fn a_grant_mends_a_broken_chain() {
    let mut life = Life::linked(rules());
    life.asked(600);
    life.sending(600);
    life.happens(601, refused(1, Fault::OldRefreshTokenUsed));
    life.happens(900, Event::Linked(received(900)));
    let log =
        ["600 send g1 #1 by 750", "601 alert OldRefreshTokenUsed", "900 activate g2", "900 alert repaired"];
    check(&life, &log, "live g2");
}

#[test]
fn a_crash_before_sending_leaves_the_link_intact() {
    let mut life = Life::linked(rules());
    life.asked(600);
    life.happens(601, Event::Restart);
    // The process was not gone after all: its word counts no more.
    life.happens(602, Event::Sending { attempt: 1 });
    life.asked(603);
    life.sending(603);
    life.happens(604, refreshed(1, 604));
    check(&life, &["603 send g1 #2 by 753", "604 activate g2"], "live g2");
}

#[test]
fn a_crash_after_sending_leaves_a_doubt() {
    let mut life = Life::linked(rules());
    life.asked(600);
    life.sending(600);
    life.happens(601, Event::Restart);
    check(&life, &["600 send g1 #1 by 750"], "in doubt g1");
}

#[test]
fn a_crash_before_a_resend_leaves_the_doubt_as_it_was() {
    let once = Resend { window: Duration::from_secs(600), tries: 1 };
    let mut life = Life::linked(Rules { resend: once, ..rules() });
    life.asked(600);
    life.sending(600);
    life.happens(601, Event::NoAnswer { attempt: 1 });
    life.sleeps_until(631);
    life.happens(632, Event::Restart);
    life.sleeps_until(632);
    life.sending(633);
    life.happens(634, refused(3, Fault::TooEarly));
    let log = ["600 send g1 #1 by 750", "633 send g1 #3 by 782", "634 alert AnswerLost"];
    check(&life, &log, "broken g1 AnswerLost");
}

#[test]
fn a_lease_nobody_uses_is_given_back() {
    let mut life = Life::linked(rules());
    life.asked(600);
    life.sleeps_until(750);
    check(&life, &[], "live g1");
}
