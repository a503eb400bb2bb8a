//! What can go wrong with a token call, on demand or by chance.

use std::collections::VecDeque;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::options::Options;

/// A way in which a token call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The link is spent, then the connection closes without an answer.
    AnswerLost,
    /// The link is spent, the answer comes this much (real time) later.
    Delayed(Duration),
    /// The link is spent, the gateway answers 500 with its `ExtractVariables` text.
    Gateway500,
    /// The gateway answers 503 `ApplicationNotFound`; the call never reached the provider.
    Outage,
    /// The same text with status 404.
    Outage404,
    /// The link is spent, the answer is 200 with an HTML page.
    Html,
    /// The link is spent, the answer is 200 with an empty body.
    Empty,
    /// The connection closes before the request is read; nothing is spent.
    Refuse,
    /// Answers `invalid_client`; nothing is spent.
    InvalidClient,
    /// Answers "too early"; nothing is spent.
    TooEarly,
    /// The link is spent, the answer is the first half of the JSON.
    Truncated,
}

impl Fault {
    /// Every name that [`Fault::named`] knows.
    pub const NAMES: [&str; 11] = [
        "answer_lost",
        "delayed",
        "gateway500",
        "outage",
        "outage404",
        "html",
        "empty",
        "refuse",
        "invalid_client",
        "too_early",
        "truncated",
    ];

    /// The fault of that name; `delay` is for `delayed` alone.
    pub fn named(name: &str, delay: Duration) -> Option<Self> {
        Some(match name {
            "answer_lost" => Self::AnswerLost,
            "delayed" => Self::Delayed(delay),
            "gateway500" => Self::Gateway500,
            "outage" => Self::Outage,
            "outage404" => Self::Outage404,
            "html" => Self::Html,
            "empty" => Self::Empty,
            "refuse" => Self::Refuse,
            "invalid_client" => Self::InvalidClient,
            "too_early" => Self::TooEarly,
            "truncated" => Self::Truncated,
            _ => return None,
        })
    }
}

/// The faults that were asked for, and the dice for the others.
#[derive(Debug)]
pub(crate) struct Faults {
    queue: VecDeque<Fault>,
    dice: Option<StdRng>,
}

impl Faults {
    pub(crate) fn new(seed: Option<u64>) -> Self {
        Self { queue: VecDeque::new(), dice: seed.map(StdRng::seed_from_u64) }
    }

    pub(crate) fn push(&mut self, fault: Fault) {
        self.queue.push_back(fault);
    }

    pub(crate) fn waiting(&self) -> usize {
        self.queue.len()
    }

    pub(crate) fn forget(&mut self) {
        self.queue.clear();
    }

    /// The fault that the next token call meets, if any.
    pub(crate) fn next(&mut self, options: &Options) -> Option<Fault> {
        self.queue.pop_front().or_else(|| self.roll(options))
    }

    /// Chance only brings what passes by itself: a wrong client secret does not.
    fn roll(&mut self, options: &Options) -> Option<Fault> {
        let dice = self.dice.as_mut()?;
        if !dice.random_bool(options.fault_rate.clamp(0.0, 1.0)) {
            return None;
        }
        let faults = [
            Fault::AnswerLost,
            Fault::Delayed(options.random_delay),
            Fault::Gateway500,
            Fault::Outage,
            Fault::Outage404,
            Fault::Html,
            Fault::Empty,
            Fault::Refuse,
            Fault::Truncated,
        ];
        Some(faults[dice.random_range(0..faults.len())])
    }
}
