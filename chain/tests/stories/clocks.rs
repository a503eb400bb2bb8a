//! Planned refreshes, the ends of tokens, and clocks that are set back.

use chain::{Chain, ChainId, Window};

use super::*;

#[test]
fn a_warm_chain_is_renewed_just_before_its_access_token_ends() {
    let mut life = Life::linked(Rules { warm: true, minimum_interval: Duration::from_secs(100), ..rules() });
    life.works_until(1_000);
    // 590 s less the 30 s ahead.
    check(&life, &["560 send g1 #1 by 710", "560 activate g2"], "live g2");
}

#[test]
fn a_warm_chain_obeys_the_minimum_interval() {
    let mut life = Life::linked(Rules { warm: true, ..rules() });
    life.works_until(1_000);
    check(&life, &["570 send g1 #1 by 720", "570 activate g2"], "live g2");
}

#[test]
fn a_chain_stays_at_rest_until_the_minimum_interval_ends() {
    let mut life = Life::linked(Rules { keep_alive: Duration::from_secs(100), ..rules() });
    life.happens(200, Event::Tick);
    check(&life, &[], "live g1");
    life.works_until(600);
    check(&life, &["570 send g1 #1 by 720", "570 activate g2"], "live g2");
}

#[test]
fn planned_refreshes_stay_out_of_quiet_hours() {
    let quiet = Some(Window { from: at(500), until: at(4_100) });
    let mut life = Life::linked(Rules { warm: true, quiet, ..rules() });
    life.works_until(4_200);
    check(&life, &["4100 send g1 #1 by 4250", "4100 activate g2"], "live g2");
}

#[test]
fn who_asks_in_quiet_hours_is_served() {
    let quiet = Some(Window { from: at(500), until: at(4_100) });
    let mut life = Life::linked(Rules { warm: true, quiet, ..rules() });
    life.asked(600);
    life.sending(600);
    check(&life, &["600 send g1 #1 by 750"], "spending g1");
}

#[test]
fn quiet_hours_do_not_cost_the_chain() {
    let idle_life = Duration::from_secs(5_000);
    let quiet = Some(Window { from: at(500), until: at(4_100) });
    let mut life = Life::linked(Rules { warm: true, quiet, idle_life, ..rules() });
    life.works_until(600);
    check(&life, &["570 send g1 #1 by 720", "570 activate g2"], "live g2");
}

#[test]
fn an_unused_chain_is_kept_alive_before_its_idle_life_ends() {
    let mut life = Life::linked(rules());
    life.works_until(365 * DAY);
    assert_eq!(life.chain.fault(), None);
    let sent: Vec<i64> = life
        .log()
        .iter()
        .filter(|line| line.contains("send"))
        .filter_map(|line| line.split(' ').next()?.parse().ok())
        .collect();
    let pauses: Vec<i64> = sent.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(pauses.len() >= 51, "{pauses:?}");
    assert!(pauses.iter().all(|pause| (7 * DAY * 9 / 10..=7 * DAY).contains(pause)), "{pauses:?}");
    let mut different = pauses.clone();
    different.sort_unstable();
    different.dedup();
    assert!(different.len() > 40, "the jitter differs between links: {pauses:?}");
}

#[test]
fn chains_linked_at_once_are_not_renewed_at_once() {
    let life = Life::linked(rules());
    let mut moments: Vec<i64> = (0..1_000_u128)
        .flat_map(|number| [number, number << 64])
        .map(|id| Chain { id: ChainId(id), ..life.chain.clone() })
        .filter_map(|chain| chain.wake(at(0), &life.rules))
        .map(|(moment, _)| rules::seconds(moment))
        .collect();
    moments.sort_unstable();
    let (first, last) = (moments[0], moments[moments.len() - 1]);
    assert!((7 * DAY * 9 / 10..6 * DAY + DAY / 2).contains(&first), "{first}");
    assert!((7 * DAY - 600..=7 * DAY).contains(&last), "{last}");
    moments.dedup();
    // 2,000 chains on 1,000 places leave some empty, but most are taken.
    assert!(moments.len() > 700, "{}", moments.len());
}

#[test]
fn a_refresh_token_that_slept_too_long_is_not_sent() {
    let mut life = Life::linked(rules());
    life.asked(31 * DAY);
    life.sending(31 * DAY);
    check(&life, &["2678400 alert RefreshTokenExpired"], "broken g1 RefreshTokenExpired");
}

