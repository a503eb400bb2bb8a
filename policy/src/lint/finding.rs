//! What was found, and how it is mended.

use std::fmt;
use std::time::Duration;

use super::{Place, Rule};
use crate::{Kind, duration};

/// The longest piece of a file that is quoted, in characters.
const QUOTED: usize = 120;
/// The longest path, in characters.
const PATH: usize = 4_096;

/// Something that is missing or unsafe in a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked for.
    pub rule: Rule,
    /// The error with which such a policy is refused, by Apigee or by Evergrant.
    pub code: Option<&'static str>,
    /// The file.
    pub origin: Origin,
    /// Where in it.
    pub place: Place,
    /// The name of the policy.
    pub policy: Option<String>,
    /// The element or the key.
    pub element: String,
    /// What lives so long.
    pub thing: Thing,
    /// What was said.
    pub value: Value,
    /// What it is compared with: the lifetime of access tokens, or a bound.
    pub against: Option<Duration>,
    /// The recommended lifetime.
    pub recommended: Option<Duration>,
    /// What to write instead.
    pub correction: Option<Correction>,
}

/// What lives so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A kind of Evergrant's, or tokens that another server issues.
    Kind(Kind),
    /// Authorization codes.
    Code,
}

/// What was said of a lifetime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Nothing,
    /// Something else than a lifetime, as it was written.
    Text(String),
    /// A lifetime.
    Lifetime(Duration),
}

/// What to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// What it takes the place of: nothing, where it is put in; `None` where that cannot be said.
    pub place: Option<Place>,
    /// The space before it, where it is put in.
    pub lead: String,
    /// The corrected piece; nothing where the place is to be taken out.
    pub snippet: String,
}

/// A file, and the archive or folder of which it is a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The archive that holds it.
    pub archive: Option<String>,
    /// Its path, within the archive if there is one.
    pub path: String,
}

impl Origin {
    /// A file that is no part of an archive.
    pub fn file(path: &str) -> Self {
        Self { archive: None, path: shown(path, PATH) }
    }

    /// A file in an archive.
    pub fn member(archive: &str, path: &str) -> Self {
        Self { archive: Some(shown(archive, PATH)), path: shown(path, PATH) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.archive {
            Some(archive) => write!(f, "{archive}!/{}", self.path.trim_start_matches('/')),
            None => f.write_str(&self.path),
        }
    }
}

impl Thing {
    /// Its name, for programs and for texts.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Kind(kind) => kind.word(),
            Self::Code => "authorization_code",
        }
    }

    /// What people call many of it.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Kind(Kind::UpstreamLink) => "upstream links",
            Self::Kind(Kind::ConsumerKey) => "consumer keys",
            Self::Kind(Kind::AccessToken) => "access tokens",
            Self::Kind(Kind::RefreshToken) => "refresh tokens",
            Self::Kind(Kind::Credential) => "stored sign-ins",
            Self::Kind(Kind::Session) => "sessions",
            Self::Kind(Kind::OneTimeState) => "one-time states",
            Self::Kind(Kind::Journal) => "lines of the journal",
            Self::Code => "authorization codes",
        }
    }

    /// What is wise at most. RFC 6749 gives authorization codes 10 minutes.
    pub const fn recommended_most(self) -> Duration {
        match self {
            Self::Kind(kind) => kind.recommended_most(),
            Self::Code => Duration::from_mins(10),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing"),
            Self::Text(text) => write!(f, "`{text}`"),
            Self::Lifetime(lifetime) => f.write_str(&duration::spell(*lifetime)),
        }
    }
}

impl Correction {
    /// The text that takes the place.
    pub fn inserted(&self) -> String {
        format!("{}{}", self.lead, self.snippet)
    }
}

impl Finding {
    /// What is wrong, in an administrator's words.
    pub fn reason(&self) -> String {
        let said = self.said();
        let mut letters = said.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    }

    fn said(&self) -> String {
        let Self { element, thing, value, .. } = self;
        let things = thing.plural();
        let spelled = |lifetime: Option<Duration>| lifetime.map(duration::spell).unwrap_or_default();
        match self.rule {
            Rule::LifetimeMissing => match thing {
                Thing::Kind(Kind::RefreshToken) => format!(
                    "`{element}` is missing: {things} live for ever, or for years, and their rows pile up."
                ),
                Thing::Kind(_) | Thing::Code => {
                    format!("`{element}` is missing: the policy does not say how long {things} live.")
                }
            },
            Rule::LifetimeEndless => {
                format!("`{element}` is {value}: {things} have no end of their own, and their rows pile up.")
            }
            Rule::LifetimeInvalid => format!("`{element}` is {value}, which is no lifetime."),
            Rule::LifetimeTwice => format!("`{element}` stands here twice; nothing says which one counts."),
            Rule::LifetimeLong => format!(
                "{things} live for {value}, longer than the {} that is wise.",
                spelled(self.recommended)
            ),
            Rule::LifetimeShort => format!(
                "`{element}` counts milliseconds: {things} live for only {value}. Were seconds meant?"
            ),
            Rule::LifetimeAtRunTime => format!(
                "`{element}` is taken from the variable {value} and has no default: how long {things} live \
                 is known at run time only."
            ),
            Rule::RefreshEndsFirst => format!(
                "refresh tokens live for {value}, but access tokens for {}: they end before they are needed.",
                spelled(self.against)
            ),
            Rule::RefreshNoMultiple => format!(
                "refresh tokens live for {value}, which is no multiple of the {} of access tokens.",
                spelled(self.against)
            ),
            Rule::LifetimeOutOfBounds => {
                format!("{things} live for {value}, which lies outside the bounds of the policy.")
            }
            Rule::BoundsUnsound => {
                format!("`{element}` is {value}, which does not fit the other bound, or what is possible.")
            }
            Rule::GrantPassword => {
                "the password grant is supported, which RFC 9700 forbids: programs see passwords.".to_owned()
            }
            Rule::GrantImplicit => {
                "the implicit grant is supported, which RFC 9700 advises against: tokens stand in addresses."
                    .to_owned()
            }
            Rule::GrantsUnsaid => "no grants are said, so authorization codes and the implicit grant are \
                 supported."
                .to_owned(),
            Rule::OperationUnknown => format!("{value} is no operation of an OAuthV2 policy."),
            Rule::NameUnknown => format!("{value} means nothing here; what it says has no effect."),
            Rule::LeftToDefault => format!("nothing is said of {value}; defaults decide."),
        }
    }
}

/// A piece of a file that can be shown anywhere: short, on one line, without signs that steer a
/// terminal or turn the direction of text.
pub(super) fn plain(text: &str) -> String {
    shown(text, QUOTED)
}

fn shown(text: &str, most: usize) -> String {
    let mut shown: String =
        text.chars().take(most).map(|sign| if steers(sign) { '\u{fffd}' } else { sign }).collect();
    if text.chars().nth(most).is_some() {
        shown.push('…');
    }
    shown
}

fn steers(sign: char) -> bool {
    let turns = matches!(sign, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    sign.is_control() || turns || sign == '\u{feff}'
}
