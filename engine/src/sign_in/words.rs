//! What providers say, in English and Dutch: which words refuse what.
//!
//! A refusal is a sentence that names a thing and says that it is bad. Whole texts are not looked
//! for: they drift, and every provider has its own.

/// What a provider refuses, or complains of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The user name or the password.
    Password,
    /// The one-time code.
    Code,
    /// The account is locked.
    Locked,
    /// It is out of order.
    Outage,
    /// It wants to be sure that a person is there.
    Puzzle,
}

impl Refusal {
    const ALL: [Self; 5] = [Self::Locked, Self::Puzzle, Self::Outage, Self::Password, Self::Code];
}

/// Everything that a text refuses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Said(u8);

impl Said {
    /// Whether it refuses this.
    pub const fn has(self, refusal: Refusal) -> bool {
        self.0 & (1 << refusal as u8) != 0
    }

    /// Whether it refuses nothing that is known.
    pub const fn is_nothing(self) -> bool {
        self.0 == 0
    }
}

/// The longest sentence that is taken for one, in bytes.
const LONGEST: usize = 300;

const SIGN_IN: &[&str] = &[
    "password",
    "credential",
    "username",
    "user name",
    "sign-in",
    "sign in",
    "log in",
    "login",
    "email",
    "e-mail",
    "account",
    "user",
    "details",
    "authentication",
    "aanmeld",
    "inlog",
    "wachtwoord",
    "gebruiker",
    "gegevens",
    "aadb2c90053",
    "aadb2c90054",
    "aadb2c90225",
];
const CODE: &[&str] =
    &["code", "passcode", "one-time", "one time", "eenmalig", "otp", "verification", "verificatie"];
const ACCOUNT: &[&str] =
    &["account", "user", "gebruiker", "toegang", "access", "sign-in", "sign in", "login", "inlog"];
const BAD: &[&str] = &[
    "incorrect",
    "not correct",
    "isn't correct",
    "not right",
    "isn't right",
    "wrong",
    "invalid",
    "not valid",
    "isn't valid",
    "not recognized",
    "not recognised",
    "failed",
    "not found",
    "could not be found",
    "couldn't find",
    "can't find",
    "can't seem to find",
    "cannot find",
    "doesn't exist",
    "does not exist",
    "do not match",
    "does not match",
    "don't match",
    "doesn't match",
    "mismatch",
    "didn't work",
    "enter a correct",
    "unknown",
    "unsuccessful",
    "bad ",
    "denied",
    "try again",
    "expired code",
    "code expired",
    "code has expired",
    "already used",
    "used already",
    "been used",
    "onjuist",
    "niet juist",
    "niet correct",
    "verkeerd",
    "fout",
    "foutief",
    "ongeldig",
    "niet geldig",
    "niet gevonden",
    "niet herkend",
    "bestaat niet",
    "mislukt",
    "onbekend",
    "klopt niet",
    "kloppen niet",
    "komt niet overeen",
    "komen niet overeen",
    "al gebruikt",
    "is verlopen",
    "opnieuw",
];
const LOCKED: &[&str] = &[
    "locked",
    "blocked",
    "suspended",
    "disabled",
    "deactivated",
    "has been closed",
    "not active",
    "inactive",
    "geblokkeerd",
    "vergrendeld",
    "uitgeschakeld",
    "gedeactiveerd",
    "opgeschort",
    "niet actief",
];
const LOCKED_ALONE: &[&str] = &[
    "too many attempts",
    "too many failed",
    "too many wrong",
    "too many incorrect",
    "too many sign",
    "too many login",
    "maximum number of",
    "te veel pogingen",
    "te veel mislukte",
    "te veel onjuiste",
    "te veel foutieve",
    "te vaak",
    "maximum aantal",
    "maximale aantal",
    "aadb2c90114",
];
const OUTAGE: &[&str] = &[
    "temporarily unavailable",
    "currently unavailable",
    "service unavailable",
    "under maintenance",
    "maintenance mode",
    "scheduled maintenance",
    "tijdelijk niet beschikbaar",
    "momenteel niet beschikbaar",
    "onderhoud",
    "storing",
    "internal server error",
];
const PUZZLE: &[&str] = &[
    "captcha",
    "not a robot",
    "you are human",
    "you're human",
    "you are a human",
    "are human",
    "geen robot",
    "bent een mens",
    "mens bent",
    "unusual traffic",
    "ongebruikelijk verkeer",
    "checking your browser",
    "just a moment",
    "characters you see",
    "tekens die u ziet",
];

/// What a text refuses, sentence by sentence.
pub(super) fn said(text: &str) -> Said {
    let sentences = text.split(['.', '!', '?', '\n', ';']).filter(|sentence| sentence.len() <= LONGEST);
    sentences.fold(Said::default(), |said, sentence| Said(said.0 | of_sentence(sentence).0))
}

fn of_sentence(sentence: &str) -> Said {
    let any = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
    let refuses = |refusal: &Refusal| match refusal {
        Refusal::Locked => any(LOCKED_ALONE) || (any(ACCOUNT) && any(LOCKED)),
        Refusal::Puzzle => any(PUZZLE),
        Refusal::Outage => any(OUTAGE),
        Refusal::Password => any(SIGN_IN) && any(BAD),
        Refusal::Code => any(CODE) && any(BAD),
    };
    let found = Refusal::ALL.into_iter().filter(refuses);
    found.fold(Said::default(), |said, refusal| Said(said.0 | 1 << refusal as u8))
}

/// Whether one of these words is in the text.
pub(super) fn has_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// Whether one of these stands in the text as a word of its own.
pub(super) fn has_word(text: &str, words: &[&str]) -> bool {
    text.split(|letter: char| !letter.is_alphanumeric()).any(|word| words.contains(&word))
}
