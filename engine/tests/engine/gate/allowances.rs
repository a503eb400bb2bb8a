//! The arithmetic of an allowance: never more than the limit, however portions and news come.

use std::time::Duration;

use chain::Time;
use engine::gate::allowance::{Draw, Portion, Purse, Span};
use engine::gate::told::Told;
use engine::provider::Limit;
use proptest::prelude::*;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

const START: Time = Time::from_millis(1_800_000_000_000);
const SIXTY: Limit = Limit { most: 60, chosen: false };

/// A store that gives as long as there is something.
struct Shelf {
    taken: u32,
}

impl Shelf {
    fn give(&mut self, starts_at: Time, calls: u32, limit: u32) -> Portion {
        let calls = [calls, 1].into_iter().find(|calls| self.taken + calls <= limit).unwrap_or(0);
        self.taken += calls;
        Portion { starts_at, calls, by_all: self.taken, limit }
    }
}

fn draw(purse: &mut Purse, shelf: &mut Shelf, limit: Limit, now: Time) -> Result<(), Time> {
    for _ in 0..3 {
        match purse.look(limit, now) {
            Draw::Ready => {
                purse.spend();
                return Ok(());
            }
            Draw::Portion(calls) => {
                let got = shelf.give(purse.starts_at(), calls, purse.most(limit));
                purse.fill(got);
            }
            Draw::Until(until) => return Err(until),
        }
    }
    panic!("a purse that is filled is ready");
}

#[test]
fn a_limit_is_spent_to_its_end_and_begins_anew_with_the_next_span() {
    let (mut purse, mut shelf) = (Purse::new(Span::Minute), Shelf { taken: 0 });
    for number in 0..60 {
        assert_eq!(draw(&mut purse, &mut shelf, SIXTY, START), Ok(()), "{number}");
    }
    let end = START + Duration::from_secs(60);
    assert_eq!(draw(&mut purse, &mut shelf, SIXTY, START), Err(end));
    shelf.taken = 0;
    assert_eq!(draw(&mut purse, &mut shelf, SIXTY, end), Ok(()));
}

#[test]
fn the_store_is_asked_far_less_often_than_calls_are_made() {
    let (mut purse, mut asked) = (Purse::new(Span::Day), 0);
    let mut shelf = Shelf { taken: 0 };
    for _ in 0..1_000 {
        let limit = Limit { most: 5_000, chosen: false };
        while let Draw::Portion(calls) = purse.look(limit, START) {
            asked += 1;
            let got = shelf.give(purse.starts_at(), calls, 5_000);
            purse.fill(got);
        }
        purse.spend();
    }
    assert!(asked <= 50, "{asked}");
}

#[test]
fn what_the_provider_says_counts_where_it_is_less() {
    let (mut purse, mut shelf) = (Purse::new(Span::Minute), Shelf { taken: 0 });
    let reset = START + Duration::from_secs(45);
    let told = |remaining| Told { limit: Some(60), remaining, reset };
    assert_eq!(draw(&mut purse, &mut shelf, SIXTY, START), Ok(()));
    purse.hear(told(2), START);
    // A late answer tells of the past.
    purse.hear(told(30), START);
    assert_eq!(draw(&mut purse, &mut shelf, SIXTY, START), Ok(()));
    assert_eq!(draw(&mut purse, &mut shelf, SIXTY, START), Ok(()));
    assert_eq!(draw(&mut purse, &mut shelf, SIXTY, START), Err(reset));
    assert_eq!(draw(&mut purse, &mut shelf, SIXTY, reset), Ok(()), "it counts until its reset");
}

#[test]
fn a_provider_can_raise_its_own_limit_but_not_an_operators() {
    let told = Told { limit: Some(300), remaining: 299, reset: START + Duration::from_secs(60) };
    for (chosen, expected) in [(false, 300), (true, 60)] {
        let (mut purse, mut shelf) = (Purse::new(Span::Minute), Shelf { taken: 0 });
        let limit = Limit { most: 60, chosen };
        let mut calls = 0;
        while calls < 1_000 && draw(&mut purse, &mut shelf, limit, START).is_ok() {
            calls += 1;
            purse.hear(Told { remaining: 300 - calls.min(300), ..told }, START);
        }
        assert_eq!(calls, expected);
    }
}

#[test]
fn a_reset_that_cannot_be_is_not_believed() {
    let (mut purse, mut shelf) = (Purse::new(Span::Minute), Shelf { taken: 0 });
    for reset in [START, START - Duration::from_secs(1), START + Duration::from_secs(3_600)] {
        purse.look(SIXTY, START);
        purse.hear(Told { limit: Some(60), remaining: 0, reset }, START);
        assert_eq!(draw(&mut purse, &mut shelf, SIXTY, START), Ok(()));
    }
}

#[test]
fn the_headers_are_read_as_milliseconds_and_nonsense_is_nothing() {
    let said = |remaining: &'static str, reset: &'static str| {
        let mut headers = HeaderMap::new();
        for (name, value) in [("limit", "60"), ("remaining", remaining), ("reset", reset)] {
            let name = HeaderName::try_from(format!("x-ratelimit-minutely-{name}")).unwrap();
            headers.insert(name, HeaderValue::from_static(value));
        }
        (Told::of_minute(&headers), Told::of_day(&headers))
    };
    let reset = START + Duration::from_secs(60);
    assert_eq!(said("7", "1800000060000"), (Some(Told { limit: Some(60), remaining: 7, reset }), None));
    assert_eq!(said("many", "1800000060000"), (None, None));
    assert_eq!(said("7", ""), (None, None));
    assert_eq!(said("-1", "1800000060000").0.unwrap().remaining, 0);
}

proptest! {
    #[test]
    fn several_processes_never_spend_more_than_the_limit(
        turns in prop::collection::vec((0..4_usize, 0..400_u64), 1..300),
        most in 1..70_u32,
    ) {
        let limit = Limit { most, chosen: false };
        let mut purses = vec![Purse::new(Span::Minute); 4];
        let (mut shelf, mut now, mut spent) = (Shelf { taken: 0 }, START, 0_u32);
        for (process, later) in turns {
            let before = Span::Minute.start(now);
            now = now + Duration::from_millis(later);
            if Span::Minute.start(now) != before {
                (shelf.taken, spent) = (0, 0);
            }
            match draw(&mut purses[process], &mut shelf, limit, now) {
                Ok(()) => spent += 1,
                Err(until) => prop_assert_eq!(until, Span::Minute.end(now)),
            }
            prop_assert!(spent <= most, "{} of {}", spent, most);
        }
    }
}
