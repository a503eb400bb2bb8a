use deunicode::deunicode;
use policy::PolicyError;
use thiserror::Error;

use crate::guard::GuardError;
use crate::guard::one_time::OneTimeProblem;
use crate::store::StoreError;

/// Why a form was not saved; nothing has changed then.
#[derive(Debug, Error)]
pub enum FormError {
    /// A field is wrong.
    #[error("{field}: {problem}")]
    Invalid {
        /// The field's name in the form.
        field: &'static str,
        /// What is wrong with it.
        problem: Problem,
    },
    /// What was to be changed is not there.
    #[error("no such thing")]
    NotFound,
    /// The store refused.
    #[error("could not write")]
    Store(#[from] StoreError),
    /// A secret could not be sealed.
    #[error("could not seal a secret")]
    Guard(#[from] GuardError),
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Problem {
    /// It is empty.
    #[error("must not be empty")]
    Empty,
    /// It is too long.
    #[error("has at most {most} characters")]
    TooLong {
        /// The most characters.
        most: usize,
    },
    /// Another one has it.
    #[error("is taken")]
    Taken,
    /// It has characters that do not fit there.
    #[error("has letters a to z, digits, - and _ only")]
    BadCharacters,
    /// It is no address of the form `https://host`.
    #[error("is no address of the form https://host")]
    NotAUrl,
    /// It is none of what there is to choose.
    #[error("is none of the choices")]
    Unknown,
    /// The timing is not understood.
    #[error("{0}")]
    Timing(String),
    /// It is no address of the form `https://host/path`.
    #[error("is no address of the form https://host/path")]
    NotAnAddress,
    /// It is no JSON pointer.
    #[error("is no JSON pointer, such as /sub")]
    NotAPointer,
    /// Evergrant says this parameter itself.
    #[error("{0} is set by Evergrant")]
    OwnParameter(String),
    /// What was written is not understood.
    #[error("{0}")]
    NotUnderstood(String),
    /// Something still uses it.
    #[error("is used by {by} data containers")]
    InUse {
        /// How many containers.
        by: u64,
    },
    /// The container was never authorized.
    #[error("was not authorized yet")]
    NotConnected,
    /// The number is too small or too large.
    #[error("must be from {least} to {most}")]
    OutOfBounds {
        /// The least that is allowed.
        least: u32,
        /// The most that is allowed.
        most: u32,
    },
    /// It needs a yes.
    #[error("must be agreed to")]
    NotAgreed,
    /// The provider refused it, or never said what it thinks of it.
    #[error("was sent before and not accepted: enter it once more")]
    NotAccepted,
    /// Auto-recovery or a person is signing in at this moment.
    #[error("is in use at this moment")]
    Busy,
    /// The host is not public, and the settings do not name it.
    #[error("is not public")]
    NotPublic,
    /// It is no mailbox.
    #[error("is no mailbox such as anna@example.com")]
    NotAMailbox,
    /// The settings name no mail server.
    #[error("needs a mail server, and the settings name none")]
    NoMailServer,
    /// It is no policy, or contradicts another one.
    #[error("{0}")]
    Policy(PolicyError),
    /// There is no usable secret of one-time codes in it.
    #[error("{0}")]
    OneTime(OneTimeProblem),
}

pub(crate) const fn invalid(field: &'static str, problem: Problem) -> FormError {
    FormError::Invalid { field, problem }
}

/// A text for people: trimmed, not empty, not too long.
pub(super) fn words(field: &'static str, text: &str, most: usize) -> Result<String, FormError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(invalid(field, Problem::Empty));
    }
    if text.chars().count() > most || text.chars().any(char::is_control) {
        return Err(invalid(field, Problem::TooLong { most }));
    }
    Ok(text.to_owned())
}

/// An alias: what stands in addresses and in programs.
pub(super) fn alias(text: &str) -> Result<String, FormError> {
    let text = words("alias", text, 60)?;
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if text.chars().all(fits) { Ok(text) } else { Err(invalid("alias", Problem::BadCharacters)) }
}

/// An address part made of a name: small letters, digits and single hyphens; `Café` gives `cafe`.
pub(super) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in deunicode(name).chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    slug.truncate(48);
    let slug = slug.trim_end_matches('-');
    // `new` is the page that makes one.
    if slug.is_empty() || slug == "new" {
        format!("database-{slug}").trim_end_matches('-').to_owned()
    } else {
        slug.to_owned()
    }
}

/// How many slugs with a number behind are tried.
const MOST_SLUGS: u32 = 1_000;

/// The first of the slugs made of a name that nobody has.
pub(super) fn free_slug(name: &str, taken: impl Fn(&str) -> bool) -> Result<String, FormError> {
    let wish = slug(name);
    let numbered = (2..=MOST_SLUGS).map(|number| format!("{wish}-{number}"));
    let mut free = std::iter::once(wish.clone()).chain(numbered).filter(|slug| !taken(slug));
    free.next().ok_or(invalid("name", Problem::Taken))
}
