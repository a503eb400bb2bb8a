use std::fmt;
use std::time::Duration;

use crate::duration;

/// A lifetime as somebody gave it, before anybody knows whether it is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// Nothing was said.
    Absent,
    /// Milliseconds; −1 is how some say "for ever".
    Millis(i64),
}

/// What people write for a lifetime without an end.
const ENDLESS: [&str; 6] = ["for ever", "forever", "never", "infinite", "unlimited", "-1"];

impl Given {
    /// A lifetime with its units, such as `30m`; 0; or a word for one without an end. `None` for anything else.
    pub fn read(text: &str) -> Option<Self> {
        if ENDLESS.contains(&text.to_lowercase().as_str()) {
            return Some(Self::Millis(-1));
        }
        if text == "0" {
            return Some(Self::Millis(0));
        }
        duration::read(text).map(Self::from)
    }

    /// What it says, where it says how long; neither 0 nor less is a lifetime.
    pub fn lifetime(self) -> Option<Duration> {
        match self {
            Self::Millis(millis) if millis > 0 => Some(Duration::from_millis(millis.unsigned_abs())),
            Self::Absent | Self::Millis(_) => None,
        }
    }
}

impl From<Duration> for Given {
    fn from(lifetime: Duration) -> Self {
        Self::Millis(i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX))
    }
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("nothing"),
            Self::Millis(0) => f.write_str("0"),
            Self::Millis(-1) => f.write_str("-1 (for ever)"),
            Self::Millis(millis) => write!(f, "{millis} ms"),
        }
    }
}
