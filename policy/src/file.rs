//! Evergrant's own policy file: TOML with a table for each kind.
//!
//! ```toml
//! [access_token]
//! lifetime = "30m"    # whole numbers with d, h, m, s or ms; a bare number counts milliseconds
//! least = "5m"        # what may be chosen at least and at most; the kind's own bounds unless said
//! most = "1h"
//!
//! [refresh_token]
//! lifetime = "24h"
//! ```
//!
//! Where nothing but the lifetime is said, `access_token = "30m"` says the same. All of it may also
//! stand in a table `lifetimes` of a larger file, as in `evergrant.toml`, of which nothing else is
//! read then.

use std::ops::Range;
use std::time::Duration;

use thiserror::Error;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::{Bounds, Given, Kind, Policies, Policy, PolicyError};

/// The table of a larger file that holds the policies.
const NESTED: &str = "lifetimes";

/// What a file says, in its order.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// What it says of kinds.
    pub sections: Vec<Section>,
    /// Names that mean nothing here.
    pub unknown: Vec<Named>,
    /// Where the name of the table `lifetimes` stands, in bytes, if all of it stands in that.
    pub nested: Option<Range<usize>>,
}

/// What a file says of one kind.
#[derive(Clone, Debug)]
pub struct Section {
    /// The kind.
    pub kind: Kind,
    /// Where its name stands, in bytes.
    pub at: Range<usize>,
    /// How long such things live.
    pub lifetime: Option<Entry>,
    /// What may be chosen at least.
    pub least: Option<Entry>,
    /// What may be chosen at most.
    pub most: Option<Entry>,
}

/// A lifetime as it stands in a file.
#[derive(Clone, Debug)]
pub struct Entry {
    /// As it was written, quotes included.
    pub written: String,
    /// Where, in bytes.
    pub at: Range<usize>,
    /// What it says; `None` when it is no lifetime at all.
    pub given: Option<Given>,
}

/// A name and where it stands, in bytes.
#[derive(Clone, Debug)]
pub struct Named {
    /// The name.
    pub name: String,
    /// Where.
    pub at: Range<usize>,
}

/// Why a file gives no policies.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FileError {
    /// It is not TOML.
    #[error("line {line}: {message}")]
    NotToml {
        /// Where, counted from 1.
        line: usize,
        /// What is wrong there.
        message: String,
    },
    /// A name that means nothing.
    #[error("line {line}: `{name}` is neither a kind nor a part of a policy")]
    Unknown {
        /// Where, counted from 1.
        line: usize,
        /// The name.
        name: String,
    },
    /// What should be a lifetime is none.
    #[error("line {line}: {written} is no lifetime such as \"30m\" or \"24h\"")]
    NoLifetime {
        /// Where, counted from 1.
        line: usize,
        /// What was written.
        written: String,
    },
    /// What it says is no policy.
    #[error("line {line}: {source}")]
    Refused {
        /// Where, counted from 1.
        line: usize,
        /// Why.
        source: PolicyError,
    },
    /// Its policies contradict each other.
    #[error(transparent)]
    Contradict(PolicyError),
}

/// Reads the policies of a file; what it leaves out keeps the usual defaults.
///
/// # Errors
/// The first thing in the file that is no policy.
pub fn policies(text: &str) -> Result<Policies, FileError> {
    let file = read(text)?;
    let line = |at: &Range<usize>| line_of(text, at.start);
    if let Some(Named { name, at }) = file.unknown.into_iter().next() {
        return Err(FileError::Unknown { line: line(&at), name });
    }
    let mut policies = Policies::default();
    for section in &file.sections {
        if let Some(entry) = section.senseless() {
            return Err(FileError::NoLifetime { line: line(&entry.at), written: entry.written.clone() });
        }
        let said = section.lifetime.as_ref().map_or(&section.at, |entry| &entry.at);
        let policy = section.policy().map_err(|source| FileError::Refused { line: line(said), source })?;
        policies.say(policy);
    }
    policies.check().map_err(FileError::Contradict)?;
    Ok(policies)
}

/// Reads what a file says, sound or not.
///
/// # Errors
/// When it is not TOML.
pub fn read(text: &str) -> Result<File, FileError> {
    let table = DeTable::parse(text).map_err(|error| FileError::NotToml {
        line: line_of(text, error.span().map_or(0, |span| span.start)),
        message: error.message().replace('\n', " "),
    })?;
    let table = table.get_ref();
    let nested = table
        .get_key_value(NESTED)
        .and_then(|(name, value)| value.get_ref().as_table().map(|inner| (name.span(), inner)));
    let (nested, table) = nested.map_or((None, table), |(at, inner)| (Some(at), inner));
    let mut file = File { nested, ..File::default() };
    for (name, value) in table {
        match Kind::from_word(name.get_ref()) {
            Some(kind) => file.sections.push(section(text, kind, name.span(), value, &mut file.unknown)),
            None => file.unknown.push(named(name.get_ref(), name.span())),
        }
    }
    file.sections.sort_by_key(|section| section.at.start);
    file.unknown.sort_by_key(|named| named.at.start);
    Ok(file)
}

impl Section {
    /// The first thing it says that is no lifetime, or a bound without an end.
    pub fn senseless(&self) -> Option<&Entry> {
        let lifetime = self.lifetime.as_ref().filter(|entry| entry.given.is_none());
        let bound = || [&self.least, &self.most].into_iter().flatten().find(|it| it.lifetime().is_none());
        lifetime.or_else(bound)
    }

    /// The bounds; what is not said, or is no lifetime, is as wide as is possible for the kind.
    pub fn bounds(&self) -> Bounds {
        let outermost = self.kind.outermost();
        let said = |entry: &Option<Entry>, otherwise: Duration| {
            entry.as_ref().and_then(Entry::lifetime).unwrap_or(otherwise)
        };
        Bounds { least: said(&self.least, outermost.least), most: said(&self.most, outermost.most) }
    }

    /// The policy.
    ///
    /// # Errors
    /// See [`PolicyError`].
    pub fn policy(&self) -> Result<Policy, PolicyError> {
        let given = self.lifetime.as_ref().and_then(|entry| entry.given).unwrap_or(Given::Absent);
        Policy::new(self.kind, given, self.bounds())
    }
}

impl Entry {
    /// How long, where it says so.
    pub fn lifetime(&self) -> Option<Duration> {
        self.given.and_then(Given::lifetime)
    }
}

fn section(
    text: &str,
    kind: Kind,
    at: Range<usize>,
    value: &Spanned<DeValue<'_>>,
    unknown: &mut Vec<Named>,
) -> Section {
    let mut section = Section { kind, at, lifetime: None, least: None, most: None };
    let Some(table) = value.get_ref().as_table() else {
        section.lifetime = Some(entry(text, value));
        return section;
    };
    for (name, value) in table {
        match name.get_ref().as_ref() {
            "lifetime" => section.lifetime = Some(entry(text, value)),
            "least" => section.least = Some(entry(text, value)),
            "most" => section.most = Some(entry(text, value)),
            other => unknown.push(named(other, name.span())),
        }
    }
    section
}

fn named(name: &str, at: Range<usize>) -> Named {
    Named { name: name.to_owned(), at }
}

fn entry(text: &str, value: &Spanned<DeValue<'_>>) -> Entry {
    let at = value.span();
    let written = text.get(at.clone()).unwrap_or_default().to_owned();
    Entry { written, at, given: given(value.get_ref()) }
}

fn given(value: &DeValue<'_>) -> Option<Given> {
    match value {
        DeValue::String(text) => Given::read(text.trim()),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).ok().map(Given::Millis)
        }
        DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => None,
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}
