//! The small values: waits, moments, names, codes, days.

use std::collections::BTreeSet;
use std::time::Duration;

use chain::{
    Backoff, Calls, Chain, ChainId, ContainerId, Credentials, Doubt, Effort, Event, Fault, Held,
    ParseIdError, RecoveryFailure, State, Time, UnexpectedEvent, Verdict, Window,
};

const DAY: i64 = 86_400_000;

#[test]
fn waits_double_up_to_the_longest() {
    let backoff = Backoff { first: Duration::from_secs(30), most: Duration::from_secs(200) };
    let waits: Vec<u64> = (0..7).map(|failures| backoff.after(failures).as_secs()).collect();
    assert_eq!(waits, [30, 30, 60, 120, 200, 200, 200]);
    assert_eq!(backoff.after(u32::MAX).as_secs(), 200);
}

#[test]
fn waits_never_overflow() {
    let endless = Backoff { first: Duration::MAX, most: Duration::MAX };
    assert_eq!(endless.after(u32::MAX), Duration::MAX);
    let long = Backoff { first: Duration::from_millis(1), most: Duration::MAX };
    assert_eq!(long.after(33), long.after(32));
    assert!(long.after(32) > long.after(31));
}

#[test]
fn moments_are_added_to_and_compared() {
    let moment = Time::from_millis(1_500);
    assert_eq!((moment + Duration::from_secs(2)).millis(), 3_500);
    assert_eq!((moment - Duration::from_secs(2)).millis(), -500);
    assert_eq!(moment.since(Time::from_millis(400)), Duration::from_millis(1_100));
    assert_eq!(moment.since(moment), Duration::ZERO);
    assert_eq!(moment.since(Time::from_millis(1_501)), Duration::ZERO);
}

#[test]
fn moments_stop_at_the_ends_of_time() {
    let (first, last) = (Time::from_millis(i64::MIN), Time::from_millis(i64::MAX));
    assert_eq!(last + Duration::MAX, last);
    assert_eq!(first - Duration::MAX, first);
    assert_eq!(last.since(first), Duration::from_millis(i64::MAX.unsigned_abs()));
    assert_eq!(last.next_day(), last);
}

#[test]
fn days_begin_at_midnight_also_before_the_epoch() {
    let day = |millis| Time::from_millis(millis).day();
    assert_eq!([day(-1), day(0), day(DAY - 1), day(DAY)], [-1, 0, 0, 1]);
    let next = |millis| Time::from_millis(millis).next_day().millis();
    assert_eq!([next(-1), next(0), next(DAY - 1), next(DAY)], [0, DAY, DAY, 2 * DAY]);
}

#[test]
fn a_window_ends_before_its_last_moment() {
    let at = Time::from_millis;
    let window = Window { from: at(10), until: at(20) };
    let inside: Vec<bool> = [9, 10, 19, 20].map(|moment| window.contains(at(moment))).into();
    assert_eq!(inside, [false, true, true, false]);
}

#[test]
fn calls_are_counted_by_the_day() {
    let (today, tomorrow) = (Time::from_millis(DAY / 2), Time::from_millis(DAY + DAY / 2));
    let yesterday = Time::from_millis(-1);
    let calls = Calls::default().plus_one(today).plus_one(today);
    assert_eq!((calls.on(today), calls.on(tomorrow)), (2, 0));
    assert_eq!(calls.plus_one(tomorrow), Calls { day: 1, used: 1 });
    // A clock that was set back over midnight: the day that had begun goes on.
    assert_eq!(calls.on(yesterday), 2);
    assert_eq!(calls.plus_one(yesterday), Calls { day: 0, used: 3 });
    // A clock that was wrong by days: its count is forgotten.
    assert_eq!(calls.on(Time::from_millis(-2 * DAY)), 0);
    assert_eq!(calls.plus_one(Time::from_millis(-2 * DAY)), Calls { day: -2, used: 1 });
    assert_eq!(calls.minus_one(today), Calls { day: 0, used: 1 });
    assert_eq!(calls.minus_one(yesterday), Calls { day: 0, used: 1 });
    assert_eq!(calls.minus_one(tomorrow), calls);
    assert_eq!(Calls::default().minus_one(today), Calls::default());
}

