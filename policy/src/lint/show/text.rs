//! For people.

use std::fmt::{self, Write};

use crate::duration;
use crate::lint::{Correction, Finding, Report, Severity};

pub(super) fn show(report: &Report) -> String {
    let mut out = String::new();
    write(&mut out, report).expect("a string takes everything");
    out
}

fn write(out: &mut String, report: &Report) -> fmt::Result {
    for finding in &report.findings {
        write_finding(out, finding)?;
        out.push('\n');
    }
    writeln!(out, "{}", sum(report))
}

fn write_finding(out: &mut String, finding: &Finding) -> fmt::Result {
    let Finding { rule, origin, place, .. } = finding;
    let (severity, id) = (rule.severity().word(), rule.id());
    writeln!(out, "{origin}:{}:{}: {severity}: {} [{id}]", place.line, place.column, finding.reason())?;
    if let Some(policy) = &finding.policy {
        writeln!(out, "    policy: {policy}")?;
    }
    if let Some(code) = finding.code {
        writeln!(out, "    refused as: {code}")?;
    }
    if let Some(recommended) = finding.recommended {
        writeln!(out, "    recommended: {} ({} ms)", duration::spell(recommended), recommended.as_millis())?;
    }
    match &finding.correction {
        Some(correction) => write_correction(out, correction),
        None => Ok(()),
    }
}

fn write_correction(out: &mut String, correction: &Correction) -> fmt::Result {
    let Correction { place, snippet, .. } = correction;
    let what = match place {
        Some(at) if snippet.is_empty() => {
            return writeln!(
                out,
                "    take out {}:{} to {}:{}",
                at.line, at.column, at.end_line, at.end_column
            );
        }
        Some(at) if at.is_empty() => format!("put in at {}:{}", at.line, at.column),
        Some(at) => {
            format!("put in the place of {}:{} to {}:{}", at.line, at.column, at.end_line, at.end_column)
        }
        None => "put in".to_owned(),
    };
    writeln!(out, "    {what}:")?;
    for line in snippet.lines() {
        match line {
            "" => writeln!(out)?,
            line => writeln!(out, "        {line}")?,
        }
    }
    Ok(())
}

fn sum(report: &Report) -> String {
    let counts = [Severity::Error, Severity::Warning, Severity::Note]
        .map(|severity| (report.count(severity), severity.word()))
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| many(number, word));
    let found = match counts.collect::<Vec<_>>().join(", ") {
        none if none.is_empty() => "nothing found".to_owned(),
        found => found,
    };
    let read = match report.policies {
        1 => "1 policy read".to_owned(),
        number => format!("{number} policies read"),
    };
    match report.unreadable.len() {
        0 => format!("{read}: {found}."),
        number => format!("{read}: {found}; {} unreadable.", many(number, "file")),
    }
}

fn many(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}
