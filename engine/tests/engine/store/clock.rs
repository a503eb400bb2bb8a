use std::time::Duration;

use engine::clock::Clock;
use engine::store::new_id;

use crate::each::START;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn whoever_waits_wakes_when_the_hand_has_moved_far_enough() {
    let (clock, hand) = Clock::manual(START);
    let sleeper = {
        let clock = clock.clone();
        tokio::spawn(async move {
            clock.sleep_until(START + SECOND * 10).await;
            clock.now()
        })
    };
    hand.advance(SECOND * 9);
    tokio::task::yield_now().await;
    assert!(!sleeper.is_finished());
    hand.advance(SECOND * 3);
    assert_eq!(sleeper.await.unwrap(), START + SECOND * 12);
    // What is past already is not waited for, and a clock can be set back.
    clock.sleep_until(START).await;
    hand.set(START);
    assert_eq!(clock.now(), START);
}

#[tokio::test]
async fn the_clock_of_the_machine_goes_forward() {
    let clock = Clock::system();
    let before = clock.now();
    clock.sleep(Duration::from_millis(5)).await;
    assert!(clock.now().since(before) >= Duration::from_millis(5));
}

#[test]
fn ids_sort_by_the_time_they_were_made() {
    let (clock, hand) = Clock::manual(START);
    let mut ids = Vec::new();
    for _ in 0..100 {
        ids.push(new_id(&clock));
        hand.advance(Duration::from_millis(1));
    }
    assert!(ids.is_sorted());
    assert_ne!(new_id(&clock), new_id(&clock));
}
