//! The linter: what it finds, how that is mended, and what it refuses to read.

mod any;
mod apigee;
mod archive;
mod hostile;
mod own;
mod show;

use policy::lint::{Finding, Outcome, Place, Report, Rule, Unread, check};

/// A file of the fixtures.
fn fixture(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    std::fs::read_to_string(path).expect("a fixture")
}

/// What was found in a text, which can be read.
fn found(name: &str, text: &str) -> Vec<Finding> {
    let report = check(name, text.as_bytes());
    assert_eq!(report.unreadable, [], "{text}");
    assert_eq!(report.policies, 1);
    report.findings
}

/// The rules that a text breaks, by place.
fn rules(name: &str, text: &str) -> Vec<Rule> {
    found(name, text).iter().map(|finding| finding.rule).collect()
}

/// Why some bytes could not be read.
fn unread(name: &str, bytes: &[u8]) -> Unread {
    let report: Report = check(name, bytes);
    assert_eq!((report.outcome(), report.findings.len()), (Outcome::Unreadable, 0));
    report.unreadable.into_iter().next().expect("one reason").why
}

/// The text after every correction that can be made by itself, one at a time until nothing is found.
fn mended(name: &str, text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..20 {
        let findings = found(name, &text);
        let Some(first) = findings.first() else {
            return text;
        };
        let correction = first.correction.as_ref().unwrap_or_else(|| panic!("{first:?}"));
        let place = correction.place.unwrap_or_else(|| panic!("{first:?}"));
        text.replace_range(bytes_of(&text, place), &correction.inserted());
    }
    panic!("never mended: {text}");
}

/// The bytes of a place.
fn bytes_of(text: &str, place: Place) -> std::ops::Range<usize> {
    let at = |line: usize, column: usize| {
        let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
        let rest = &text[start..];
        start + rest.char_indices().nth(column - 1).map_or(rest.len(), |(at, _)| at)
    };
    at(place.line, place.column)..at(place.end_line, place.end_column)
}
