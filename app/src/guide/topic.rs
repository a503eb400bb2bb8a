use crate::language::Language;

/// What a page of the guide is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// What auto-recovery does, and what it never does.
    AutoRecovery,
    /// A user at the provider that only programs use.
    SeparateUser,
    /// The password of that user.
    StrongPassword,
    /// Where the secret of one-time codes is found.
    OneTimeCodes,
    /// The server that Evergrant runs on.
    Hardening,
}

/// The text of a topic in both languages.
macro_rules! texts {
    ($name:literal) => {
        (
            include_str!(concat!("../../../docs/en/", $name, ".md")),
            include_str!(concat!("../../../docs/nl/", $name, ".md")),
        )
    };
}

impl Topic {
    /// All of them, in the order in which they are read.
    pub const ALL: [Self; 5] =
        [Self::AutoRecovery, Self::SeparateUser, Self::StrongPassword, Self::OneTimeCodes, Self::Hardening];

    /// The topic with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.name() == name)
    }

    /// Its file's name, and the last part of its address.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AutoRecovery => "auto-recovery",
            Self::SeparateUser => "separate-user",
            Self::StrongPassword => "strong-password",
            Self::OneTimeCodes => "one-time-codes",
            Self::Hardening => "hardening",
        }
    }

    /// Where it is read.
    pub fn address(self) -> String {
        format!("/guide/{}", self.name())
    }

    /// What it says, as Markdown that begins with its title.
    pub const fn text(self, language: Language) -> &'static str {
        let (english, dutch) = match self {
            Self::AutoRecovery => texts!("auto-recovery"),
            Self::SeparateUser => texts!("separate-user"),
            Self::StrongPassword => texts!("strong-password"),
            Self::OneTimeCodes => texts!("one-time-codes"),
            Self::Hardening => texts!("hardening"),
        };
        match language {
            Language::English => english,
            Language::Dutch => dutch,
        }
    }

    /// Its title: the first line, without the mark of a heading.
    pub fn title(self, language: Language) -> &'static str {
        self.text(language).lines().next().unwrap_or_default().trim_start_matches(['#', ' '])
    }
}
