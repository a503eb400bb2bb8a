//! For code scanning: SARIF 2.1.0, one run.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use crate::lint::{Correction, Finding, Origin, Place, Report, Rule, Unreadable};

/// The schema of the format.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// What stands in a path as it is.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(super) fn show(report: &Report) -> Value {
    let artifacts = Artifacts::of(report);
    let results: Vec<Value> = report.findings.iter().map(|finding| result(finding, &artifacts)).collect();
    let notifications: Vec<Value> = report.unreadable.iter().map(|it| notification(it, &artifacts)).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "evergrant lint",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": Rule::ALL.into_iter().map(rule).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": report.unreadable.is_empty(),
                "toolExecutionNotifications": notifications,
            }],
            "artifacts": artifacts.shown(),
            "results": results,
        }],
    })
}

/// The files that are told of; a file in an archive has the archive as its parent.
struct Artifacts(Vec<Origin>);

impl Artifacts {
    fn of(report: &Report) -> Self {
        let mut all = Self(Vec::new());
        let found = report.findings.iter().map(|finding| &finding.origin);
        for origin in found.chain(report.unreadable.iter().map(|it| &it.origin)) {
            if let Some(archive) = &origin.archive {
                all.add(&Origin { archive: None, path: archive.clone() });
            }
            all.add(origin);
        }
        all
    }

    fn add(&mut self, origin: &Origin) {
        if self.index(origin).is_none() {
            self.0.push(origin.clone());
        }
    }

    fn index(&self, origin: &Origin) -> Option<usize> {
        self.0.iter().position(|known| known == origin)
    }

    fn shown(&self) -> Vec<Value> {
        let shown = self.0.iter().map(|origin| {
            let mut artifact = Map::from_iter([("location".to_owned(), json!({ "uri": uri(origin) }))]);
            if let Some(archive) = &origin.archive {
                let parent = self.index(&Origin { archive: None, path: archive.clone() });
                artifact.insert("parentIndex".to_owned(), json!(parent));
            }
            Value::Object(artifact)
        });
        shown.collect()
    }

    fn location(&self, origin: &Origin) -> Value {
        json!({ "uri": uri(origin), "index": self.index(origin) })
    }
}

fn rule(rule: Rule) -> Value {
    json!({
        "id": rule.id(),
        "name": format!("{rule:?}"),
        "shortDescription": { "text": format!("{}.", rule.title()) },
        "help": { "text": rule.help() },
        "defaultConfiguration": { "level": rule.severity().word() },
        "properties": { "tags": ["security"] },
    })
}

fn result(finding: &Finding, artifacts: &Artifacts) -> Value {
    let rule = finding.rule;
    let location = artifacts.location(&finding.origin);
    let mut result = Map::from_iter([
        ("ruleId".to_owned(), json!(rule.id())),
        ("ruleIndex".to_owned(), json!(Rule::ALL.iter().position(|known| *known == rule))),
        ("level".to_owned(), json!(rule.severity().word())),
        ("message".to_owned(), json!({ "text": finding.reason() })),
        (
            "locations".to_owned(),
            json!([{ "physicalLocation": { "artifactLocation": location, "region": region(finding.place) } }]),
        ),
    ]);
    let fix = finding.correction.as_ref().and_then(|correction| fix(correction, &location));
    if let Some(fix) = fix {
        result.insert("fixes".to_owned(), json!([fix]));
    }
    Value::Object(result)
}

fn fix(correction: &Correction, location: &Value) -> Option<Value> {
    let place = correction.place?;
    let text = if correction.snippet.is_empty() {
        "Take this out.".to_owned()
    } else {
        format!("Write: {}", correction.snippet)
    };
    Some(json!({
        "description": { "text": text },
        "artifactChanges": [{
            "artifactLocation": location,
            "replacements": [{
                "deletedRegion": region(place),
                "insertedContent": { "text": correction.inserted() },
            }],
        }],
    }))
}

fn notification(it: &Unreadable, artifacts: &Artifacts) -> Value {
    let location = artifacts.location(&it.origin);
    json!({
        "level": "error",
        "message": { "text": format!("{} {}.", it.origin, it.why) },
        "locations": [{ "physicalLocation": { "artifactLocation": location } }],
    })
}

fn region(place: Place) -> Value {
    json!({
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    })
}

/// The address of a file: as it was named, or from the root of the archive that holds it.
fn uri(origin: &Origin) -> String {
    let path = origin.path.replace('\\', "/");
    let path = path.trim_start_matches("./");
    let encoded = utf8_percent_encode(path, PATH).to_string();
    match (&origin.archive, encoded.starts_with('/')) {
        (Some(_), false) => format!("/{encoded}"),
        (None, true) => format!("file://{encoded}"),
        (Some(_), true) | (None, false) => encoded,
    }
}
