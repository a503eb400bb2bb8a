//! What is looked for.

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Tokens live for ever, or the policy is refused.
    Error,
    /// Allowed and unwise.
    Warning,
    /// What a reader of the policy cannot see in it.
    Note,
}

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// What is issued has no lifetime.
    LifetimeMissing,
    /// The lifetime has no end.
    LifetimeEndless,
    /// The lifetime is 0, negative or not a number.
    LifetimeInvalid,
    /// The lifetime is said twice.
    LifetimeTwice,
    /// The lifetime is longer than is wise.
    LifetimeLong,
    /// The lifetime is so short that seconds were taken for milliseconds.
    LifetimeShort,
    /// The lifetime comes from a variable that may be missing.
    LifetimeAtRunTime,
    /// Refresh tokens end before the access tokens that they renew.
    RefreshEndsFirst,
    /// The lifetime of refresh tokens is no multiple of that of access tokens.
    RefreshNoMultiple,
    /// The lifetime lies outside its bounds.
    LifetimeOutOfBounds,
    /// The bounds contradict each other, or are wider than is possible.
    BoundsUnsound,
    /// Passwords of users are exchanged for tokens.
    GrantPassword,
    /// Tokens are handed out in an address.
    GrantImplicit,
    /// The grants are not said.
    GrantsUnsaid,
    /// What the policy does is not known.
    OperationUnknown,
    /// A name that means nothing.
    NameUnknown,
    /// A default decides what the file leaves out.
    LeftToDefault,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 17] = [
        Self::LifetimeMissing,
        Self::LifetimeEndless,
        Self::LifetimeInvalid,
        Self::LifetimeTwice,
        Self::LifetimeLong,
        Self::LifetimeShort,
        Self::LifetimeAtRunTime,
        Self::RefreshEndsFirst,
        Self::RefreshNoMultiple,
        Self::LifetimeOutOfBounds,
        Self::BoundsUnsound,
        Self::GrantPassword,
        Self::GrantImplicit,
        Self::GrantsUnsaid,
        Self::OperationUnknown,
        Self::NameUnknown,
        Self::LeftToDefault,
    ];

    /// Its name, for programs and for texts.
    pub const fn id(self) -> &'static str {
        match self {
            Self::LifetimeMissing => "lifetime-missing",
            Self::LifetimeEndless => "lifetime-endless",
            Self::LifetimeInvalid => "lifetime-invalid",
            Self::LifetimeTwice => "lifetime-twice",
            Self::LifetimeLong => "lifetime-long",
            Self::LifetimeShort => "lifetime-short",
            Self::LifetimeAtRunTime => "lifetime-at-run-time",
            Self::RefreshEndsFirst => "refresh-ends-first",
            Self::RefreshNoMultiple => "refresh-no-multiple",
            Self::LifetimeOutOfBounds => "lifetime-out-of-bounds",
            Self::BoundsUnsound => "bounds-unsound",
            Self::GrantPassword => "grant-password",
            Self::GrantImplicit => "grant-implicit",
            Self::GrantsUnsaid => "grants-unsaid",
            Self::OperationUnknown => "operation-unknown",
            Self::NameUnknown => "name-unknown",
            Self::LeftToDefault => "left-to-default",
        }
    }

    /// The rule of this name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.id() == id)
    }

    /// How bad it is.
    pub const fn severity(self) -> Severity {
        match self {
            Self::LifetimeMissing
            | Self::LifetimeEndless
            | Self::LifetimeInvalid
            | Self::LifetimeTwice
            | Self::RefreshEndsFirst
            | Self::LifetimeOutOfBounds
            | Self::BoundsUnsound
            | Self::GrantPassword
            | Self::OperationUnknown
            | Self::NameUnknown => Severity::Error,
            Self::LifetimeLong | Self::LifetimeShort | Self::RefreshNoMultiple | Self::GrantImplicit => {
                Severity::Warning
            }
            Self::LifetimeAtRunTime | Self::GrantsUnsaid | Self::LeftToDefault => Severity::Note,
        }
    }

    /// What it says, of any policy.
    pub const fn title(self) -> &'static str {
        match self {
            Self::LifetimeMissing => "What is issued needs a lifetime",
            Self::LifetimeEndless => "A lifetime needs an end",
            Self::LifetimeInvalid => "A lifetime is a positive number",
            Self::LifetimeTwice => "A lifetime is said once",
            Self::LifetimeLong => "A lifetime should be short",
            Self::LifetimeShort => "A lifetime counts milliseconds",
            Self::LifetimeAtRunTime => "A lifetime from a variable needs a default",
            Self::RefreshEndsFirst => "Refresh tokens outlive access tokens",
            Self::RefreshNoMultiple => "Refresh tokens live a multiple of access tokens",
            Self::LifetimeOutOfBounds => "A lifetime lies within its bounds",
            Self::BoundsUnsound => "Bounds fit each other and their kind",
            Self::GrantPassword => "No grant takes passwords",
            Self::GrantImplicit => "No grant puts tokens into addresses",
            Self::GrantsUnsaid => "Grants are said",
            Self::OperationUnknown => "An operation is one of the known ones",
            Self::NameUnknown => "Names are known",
            Self::LeftToDefault => "Nothing is left to defaults",
        }
    }

    /// Why it matters and what to do, of any policy.
    pub const fn help(self) -> &'static str {
        match self {
            Self::LifetimeMissing => {
                "A refresh token without a lifetime works for ever, or for years, and its row is never \
                 removed: whoever finds it can use it, and the store grows without end. Where the \
                 lifetime of an access token is missing, a default decides that the policy does not show."
            }
            Self::LifetimeEndless => {
                "What never ends can be used by whoever finds it, and its row is never removed. \
                 Recommended are 30 minutes for access tokens and 24 hours for refresh tokens."
            }
            Self::LifetimeInvalid => {
                "0, negative numbers and other texts are no lifetime; the policy is refused."
            }
            Self::LifetimeTwice => "Which of two lifetimes counts is nowhere said.",
            Self::LifetimeLong => {
                "A stolen token works until it ends, and each row stays as long. Recommended are at most \
                 30 minutes for access tokens, 24 hours for refresh tokens and 10 minutes for \
                 authorization codes."
            }
            Self::LifetimeShort => {
                "OAuthV2 policies count milliseconds. A number this small is nearly always one of seconds."
            }
            Self::LifetimeAtRunTime => {
                "Where the variable is missing at run time, the lifetime is as missing as the variable. \
                 The text of the element is the default."
            }
            Self::RefreshEndsFirst => "A refresh token that ends before its access token can never be used.",
            Self::RefreshNoMultiple => {
                "The last access token of a sign-in is cut short, or a refresh token is kept that nobody \
                 can use any more."
            }
            Self::LifetimeOutOfBounds => "The policy contradicts itself and is refused.",
            Self::BoundsUnsound => {
                "The lower bound lies at or under the upper one, and both within what is possible for the kind."
            }
            Self::GrantPassword => {
                "RFC 9700 forbids the password grant: programs see passwords, and nothing but a password \
                 can ever be asked for."
            }
            Self::GrantImplicit => {
                "RFC 9700 advises against the implicit grant: tokens leak through addresses and their \
                 history. Use authorization codes with PKCE."
            }
            Self::GrantsUnsaid => {
                "Where no grant is said, authorization codes and the implicit grant are allowed, which \
                 the policy does not show."
            }
            Self::OperationUnknown => "Nobody can tell what the policy issues, and Apigee refuses it.",
            Self::NameUnknown => "A lifetime under a name that means nothing has no effect.",
            Self::LeftToDefault => "Who reads the file does not see how long such things live.",
        }
    }
}

impl Severity {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}
