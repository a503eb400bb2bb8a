/// What is wrong with a chain: one variant for each thing an administrator would do differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// The provider wants more time between two token calls; nothing was spent.
    TooEarly,
    /// The refresh token had been used already.
    OldRefreshTokenUsed,
    /// The refresh token belongs to no valid chain; another grant ended it.
    ChainMismatch,
    /// The refresh token was unused for longer than it lives.
    RefreshTokenExpired,
    /// The token was sent, the answer never arrived, and sending again was not allowed or no help.
    AnswerLost,
    /// Client id or secret are wrong: the app registration needs care, the chain is intact.
    ClientRefused,
    /// The provider's gateway is out of order and never reached the token service.
    Outage,
    /// No connection could be made; nothing was sent.
    Unreachable,
    /// The gateway failed after the token service may have answered.
    GatewayFailed,
    /// The answer is no token answer: a page, nothing, or half of it.
    Unintelligible,
    /// The provider's token calls of the day are used up.
    DailyLimit,
    /// The provider refused for a reason that is not known here.
    Refused,
}

/// What a fault says about the refresh token that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing was spent: the same token can be sent later.
    Intact,
    /// Whether it was spent is unknown.
    Doubt,
    /// It will never work again.
    Dead,
}

impl Fault {
    /// Every fault, in the order of their codes' meaning.
    pub const ALL: [Self; 12] = [
        Self::TooEarly,
        Self::OldRefreshTokenUsed,
        Self::ChainMismatch,
        Self::RefreshTokenExpired,
        Self::AnswerLost,
        Self::ClientRefused,
        Self::Outage,
        Self::Unreachable,
        Self::GatewayFailed,
        Self::Unintelligible,
        Self::DailyLimit,
        Self::Refused,
    ];

    /// The stable message code that administrators search for; those that start with `itgen` are
    /// the ones Exact Online users know from Invantive's messages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooEarly => "itgeneor361",
            Self::ChainMismatch => "itgeneor362",
            Self::OldRefreshTokenUsed => "itgenoda494",
            Self::RefreshTokenExpired => "evg101",
            Self::AnswerLost => "evg102",
            Self::ClientRefused => "evg103",
            Self::Outage => "evg104",
            Self::Unreachable => "evg105",
            Self::GatewayFailed => "evg106",
            Self::Unintelligible => "evg107",
            Self::DailyLimit => "evg108",
            Self::Refused => "evg109",
        }
    }

    /// The fault with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.code() == code)
    }

    /// What it says about the token that was sent.
    pub const fn verdict(self) -> Verdict {
        match self {
            Self::TooEarly | Self::ClientRefused | Self::Outage | Self::Unreachable | Self::DailyLimit => {
                Verdict::Intact
            }
            Self::GatewayFailed | Self::Unintelligible => Verdict::Doubt,
            Self::OldRefreshTokenUsed
            | Self::ChainMismatch
            | Self::RefreshTokenExpired
            | Self::AnswerLost
            | Self::Refused => Verdict::Dead,
        }
    }

    /// Whether waiting is enough.
    pub const fn heals_by_itself(self) -> bool {
        match self.verdict() {
            Verdict::Intact => !matches!(self, Self::ClientRefused),
            Verdict::Doubt => true,
            Verdict::Dead => false,
        }
    }
}

/// How an auto-recovery run ended without a new link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RecoveryFailure {
    /// The provider refused user name or password; never tried again with the same ones.
    WrongPassword,
    /// The provider refused the one-time code.
    WrongCode,
    /// The provider asks for consent that only a person may give.
    ConsentNeeded,
    /// The provider shows a puzzle.
    Captcha,
    /// The account is locked.
    AccountLocked,
    /// A page was not understood.
    PageNotUnderstood,
    /// Another user came back than the chain belongs to.
    WrongUser,
    /// The provider is out of order.
    ProviderDown,
    /// The run did not end in time, or the process that walked it is gone.
    Interrupted,
    /// A page led to an address that is not the provider's.
    LeftTheProvider,
    /// The password was sent and no answer came: it may be wrong, so it is not sent again.
    PasswordUnanswered,
    /// A person is signing in for this chain at this moment; the run waits for how that ends.
    GrantInFlight,
    /// The pages never came to an end.
    Endless,
}

impl RecoveryFailure {
    /// Every failure.
    pub const ALL: [Self; 13] = [
        Self::WrongPassword,
        Self::WrongCode,
        Self::ConsentNeeded,
        Self::Captcha,
        Self::AccountLocked,
        Self::PageNotUnderstood,
        Self::WrongUser,
        Self::ProviderDown,
        Self::Interrupted,
        Self::LeftTheProvider,
        Self::PasswordUnanswered,
        Self::GrantInFlight,
        Self::Endless,
    ];

    /// The stable message code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::WrongPassword => "evg201",
            Self::WrongCode => "evg202",
            Self::ConsentNeeded => "evg203",
            Self::Captcha => "evg204",
            Self::AccountLocked => "evg205",
            Self::PageNotUnderstood => "evg206",
            Self::WrongUser => "evg207",
            Self::ProviderDown => "evg208",
            Self::Interrupted => "evg209",
            Self::LeftTheProvider => "evg210",
            Self::PasswordUnanswered => "evg211",
            Self::GrantInFlight => "evg212",
            Self::Endless => "evg213",
        }
    }

    /// The failure with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|failure| failure.code() == code)
    }

    /// Whether the run did not begin: it counts for nothing and is tried again soon.
    pub const fn postpones(self) -> bool {
        matches!(self, Self::GrantInFlight)
    }

    /// Whether further runs wait until the credentials are replaced.
    pub const fn blocks(self) -> bool {
        match self {
            Self::WrongPassword | Self::PasswordUnanswered => true,
            Self::WrongCode
            | Self::ConsentNeeded
            | Self::Captcha
            | Self::AccountLocked
            | Self::PageNotUnderstood
            | Self::WrongUser
            | Self::ProviderDown
            | Self::Interrupted
            | Self::LeftTheProvider
            | Self::GrantInFlight
            | Self::Endless => false,
        }
    }
}