#[test]
fn an_absolute_life_ends_a_chain_however_often_it_is_used() {
    let mut life = Life::linked(Rules { absolute_life: Some(Duration::from_secs(10 * 86_400)), ..rules() });
    life.works_until(9 * DAY);
    assert_eq!(life.stands(), "live g2");
    life.works_until(10 * DAY);
    assert_eq!(life.stands(), "broken g2 RefreshTokenExpired");
}

#[test]
fn a_long_absolute_life_does_not_stretch_the_idle_life() {
    let mut life = Life::linked(Rules { absolute_life: Some(Duration::from_secs(90 * 86_400)), ..rules() });
    life.asked(30 * DAY);
    life.sending(30 * DAY);
    check(&life, &["2592000 alert RefreshTokenExpired"], "broken g1 RefreshTokenExpired");
}

#[test]
fn an_access_token_is_lent_no_longer_than_it_lives() {
    let mut life = Life::linked(rules());
    // Its life counts from sending the request, ten seconds before it came.
    assert_eq!((life.lends(0), life.lends(589), life.lends(590)), (Some(590), Some(1), None));
    // A clock that is set back makes it no longer.
    assert_eq!(life.lends(-1_000), Some(590));
    life.happens(
        20,
        Event::Linked(chain::Received { access_lifetime: Some(Duration::from_secs(60)), ..received(20) }),
    );
    assert_eq!((life.lends(20), life.lends(70)), (Some(50), None));
}

#[test]
fn an_access_token_is_lent_on_while_the_chain_is_in_trouble() {
    let mut life = Life::linked(Rules { minimum_interval: Duration::from_secs(100), ..rules() });
    life.happens(200, Event::RefreshNow);
    life.sending(200);
    assert_eq!(life.lends(200), Some(390));
    life.happens(210, Event::NoAnswer { attempt: 1 });
    assert_eq!(life.lends(210), Some(380));
    life.happens(211, refused(1, Fault::Outage));
    assert_eq!(life.lends(211), Some(379));
    life.sleeps_until(241);
    life.sending(241);
    life.happens(242, refused(2, Fault::ChainMismatch));
    assert_eq!((life.lends(242), life.stands()), (Some(348), "broken g1 ChainMismatch".to_owned()));
}

#[test]
fn a_clock_set_back_over_midnight_begins_no_day_anew() {
    let mut life =
        Life::linked(Rules { token_calls_a_day: 1, minimum_interval: Duration::from_secs(1), ..rules() });
    life.asked(MIDNIGHT + 1);
    life.sending(MIDNIGHT + 1);
    life.happens(MIDNIGHT + 2, refreshed(1, MIDNIGHT - 20));
    life.happens(MIDNIGHT - 10, Event::RefreshNow);
    let log = ["57601 send g1 #1 by 57751", "57602 activate g2"];
    check(&life, &log, "waiting g2 DailyLimit");
}

#[test]
fn a_clock_set_back_while_a_link_waits_does_not_send_it_too_early() {
    let mut life = Life::linked(rules());
    life.asked(600);
    life.sending(600);
    life.happens(601, Event::NoAnswer { attempt: 1 });
    // What was until 631 is over; then the clock is set back.
    life.happens(631, Event::Tick);
    life.happens(500, Event::Sending { attempt: 2 });
    life.happens(500, Event::Tick);
    check(&life, &["600 send g1 #1 by 750"], "waiting g1 TooEarly");
    life.sleeps_until(570);
    life.sending(570);
    // The doubt is not forgotten over it.
    life.happens(571, refused(3, Fault::TooEarly));
    let log = ["600 send g1 #1 by 750", "570 send g1 #3 by 720", "571 alert AnswerLost"];
    check(&life, &log, "broken g1 AnswerLost");
}

#[test]
fn a_long_silence_is_an_end_of_the_doubt_too() {
    let mut life = Life::linked(rules());
    life.asked(600);
    life.sending(600);
    // The machine sleeps for half an hour: too late to send the link again.
    life.happens(700, Event::NoAnswer { attempt: 1 });
    life.happens(700 + HOUR / 2, Event::Tick);
    check(&life, &["600 send g1 #1 by 750", "2500 alert AnswerLost"], "broken g1 AnswerLost");
}
