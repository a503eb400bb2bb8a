//! What a check came to, as it lies in the session until the page shows it.

use policy::lint::{Correction, Finding, Place, Report, Unreadable, Value};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The most findings that are shown; the command line shows all.
const MOST: usize = 100;

/// What a check came to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    /// How many policies were read.
    pub policies: usize,
    /// The first findings.
    pub found: Vec<Found>,
    /// How many findings there are besides.
    pub besides: usize,
    /// What could not be read.
    pub unreadable: Vec<NotRead>,
}

/// Something that is missing or unsafe.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Found {
    pub rule: String,
    pub code: Option<String>,
    pub file: String,
    pub at: At,
    pub policy: Option<String>,
    pub element: String,
    pub thing: String,
    pub text: Option<String>,
    pub lifetime: Option<Duration>,
    pub against: Option<Duration>,
    pub recommended: Option<Duration>,
    pub put: Option<Put>,
}

/// What to write instead.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Put {
    pub at: Option<At>,
    pub snippet: String,
}

/// Where something stands.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct At {
    pub line: usize,
    pub column: usize,
    pub end_line: usize,
    pub empty: bool,
}

/// A file that could not be read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NotRead {
    pub file: String,
    pub why: String,
    pub detail: String,
}

impl Kept {
    /// Under which name it lies with the form.
    pub const FIELD: &str = "report";

    pub fn of(report: &Report) -> Self {
        Self {
            policies: report.policies,
            found: report.findings.iter().take(MOST).map(Found::of).collect(),
            besides: report.findings.len().saturating_sub(MOST),
            unreadable: report.unreadable.iter().take(MOST).map(NotRead::of).collect(),
        }
    }

    pub fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

impl Found {
    fn of(finding: &Finding) -> Self {
        let (text, lifetime) = match &finding.value {
            Value::Nothing => (None, None),
            Value::Text(text) => (Some(text.clone()), None),
            Value::Lifetime(lifetime) => (None, Some(*lifetime)),
        };
        Self {
            rule: finding.rule.id().to_owned(),
            code: finding.code.map(str::to_owned),
            file: finding.origin.to_string(),
            at: At::of(finding.place),
            policy: finding.policy.clone(),
            element: finding.element.clone(),
            thing: finding.thing.word().to_owned(),
            text,
            lifetime,
            against: finding.against,
            recommended: finding.recommended,
            put: finding.correction.as_ref().map(Put::of),
        }
    }
}

impl Put {
    fn of(correction: &Correction) -> Self {
        Self { at: correction.place.map(At::of), snippet: correction.snippet.clone() }
    }
}

impl At {
    const fn of(place: Place) -> Self {
        let empty = place.line == place.end_line && place.column == place.end_column;
        Self { line: place.line, column: place.column, end_line: place.end_line, empty }
    }
}

impl NotRead {
    fn of(it: &Unreadable) -> Self {
        Self { file: it.origin.to_string(), why: it.why.code().to_owned(), detail: it.why.detail() }
    }
}
