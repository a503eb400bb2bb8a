//! For programs.

use serde_json::{Value, json};

use crate::lint::{Correction, Finding, Place, Report, Unreadable, Value as Said};

/// The version of the shape; a change that breaks a reader raises it.
const VERSION: u32 = 1;

pub(super) fn show(report: &Report) -> Value {
    json!({
        "version": VERSION,
        "policies": report.policies,
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
        "unreadable": report.unreadable.iter().map(unreadable).collect::<Vec<_>>(),
    })
}

fn finding(finding: &Finding) -> Value {
    let value = match &finding.value {
        Said::Nothing => Value::Null,
        Said::Text(text) => json!(text),
        Said::Lifetime(lifetime) => json!(millis(*lifetime)),
    };
    json!({
        "rule": finding.rule.id(),
        "severity": finding.rule.severity().word(),
        "code": finding.code,
        "archive": finding.origin.archive,
        "file": finding.origin.path,
        "place": place(finding.place),
        "policy": finding.policy,
        "element": finding.element,
        "value": value,
        "reason": finding.reason(),
        "recommended_ms": finding.recommended.map(millis),
        "correction": finding.correction.as_ref().map(correction),
    })
}

fn correction(correction: &Correction) -> Value {
    json!({
        "place": correction.place.map(place),
        "snippet": correction.snippet,
        "inserted": correction.inserted(),
    })
}

fn unreadable(it: &Unreadable) -> Value {
    json!({
        "archive": it.origin.archive,
        "file": it.origin.path,
        "why": it.why.code(),
        "reason": it.why.to_string(),
    })
}

fn place(place: Place) -> Value {
    json!({
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    })
}

fn millis(lifetime: std::time::Duration) -> u64 {
    u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX)
}
