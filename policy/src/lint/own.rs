//! Evergrant's own policy file.

use std::ops::Range;
use std::time::Duration;

use super::finding::plain;
use super::{Correction, Finding, Origin, Place, Rule, Thing, Unread, Value};
use crate::file::{self, Entry, File, FileError, Section};
use crate::{Bounds, Given, Kind, PolicyError, Warning, duration};

/// The most unknown names that are told.
const UNKNOWN: usize = 20;

/// Checks one file.
pub(super) fn check(origin: &Origin, text: &str) -> Result<Vec<Finding>, Unread> {
    let file = file::read(text).map_err(|error| match error {
        FileError::NotToml { line, message } => Unread::NotToml { line, message: plain(&message) },
        FileError::Unknown { .. }
        | FileError::NoLifetime { .. }
        | FileError::Refused { .. }
        | FileError::Contradict(_) => Unread::NoPolicy,
    })?;
    if file.sections.is_empty() {
        return Err(Unread::NoPolicy);
    }
    let mut check = Check { origin, text, findings: Vec::new() };
    for name in file.unknown.iter().take(UNKNOWN) {
        check.found(Rule::NameUnknown, &name.name, &name.at).value = Value::Text(plain(&name.name));
    }
    for section in &file.sections {
        check.section(section);
    }
    check.pair(&file);
    check.left_out(&file);
    Ok(check.findings)
}

/// A file that is being checked.
struct Check<'a> {
    origin: &'a Origin,
    text: &'a str,
    findings: Vec<Finding>,
}

