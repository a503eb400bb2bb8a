//! What the provider allows: intervals, calls a day, outages, refused registrations.

use super::*;

#[test]
fn the_manual_button_obeys_the_minimum_interval() {
    let mut life = Life::linked(rules());
    life.happens(569, Event::RefreshNow);
    life.sending(569);
    check(&life, &[], "live g1");
    life.happens(570, Event::RefreshNow);
    life.sending(570);
    check(&life, &["570 send g1 #1 by 720"], "spending g1");
}

#[test]
fn many_who_ask_make_one_call() {
    let mut life = Life::linked(rules());
    for second in 560..580 {
        life.asked(second);
        life.sending(second);
    }
    check(&life, &["570 send g1 #1 by 720"], "spending g1");
}

#[test]
fn a_wish_for_more_than_a_tokens_life_does_not_renew_it_at_every_call() {
    let mut life = Life::linked(Rules { minimum_interval: Duration::from_secs(10), ..rules() });
    let wish = Event::Asked { minimum: Duration::from_secs(86_400) };
    // Nine tenths of the 590 s that were left when it came: 531 s, left until 59.
    life.happens(59, wish);
    life.sending(59);
    check(&life, &[], "live g1");
    life.happens(60, wish);
    life.sending(60);
    check(&life, &["60 send g1 #1 by 210"], "spending g1");
}

#[test]
fn a_dead_access_token_is_renewed_on_demand_even_if_nothing_is_renewed_ahead() {
    let mut life = Life::linked(Rules { refresh_ahead: Duration::ZERO, ..rules() });
    life.asked(589);
    life.sending(589);
    check(&life, &[], "live g1");
    life.asked(590);
    life.sending(590);
    check(&life, &["590 send g1 #1 by 740"], "spending g1");
}

#[test]
fn the_day_limit_waits_for_midnight() {
    let mut life = Life::linked(Rules { token_calls_a_day: 1, ..rules() });
    life.asked(600);
    life.sending(600);
    life.happens(601, refreshed(1, 601));
    life.happens(601, Event::Activated { generation: 2 });
    life.asked(1_300);
    life.happens(1_301, Event::RefreshNow);
    check(&life, &["600 send g1 #1 by 750", "601 activate g2"], "waiting g2 DailyLimit");
    life.sleeps_until(MIDNIGHT);
    life.sending(MIDNIGHT);
    let log = ["600 send g1 #1 by 750", "601 activate g2", "57600 send g2 #2 by 57750"];
    check(&life, &log, "spending g2");
}

#[test]
fn an_outage_is_waited_for_longer_and_longer() {
    let mut life = Life::linked(rules());
    life.asked(600);
    let mut second = 600;
    for (attempt, pause) in (1..).zip([30, 60, 120, 240, 480, 960, 1_800, 1_800]) {
        life.sending(second);
        life.happens(second, refused(attempt, Fault::Outage));
        life.sleeps_until(second + pause - 1);
        assert_eq!(life.stands(), "waiting g1 Outage", "after {attempt}");
        second += pause;
        life.sleeps_until(second);
        assert_eq!(life.stands(), "spending g1", "after {attempt}");
    }
}

#[test]
fn a_refused_registration_leaves_the_chain_intact() {
    let mut life = Life::linked(rules());
    life.asked(600);
    life.sending(600);
    life.happens(601, refused(1, Fault::ClientRefused));
    life.sleeps_until(4_200);
    check(&life, &["600 send g1 #1 by 750"], "waiting g1 ClientRefused");
    // Somebody entered the right secret.
    life.happens(4_200, Event::RefreshNow);
    life.sending(4_200);
    life.happens(4_201, refreshed(1, 4_201));
    check(&life, &["600 send g1 #1 by 750", "4200 send g1 #2 by 4350", "4201 activate g2"], "live g2");
}

#[test]
fn an_adopted_token_starts_without_an_access_token() {
    let mut life = Life::unlinked(rules());
    life.happens(0, Event::Adopted);
    assert_eq!(life.lends(0), None);
    // Nothing is known of its age, so it may be sent at once; the provider says if that is too early.
    life.asked(0);
    life.sending(0);
    life.happens(1, refused(1, Fault::TooEarly));
    life.sleeps_until(31);
    life.sending(31);
    life.happens(32, refreshed(1, 32));
    check(&life, &["0 send g1 #1 by 150", "31 send g1 #2 by 181", "32 activate g2"], "live g2");
}

#[test]
fn a_failed_activation_is_tried_again_with_growing_pauses() {
    let mut life = Life::unlinked(rules());
    life.happens(0, Event::Linked(received(0)));
    life.sleeps_until(100);
    life.happens(101, Event::ActivationFailed { generation: 1 });
    life.sleeps_until(180);
    life.happens(181, Event::Activated { generation: 1 });
    life.sleeps_until(DAY);
    let log = ["0 activate g1", "10 activate g1", "30 activate g1", "70 activate g1", "181 activate g1"];
    check(&life, &log[..4], "live g1");
}

#[test]
fn the_first_grant_alerts_nobody() {
    let mut life = Life::unlinked(rules());
    life.happens(0, Event::Linked(received(0)));
    check(&life, &["0 activate g1"], "live g1");
}

#[test]
fn stricter_rules_renew_an_old_link_instead_of_breaking_its_chain() {
    let mut life = Life::linked(rules());
    life.sleeps_until(3 * DAY);
    check(&life, &[], "live g1");
    // Links live a day from now on, and this one has been here for three.
    let day = Duration::from_secs(86_400);
    life.rules = Rules { idle_life: day, keep_alive: day / 2, ..life.rules };
    life.happens(3 * DAY, Event::Tick);
    assert_eq!(life.chain.held().map(|held| held.refresh_until), Some(at(4 * DAY)));
    life.works_until(4 * DAY);
    assert!(life.stands().starts_with("live g"), "{}", life.stands());
    assert_ne!(life.stands(), "live g1");
}

#[test]
fn a_pasted_link_lives_as_long_as_one_that_came() {
    let mut life = Life::unlinked(rules());
    life.happens(0, Event::Adopted);
    let end = |life: &Life| life.chain.held().map(|held| held.refresh_until);
    assert_eq!(end(&life), Some(at(30 * 86_400)));
    life.happens(1, Event::Tick);
    assert_eq!(end(&life), Some(at(30 * 86_400)));
}
