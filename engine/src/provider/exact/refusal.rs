//! Their words → our faults. Statuses differ between reports of the same refusal, so the text
//! decides and the status only helps where there is no text.

use chain::Fault;
use serde_json::Value;

use crate::provider::oauth::Answer;

/// Classifies an answer that holds no access token.
pub fn classify(answer: &Answer) -> Fault {
    if answer.reason.as_deref().is_some_and(|reason| reason.starts_with("TooEarly")) {
        return Fault::TooEarly;
    }
    let Ok(body) = serde_json::from_slice::<Value>(answer.body.expose()) else {
        return Fault::Unintelligible;
    };
    if let Some(fault) = body.get("fault") {
        return gateway(fault);
    }
    match body.get("error").and_then(Value::as_str) {
        Some(error) => refused(error, body.get("error_description").and_then(Value::as_str).unwrap_or("")),
        None if answer.status == 429 => Fault::DailyLimit,
        None => Fault::Unintelligible,
    }
}

/// Apigee's own words, from in front of the token service.
fn gateway(fault: &Value) -> Fault {
    let code = fault.pointer("/detail/errorcode").and_then(Value::as_str).unwrap_or("");
    if code.ends_with("ApplicationNotFound") {
        Fault::Outage
    } else if code.contains("QuotaViolation") || code.contains("SpikeArrestViolation") {
        Fault::DailyLimit
    } else {
        // Among them the failed ExtractVariables step: the token service may have answered.
        Fault::GatewayFailed
    }
}

fn refused(error: &str, description: &str) -> Fault {
    let words = description.to_ascii_lowercase();
    if words.contains("access_token not expired") {
        Fault::TooEarly
    } else if words.contains("old refresh token used") {
        Fault::OldRefreshTokenUsed
    } else if words.contains("chainid") {
        Fault::ChainMismatch
    } else if words.contains("refresh token expired") {
        Fault::RefreshTokenExpired
    } else if error == "invalid_client" {
        Fault::ClientRefused
    } else if error == "temporarily_unavailable" {
        Fault::Outage
    } else if error == "server_error" {
        Fault::GatewayFailed
    } else if words.contains("limit exceeded") || words.contains("too many") {
        Fault::DailyLimit
    } else {
        Fault::Refused
    }
}