impl Check<'_> {
    fn section(&mut self, section: &Section) {
        let kind = section.kind;
        if let Some(entry) = section.senseless() {
            let is = |other: &Option<Entry>| other.as_ref().is_some_and(|other| other.at == entry.at);
            let better = match kind.outermost() {
                Bounds { least, .. } if is(&section.least) => least,
                Bounds { most, .. } if is(&section.most) => most,
                Bounds { .. } => kind.usual(),
            };
            let correction = self.lifetime(&entry.at, better);
            let found = self.of_kind(Rule::LifetimeInvalid, kind, &entry.at);
            found.value = Value::Text(plain(&entry.written));
            found.code = Some(PolicyError::endless(kind, Given::Absent).code());
            found.recommended = Some(better);
            found.correction = Some(correction);
            return;
        }
        let at = section.lifetime.as_ref().map_or(&section.at, |entry| &entry.at);
        let error = match section.policy() {
            Ok(policy) => {
                let recommended = wise(kind, section);
                if Warning::of_lifetime(kind, policy.lifetime()).is_some() {
                    self.lasting(Rule::LifetimeLong, kind, at, policy.lifetime(), recommended);
                }
                return;
            }
            Err(error) => error,
        };
        match error {
            PolicyError::InvalidValueForExpiresIn { given, .. }
            | PolicyError::InvalidValueForRefreshTokenExpiresIn { given } => {
                self.endless(section, given, at);
            }
            PolicyError::OutOfBounds { bounds, .. } => {
                let entry = section.lifetime.as_ref();
                let lifetime = entry.and_then(Entry::lifetime).unwrap_or_default();
                let seconds = entry.and_then(as_seconds).filter(|seconds| bounds.contain(*seconds));
                let better = seconds.unwrap_or_else(|| lifetime.clamp(bounds.least, bounds.most));
                self.lasting(Rule::LifetimeOutOfBounds, kind, at, lifetime, better);
            }
            PolicyError::BoundsTooWide { .. } | PolicyError::BoundsContradict { .. } => self.bounds(section),
            PolicyError::RefreshEndsFirst { .. } => {}
        }
        if let Some(last) = self.findings.last_mut() {
            last.code = Some(error.code());
        }
    }

    /// A lifetime that is missing, or has no end.
    fn endless(&mut self, section: &Section, given: Given, at: &Range<usize>) {
        let kind = section.kind;
        let (rule, value) = match given {
            Given::Absent => (Rule::LifetimeMissing, Value::Nothing),
            Given::Millis(-1) => (Rule::LifetimeEndless, Value::Text("-1".to_owned())),
            Given::Millis(millis) => (Rule::LifetimeInvalid, Value::Text(millis.to_string())),
        };
        let better = wise(kind, section);
        let correction = match &section.lifetime {
            Some(entry) => self.lifetime(&entry.at, better),
            None => self.put_in(&section.at, &line(better)),
        };
        let value = match (&section.lifetime, value) {
            (Some(entry), Value::Text(_)) => Value::Text(plain(&entry.written)),
            (_, value) => value,
        };
        let found = self.of_kind(rule, kind, at);
        found.value = value;
        found.recommended = Some(better);
        found.correction = Some(correction);
    }

    /// Bounds that contradict each other, or are wider than is possible.
    fn bounds(&mut self, section: &Section) {
        let (kind, outermost, bounds) = (section.kind, section.kind.outermost(), section.bounds());
        let least = section.least.as_ref().map(|entry| (entry, "least", bounds.least));
        let most = section.most.as_ref().map(|entry| (entry, "most", bounds.most));
        let wide = [&least, &most].into_iter().flatten().find(|(_, _, bound)| !outermost.contain(*bound));
        let Some((entry, key, bound)) = wide.or(most.as_ref()).or(least.as_ref()) else {
            return;
        };
        let better = match wide {
            Some(_) => (*bound).clamp(outermost.least, outermost.most),
            // The upper bound is under the lower one: at least as long as that.
            None if *key == "most" => bounds.least,
            None => outermost.least,
        };
        let correction = self.lifetime(&entry.at, better);
        let found = self.of_kind(Rule::BoundsUnsound, kind, &entry.at);
        found.element = format!("{}.{key}", kind.word());
        found.value = Value::Lifetime(*bound);
        found.recommended = Some(better);
        found.correction = Some(correction);
    }

    /// Access and refresh tokens belong together, one of them perhaps by default.
    fn pair(&mut self, file: &File) {
        let said = |kind| file.sections.iter().find(|section| section.kind == kind);
        let lifetime = |kind: Kind| match said(kind) {
            Some(section) => section.policy().ok().map(|policy| policy.lifetime()),
            None => Some(kind.usual()),
        };
        let (Some(access), Some(refresh)) = (lifetime(Kind::AccessToken), lifetime(Kind::RefreshToken))
        else {
            return;
        };
        let (rule, better) = if refresh < access {
            (Rule::RefreshEndsFirst, access)
        } else if let Some(Warning::NoMultiple { nearest, .. }) = Warning::of_pair(access, refresh) {
            (Rule::RefreshNoMultiple, nearest)
        } else {
            return;
        };
        let entry = said(Kind::RefreshToken).or_else(|| said(Kind::AccessToken));
        let Some((kind, entry)) = entry.and_then(|it| Some((it.kind, it.lifetime.as_ref()?))) else {
            return;
        };
        let correction = (kind == Kind::RefreshToken).then(|| self.lifetime(&entry.at, better));
        let found = self.of_kind(rule, Kind::RefreshToken, &entry.at);
        found.value = Value::Lifetime(refresh);
        found.against = Some(access);
        found.recommended = Some(better);
        found.correction = correction;
    }

    /// Kinds of which the file says nothing.
    fn left_out(&mut self, file: &File) {
        let said = |kind: &Kind| file.sections.iter().any(|section| section.kind == *kind);
        let left: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| !said(kind)).collect();
        if left.is_empty() {
            return;
        }
        let words: Vec<&str> = left.iter().map(|kind| kind.word()).collect();
        let (at, correction) = match &file.nested {
            Some(name) => (name.clone(), self.put_in(name, &lines(&left))),
            None => (self.text.len()..self.text.len(), self.append(tables(&left))),
        };
        let found = self.found(Rule::LeftToDefault, "lifetime", &at);
        found.value = Value::Text(words.join(", "));
        found.correction = Some(correction);
    }

    fn lasting(&mut self, rule: Rule, kind: Kind, at: &Range<usize>, lifetime: Duration, better: Duration) {
        let correction = self.lifetime(at, better);
        let found = self.of_kind(rule, kind, at);
        found.value = Value::Lifetime(lifetime);
        found.recommended = Some(better);
        found.correction = Some(correction);
    }

    fn of_kind(&mut self, rule: Rule, kind: Kind, at: &Range<usize>) -> &mut Finding {
        let found = self.found(rule, &format!("{}.lifetime", kind.word()), at);
        found.thing = Thing::Kind(kind);
        found.policy = Some(kind.word().to_owned());
        found
    }

    fn found(&mut self, rule: Rule, element: &str, at: &Range<usize>) -> &mut Finding {
        self.findings.push(Finding {
            rule,
            code: None,
            origin: self.origin.clone(),
            place: Place::of(self.text, at),
            policy: None,
            element: plain(element),
            thing: Thing::Kind(Kind::AccessToken),
            value: Value::Nothing,
            against: None,
            recommended: None,
            correction: None,
        });
        let last = self.findings.len() - 1;
        &mut self.findings[last]
    }

    fn lifetime(&self, at: &Range<usize>, lifetime: Duration) -> Correction {
        Correction {
            place: Some(Place::of(self.text, at)),
            lead: String::new(),
            snippet: format!("\"{}\"", duration::write(lifetime)),
        }
    }

    /// Lines below the head of a table; where else they would stand is not said.
    fn put_in(&self, name: &Range<usize>, snippet: &str) -> Correction {
        let after = self.text.get(name.end..).unwrap_or_default();
        let is_head = after.trim_start_matches([' ', '\t']).starts_with(']');
        let line = after.lines().next().unwrap_or_default();
        let end = name.end + line.len();
        let place = is_head.then(|| Place::of(self.text, &(end..end)));
        Correction { place, lead: "\n".to_owned(), snippet: snippet.to_owned() }
    }

    /// Tables at the end of the file.
    fn append(&self, snippet: String) -> Correction {
        let end = self.text.len();
        let lead = if self.text.ends_with('\n') { "\n" } else { "\n\n" };
        Correction { place: Some(Place::of(self.text, &(end..end))), lead: lead.to_owned(), snippet }
    }
}

fn line(lifetime: Duration) -> String {
    format!("lifetime = \"{}\"", duration::write(lifetime))
}

/// A line for each kind.
fn lines(kinds: &[Kind]) -> String {
    let lines = kinds.iter().map(|kind| format!("{} = \"{}\"", kind.word(), duration::write(kind.usual())));
    lines.collect::<Vec<_>>().join("\n")
}

/// A table for each kind.
fn tables(kinds: &[Kind]) -> String {
    let tables = kinds.iter().map(|kind| format!("[{}]\n{}\n", kind.word(), line(kind.usual())));
    tables.collect::<Vec<_>>().join("\n")
}

/// The lifetime to recommend for a kind, within the bounds that the file gives it.
fn wise(kind: Kind, section: &Section) -> Duration {
    let bounds = section.bounds();
    if bounds.least > bounds.most { kind.usual() } else { kind.usual().clamp(bounds.least, bounds.most) }
}

/// What a bare number would say if it counted seconds, as many do.
fn as_seconds(entry: &Entry) -> Option<Duration> {
    entry.written.parse().ok().map(Duration::from_secs)
}
