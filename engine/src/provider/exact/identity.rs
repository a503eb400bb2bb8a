//! Who an access token belongs to: the cheap probe that also activates a new token.

use serde_json::Value;

use crate::guard::secret::RawAnswer;
use crate::view::UpstreamUser;

/// The probe's path and query; it needs no division and costs one call.
pub const PATH: &str = "/api/v1/current/Me?$select=CurrentDivision,UserID,UserName";

/// Reads the user out of the probe's answer, in OData's verbose JSON.
pub fn parse(body: &RawAnswer) -> Option<UpstreamUser> {
    let body: Value = serde_json::from_slice(body.expose()).ok()?;
    let d = body.get("d")?;
    let me = d.pointer("/results/0").unwrap_or(d);
    let id = me.get("UserID")?.as_str()?.to_ascii_lowercase();
    let name = me.get("UserName").and_then(Value::as_str).unwrap_or(&id).to_owned();
    (!id.is_empty()).then_some(UpstreamUser { id, name })
}