#[test]
fn names_are_32_digits_and_read_back() {
    let id = ChainId(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
    assert_eq!(id.to_string(), "0123456789abcdef0123456789abcdef");
    assert_eq!(id.to_string().parse(), Ok(id));
    assert_eq!("01234567-89AB-cdef-0123-456789abcdef".parse(), Ok(id));
    assert_eq!(ContainerId(7).to_string().parse(), Ok(ContainerId(7)));
    for wrong in ["", "7", "+123456789abcdef0123456789abcdef0", "0123456789abcdef0123456789abcdeg"] {
        assert_eq!(wrong.parse::<ChainId>(), Err(ParseIdError), "{wrong}");
    }
    let (short, long) = (id.to_string()[1..].to_owned(), id.to_string() + "0");
    assert_eq!((short.parse::<ChainId>(), long.parse::<ChainId>()), (Err(ParseIdError), Err(ParseIdError)));
    assert_eq!(ParseIdError.to_string(), "an id is 32 hexadecimal digits");
}

#[test]
fn codes_are_unique_and_read_back() {
    let faults = Fault::ALL.map(Fault::code);
    let failures = RecoveryFailure::ALL.map(RecoveryFailure::code);
    let all: BTreeSet<&str> = faults.into_iter().chain(failures).collect();
    assert_eq!(all.len(), Fault::ALL.len() + RecoveryFailure::ALL.len());
    assert_eq!(faults.map(Fault::from_code), Fault::ALL.map(Some));
    assert_eq!(failures.map(RecoveryFailure::from_code), RecoveryFailure::ALL.map(Some));
    assert_eq!((Fault::from_code("evg201"), RecoveryFailure::from_code("evg101")), (None, None));
}

#[test]
fn the_codes_that_administrators_know_stay_as_they_are() {
    assert_eq!(Fault::TooEarly.code(), "itgeneor361");
    assert_eq!(Fault::ChainMismatch.code(), "itgeneor362");
    assert_eq!(Fault::OldRefreshTokenUsed.code(), "itgenoda494");
}

#[test]
fn every_fault_says_what_became_of_the_token_and_whether_waiting_helps() {
    let (intact, doubt, dead) = (Verdict::Intact, Verdict::Doubt, Verdict::Dead);
    let said = Fault::ALL.map(|fault| (fault, fault.verdict(), fault.heals_by_itself()));
    let known = [
        (Fault::TooEarly, intact, true),
        (Fault::OldRefreshTokenUsed, dead, false),
        (Fault::ChainMismatch, dead, false),
        (Fault::RefreshTokenExpired, dead, false),
        (Fault::AnswerLost, dead, false),
        (Fault::ClientRefused, intact, false),
        (Fault::Outage, intact, true),
        (Fault::Unreachable, intact, true),
        (Fault::GatewayFailed, doubt, true),
        (Fault::Unintelligible, doubt, true),
        (Fault::DailyLimit, intact, true),
        (Fault::Refused, dead, false),
    ];
    assert_eq!(said, known);
}

#[test]
fn only_a_password_that_is_or_may_be_wrong_blocks_further_runs() {
    let blocking: Vec<_> = RecoveryFailure::ALL.into_iter().filter(|failure| failure.blocks()).collect();
    assert_eq!(blocking, [RecoveryFailure::WrongPassword, RecoveryFailure::PasswordUnanswered]);
    let postponing = RecoveryFailure::ALL.into_iter().filter(|failure| failure.postpones());
    assert_eq!(postponing.collect::<Vec<_>>(), [RecoveryFailure::GrantInFlight]);
}

#[test]
fn a_chain_says_what_is_wrong_with_it() {
    let held = Held {
        generation: u32::MAX,
        granted_at: Time::from_millis(0),
        received_at: Time::from_millis(0),
        access_until: Time::from_millis(0),
        refresh_until: Time::from_millis(0),
        activation: chain::Activation::Done,
    };
    let (since, attempt) = (Time::from_millis(0), 1);
    let (effort, fault) = (Effort::default(), Fault::ChainMismatch);
    let spending =
        State::Spending { held, attempt, since, deadline: since, phase: chain::Phase::Sent, effort };
    let doubt = Doubt { since, resends: 0 };
    let told = [
        (State::Unlinked, None, false),
        (State::Live(held), None, false),
        (spending, None, false),
        (State::InDoubt { held, attempt, doubt, next: since }, Some(Fault::AnswerLost), false),
        (State::Waiting { held, until: since, cause: Fault::Outage, effort }, Some(Fault::Outage), false),
        (State::Recovering { held: Some(held), fault, since, attempt }, Some(fault), false),
        (State::Broken { held: Some(held), fault, since }, Some(fault), true),
    ];
    for (state, fault, needs_repair) in told {
        let holds = state != State::Unlinked;
        let chain = Chain { state, ..Chain::unlinked(ChainId(1)) };
        assert_eq!((chain.fault(), chain.needs_repair()), (fault, needs_repair), "{:?}", chain.state);
        assert_eq!(chain.held(), holds.then_some(&held), "{:?}", chain.state);
    }
    assert_eq!((Held::next_generation(None), Held::next_generation(Some(&held))), (1, u32::MAX));
}

#[test]
fn a_chain_begins_with_nothing() {
    let chain = Chain::unlinked(ChainId(5));
    assert_eq!((chain.id, chain.attempts, chain.calls), (ChainId(5), 0, Calls::default()));
    assert_eq!((chain.state, chain.credentials), (State::Unlinked, Credentials::Absent));
}

#[test]
fn news_of_the_future_is_an_error_that_says_so() {
    let error = UnexpectedEvent(Event::NoAnswer { attempt: 9 });
    assert_eq!(error.to_string(), "news of something that never was: NoAnswer { attempt: 9 }");
}
