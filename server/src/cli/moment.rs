//! Moments as commands print them: milliseconds since the Unix epoch, written out.

use serde_json::Value;

/// For people.
pub(super) fn shown(millis: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(millis);
    at.map_or_else(|_| "at an unknown time".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

/// For programs.
pub(super) fn json(millis: i64) -> Value {
    jiff::Timestamp::from_millisecond(millis).map_or(Value::Null, |at| at.to_string().into())
}
