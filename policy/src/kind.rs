use std::time::Duration;

use crate::Bounds;

/// A kind of thing that is kept or issued, and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A link of an upstream chain, counted from its receiving; a superseded one goes sooner, after
    /// the resend window.
    UpstreamLink,
    /// A consumer key, counted from its making.
    ConsumerKey,
    /// An access token that Evergrant issues, counted from its issue.
    AccessToken,
    /// A refresh token that Evergrant issues, counted from its issue.
    RefreshToken,
    /// A stored sign-in for auto-recovery, counted from its storing.
    Credential,
    /// An operator's session, counted from signing in, used or not.
    Session,
    /// The `state` of a grant under way, counted from its start.
    OneTimeState,
    /// A line of the journal.
    Journal,
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const fn minutes(minutes: u64) -> Duration {
    seconds(minutes * 60)
}

const fn hours(hours: u64) -> Duration {
    minutes(hours * 60)
}

const fn days(days: u64) -> Duration {
    hours(days * 24)
}

impl Kind {
    /// Every kind, in the order in which pages show them.
    pub const ALL: [Self; 8] = [
        Self::UpstreamLink,
        Self::ConsumerKey,
        Self::AccessToken,
        Self::RefreshToken,
        Self::Credential,
        Self::Session,
        Self::OneTimeState,
        Self::Journal,
    ];

    /// Its word in the store, in files and in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::UpstreamLink => "upstream_link",
            Self::ConsumerKey => "consumer_key",
            Self::AccessToken => "access_token",
            Self::RefreshToken => "refresh_token",
            Self::Credential => "credential",
            Self::Session => "session",
            Self::OneTimeState => "one_time_state",
            Self::Journal => "journal",
        }
    }

    /// What the word means.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The bounds that no policy may leave, whoever sets it.
    pub const fn outermost(self) -> Bounds {
        let (least, most) = match self {
            Self::UpstreamLink => (days(1), days(366)),
            Self::ConsumerKey => (days(1), days(366)),
            Self::AccessToken => (minutes(1), hours(24)),
            Self::RefreshToken => (minutes(2), days(90)),
            Self::Credential => (days(1), days(90)),
            Self::Session => (minutes(15), days(30)),
            Self::OneTimeState => (minutes(2), hours(1)),
            Self::Journal => (days(30), days(3_660)),
        };
        Bounds { least, most }
    }

    /// How long it lives where neither a policy nor a setting of the process says so.
    pub const fn usual(self) -> Duration {
        match self {
            // Exact Online forgets a refresh token that nobody uses for 30 days.
            Self::UpstreamLink | Self::Credential => days(30),
            Self::ConsumerKey => days(90),
            // What Apigee's guidance gives access and refresh tokens.
            Self::AccessToken => minutes(30),
            Self::RefreshToken => hours(24),
            Self::Session => days(7),
            Self::OneTimeState => minutes(15),
            Self::Journal => days(400),
        }
    }

    /// What is wise at most; longer is a warning.
    pub const fn recommended_most(self) -> Duration {
        match self {
            Self::UpstreamLink | Self::Credential => days(30),
            Self::ConsumerKey => days(90),
            Self::AccessToken => minutes(30),
            Self::RefreshToken => hours(24),
            Self::Session => days(7),
            Self::OneTimeState => minutes(15),
            Self::Journal => days(800),
        }
    }
}
