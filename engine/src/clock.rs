//! The only place that reads the machine's clock or waits for it.

use std::time::{Duration, Instant};

use chain::Time;
use tokio::sync::watch;

/// Tells the time: the machine's, or one that a [`Hand`] moves.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    System,
    Manual(watch::Receiver<Time>),
}

/// Moves a manual clock.
pub struct Hand(watch::Sender<Time>);

/// Measures how long something takes, however the machine's clock is set meanwhile.
pub struct Stopwatch(Started);

enum Started {
    System(Instant),
    Manual { at: Time, time: watch::Receiver<Time> },
}

/// The machine's clock can be set while a long sleep goes on, so it is read again this often.
const LONGEST_NAP: Duration = Duration::from_secs(30);

impl Clock {
    /// The clock of the machine.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `start` until its hand is moved.
    pub fn manual(start: Time) -> (Self, Hand) {
        let (hand, time) = watch::channel(start);
        (Self(Source::Manual(time)), Hand(hand))
    }

    /// The present moment.
    pub fn now(&self) -> Time {
        match &self.0 {
            Source::System => system_now(),
            Source::Manual(time) => *time.borrow(),
        }
    }

    /// Begins to measure.
    #[expect(clippy::disallowed_methods, reason = "everybody else is given a Clock")]
    pub fn stopwatch(&self) -> Stopwatch {
        Stopwatch(match &self.0 {
            Source::System => Started::System(Instant::now()),
            Source::Manual(time) => Started::Manual { at: *time.borrow(), time: time.clone() },
        })
    }

    /// Returns once the clock shows `until` or later; never if a manual clock's hand is gone before.
    pub async fn sleep_until(&self, until: Time) {
        match &self.0 {
            Source::System => {
                let mut now = system_now();
                while now < until {
                    tokio::time::sleep(until.since(now).min(LONGEST_NAP)).await;
                    now = system_now();
                }
            }
            Source::Manual(time) => {
                let mut time = time.clone();
                let gone = time.wait_for(|now| *now >= until).await.is_err();
                if gone {
                    std::future::pending::<()>().await;
                }
            }
        }
    }

    /// Returns after `duration` on this clock.
    pub async fn sleep(&self, duration: Duration) {
        self.sleep_until(self.now() + duration).await;
    }
}

impl Stopwatch {
    /// The time that passed.
    pub fn elapsed(&self) -> Duration {
        match &self.0 {
            Started::System(at) => at.elapsed(),
            Started::Manual { at, time } => time.borrow().since(*at),
        }
    }
}

impl Hand {
    /// Moves the clock forward and wakes who waited for it.
    pub fn advance(&self, by: Duration) {
        self.0.send_modify(|now| *now = *now + by);
    }

    /// Sets the clock, forward or back, and wakes who waited for it.
    pub fn set(&self, to: Time) {
        self.0.send_replace(to);
    }
}

#[expect(clippy::disallowed_methods, reason = "everybody else is given a Clock")]
fn system_now() -> Time {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let millis = since_epoch.map_or(0, |passed| i64::try_from(passed.as_millis()).unwrap_or(i64::MAX));
    Time::from_millis(millis)
}
