//! What came of sending an alert.

/// What came of sending an alert, without a word of what the receiver said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The webhook answered with this status.
    Http(u16),
    /// The mail server answered with this code.
    Smtp(u16),
    /// No connection could be made.
    Unreachable,
    /// No answer came in time.
    NoAnswer,
    /// No secure connection could be made.
    NotSecure,
    /// The host is at an address that is not public.
    NotPublic,
    /// The settings name no mail server.
    NoMailServer,
    /// Evergrant itself could not make what is to be sent.
    NotMade,
}

impl Answer {
    /// Whether the receiver has it.
    pub const fn is_taken(self) -> bool {
        matches!(self, Self::Http(200..=299) | Self::Smtp(200..=299))
    }

    /// The word that it is stored as.
    pub fn word(self) -> String {
        match self {
            Self::Http(status) => format!("http {status}"),
            Self::Smtp(code) => format!("smtp {code}"),
            Self::Unreachable => "unreachable".to_owned(),
            Self::NoAnswer => "no_answer".to_owned(),
            Self::NotSecure => "not_secure".to_owned(),
            Self::NotPublic => "not_public".to_owned(),
            Self::NoMailServer => "no_mail_server".to_owned(),
            Self::NotMade => "not_made".to_owned(),
        }
    }

    /// What the word means.
    pub fn from_word(word: &str) -> Option<Self> {
        if let Some((kind, code)) = word.split_once(' ') {
            let code = code.parse().ok()?;
            return match kind {
                "http" => Some(Self::Http(code)),
                "smtp" => Some(Self::Smtp(code)),
                _ => None,
            };
        }
        let plain = [
            Self::Unreachable,
            Self::NoAnswer,
            Self::NotSecure,
            Self::NotPublic,
            Self::NoMailServer,
            Self::NotMade,
        ];
        plain.into_iter().find(|answer| answer.word() == word)
    }
}
