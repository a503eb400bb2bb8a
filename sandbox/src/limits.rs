//! How much an app may ask of the REST API, and what becomes of one that errs too often.

use std::collections::HashMap;

use crate::chains::Holder;
use crate::clients::ClientId;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Calls an app may make for one company in a minute.
pub(crate) const CALLS_A_MINUTE: u32 = 60;
/// Calls an app may make for one company in a day.
pub(crate) const CALLS_A_DAY: u32 = 5_000;
/// Errors per app, user, company, endpoint and hour; the next one blocks the app.
const ERRORS_AN_HOUR: u32 = 10;

/// What is left of a window, and when it starts anew (milliseconds since the Unix epoch).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Left {
    pub(crate) remaining: u32,
    pub(crate) reset: i64,
}

/// Whether a call may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    Open {
        day: Left,
        minute: Left,
    },
    MinuteUsed {
        minute: Left,
    },
    DayUsed {
        day: Left,
        minute: Left,
    },
    /// The app erred too often.
    Blocked,
}

/// Where errors are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) holder: Holder,
    pub(crate) division: i64,
    pub(crate) endpoint: String,
}

/// Calls since the start of a window.
#[derive(Clone, Copy, Debug, Default)]
struct Window {
    number: i64,
    calls: u32,
}

impl Window {
    /// The window at this moment, emptied when a new one began.
    fn at(&mut self, now: i64, length: i64) -> &mut Self {
        let number = now.div_euclid(length);
        if self.number != number {
            *self = Self { number, calls: 0 };
        }
        self
    }

    fn left(self, limit: u32, length: i64) -> Left {
        Left { remaining: limit.saturating_sub(self.calls), reset: (self.number + 1) * length }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Block {
    until: i64,
    times: u32,
}

/// All windows and blocks.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    calls: HashMap<(ClientId, i64), (Window, Window)>,
    errors: HashMap<Place, Window>,
    blocks: HashMap<ClientId, Block>,
}

impl Limits {
    /// Counts a call; a refused one counts for nothing.
    pub(crate) fn admit(&mut self, client: &ClientId, division: i64, now: i64) -> Admission {
        if self.blocks.get(client).is_some_and(|block| now < block.until) {
            return Admission::Blocked;
        }
        let (minutes, days) = self.calls.entry((client.clone(), division)).or_default();
        let (minute, day) = (minutes.at(now, MINUTE), days.at(now, DAY));
        let full = (minute.calls >= CALLS_A_MINUTE, day.calls >= CALLS_A_DAY);
        if full == (false, false) {
            minute.calls += 1;
            day.calls += 1;
        }
        let day = day.left(CALLS_A_DAY, DAY);
        let minute = minute.left(CALLS_A_MINUTE, MINUTE);
        match full {
            (_, true) => Admission::DayUsed { day, minute },
            (true, false) => Admission::MinuteUsed { minute },
            (false, false) => Admission::Open { day, minute },
        }
    }

    /// Counts a 400, 401, 403 or 404; the eleventh of an hour blocks the app.
    ///
    /// The first block lasts an hour. That each later one is twice as long is a choice:
    /// "longer each time" is all that is known.
    pub(crate) fn err(&mut self, place: Place, now: i64) {
        let client = place.holder.client.clone();
        let window = self.errors.entry(place).or_default().at(now, HOUR);
        window.calls += 1;
        if window.calls > ERRORS_AN_HOUR {
            window.calls = 0;
            let block = self.blocks.entry(client).or_default();
            block.until = now.saturating_add(HOUR << block.times.min(10));
            block.times += 1;
        }
    }
}
