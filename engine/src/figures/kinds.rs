//! What is counted, and under which words.

use chain::{Fault, RecoveryFailure};
use reqwest::StatusCode;

use crate::gate::{GateError, Passed};
use crate::issued::{IssueError, Issued, RefreshError};
use crate::lend::{LendError, Lent};
use crate::view::RunOutcome;

/// Something that happened and is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// A program asked for a token.
    Lend(LendAnswer),
    /// A program sent a request through the gate.
    Gate(GateAnswer),
    /// A program asked for tokens of ours.
    Issue(IssueAnswer),
    /// A token call came to its end.
    TokenCall(TokenOutcome),
    /// A chain broke.
    Break(Fault),
    /// A chain that was broken works again.
    Repair(RepairedBy),
    /// A recovery run ended.
    Run(RunOutcome),
}

/// Gives the values of an enum their words.
macro_rules! worded {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its word in the store and in metrics.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// What the word means.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.as_str() == word)
            }
        }
    };
}

worded! {
    /// What a program that asked for a token got.
    LendAnswer {
        /// A token.
        Lent = "lent",
        /// The word to ask again soon: the token is being renewed.
        Renewing = "renewing",
        /// The word to wait: the provider makes the chain wait.
        Waiting = "waiting",
        /// That a person must sign in.
        Broken = "broken",
        /// That the container was never authorized.
        Unlinked = "unlinked",
        /// Nothing, because Evergrant itself could not read or write.
        Failed = "failed",
    }
}

worded! {
    /// What a program that sent a request through the gate got.
    GateAnswer {
        /// The provider's answer, and no error.
        Passed = "passed",
        /// An earlier answer of the provider, which was kept.
        Kept = "kept",
        /// An error of the provider that blames the request.
        Refused = "refused",
        /// An error of the provider that blames itself.
        Trouble = "trouble",
        /// The word to wait: the provider's limits are reached.
        Held = "held",
        /// No token that the provider takes.
        NoToken = "no_token",
        /// Nothing: the provider could not be reached, or did not answer in time.
        Unreachable = "unreachable",
        /// Nothing: the request is none that is passed on.
        NotPassed = "not_passed",
        /// Nothing, because Evergrant itself could not read or write.
        Failed = "failed",
    }
}

worded! {
    /// What a program that asked for short-lived tokens got.
    IssueAnswer {
        /// The first pair of a family.
        Issued = "issued",
        /// The next pair.
        Rotated = "rotated",
        /// Nothing: the refresh token was used before, and its family is ended.
        Reused = "reused",
        /// Nothing: the refresh token or the scope is not in order.
        Refused = "refused",
        /// Nothing, because Evergrant itself could not read or write.
        Failed = "failed",
    }
}

worded! {
    /// How a token call ended.
    TokenOutcome {
        /// A refresh token brought the next link.
        Refreshed = "refreshed",
        /// An authorization code brought the first link.
        Exchanged = "exchanged",
        /// The provider refused.
        Refused = "refused",
        /// It was sent, and no answer came in time.
        NoAnswer = "no_answer",
        /// Nothing left this machine.
        NeverSent = "never_sent",
    }
}

worded! {
    /// Who mended a chain.
    RepairedBy {
        /// Auto-recovery.
        Itself = "itself",
        /// A person who signed in or pasted a token.
        Person = "person",
        /// A link that arrived late, or was kept beside.
        LateLink = "late_link",
    }
}

impl Figure {
    /// The word for what happened.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lend(_) => "lend",
            Self::Gate(_) => "gate",
            Self::Issue(_) => "issue",
            Self::TokenCall(_) => "token_call",
            Self::Break(_) => "break",
            Self::Repair(_) => "repair",
            Self::Run(_) => "run",
        }
    }

    /// The word for how.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Lend(answer) => answer.as_str(),
            Self::Gate(answer) => answer.as_str(),
            Self::Issue(answer) => answer.as_str(),
            Self::TokenCall(outcome) => outcome.as_str(),
            Self::Break(fault) => fault.code(),
            Self::Repair(by) => by.as_str(),
            Self::Run(outcome) => outcome.code(),
        }
    }

    /// Everything that can be counted, so that a metric stands at zero before it moves.
    pub fn all() -> impl Iterator<Item = Self> {
        let runs = RecoveryFailure::ALL.into_iter().filter(|failure| !failure.postpones());
        let runs = std::iter::once(RunOutcome::Recovered).chain(runs.map(RunOutcome::Failed));
        LendAnswer::ALL
            .iter()
            .copied()
            .map(Self::Lend)
            .chain(GateAnswer::ALL.iter().copied().map(Self::Gate))
            .chain(IssueAnswer::ALL.iter().copied().map(Self::Issue))
            .chain(TokenOutcome::ALL.iter().copied().map(Self::TokenCall))
            .chain(Fault::ALL.into_iter().map(Self::Break))
            .chain(RepairedBy::ALL.iter().copied().map(Self::Repair))
            .chain(runs.map(Self::Run))
    }
}

impl LendAnswer {
    /// What a lending came to.
    pub const fn of(lent: &Result<Lent, LendError>) -> Self {
        match lent {
            Ok(_) => Self::Lent,
            Err(LendError::Renewing { .. }) => Self::Renewing,
            Err(LendError::Waiting { .. }) => Self::Waiting,
            Err(LendError::Broken { .. }) => Self::Broken,
            Err(LendError::Unlinked | LendError::NotFound) => Self::Unlinked,
            Err(LendError::Store(_) | LendError::Tell(_) | LendError::Guard(_)) => Self::Failed,
        }
    }
}

impl IssueAnswer {
    /// What asking for the first pair came to.
    pub(crate) const fn of_first(issued: &Result<Issued, IssueError>) -> Self {
        match issued {
            Ok(_) => Self::Issued,
            Err(IssueError::Scope(_)) => Self::Refused,
            Err(IssueError::Store(_)) => Self::Failed,
        }
    }

    /// What asking for the next pair came to.
    pub(crate) const fn of_next(issued: &Result<Issued, RefreshError>) -> Self {
        match issued {
            Ok(_) => Self::Rotated,
            Err(RefreshError::Reused) => Self::Reused,
            Err(
                RefreshError::Unknown
                | RefreshError::OtherClient
                | RefreshError::Over
                | RefreshError::JustUsed
                | RefreshError::Scope(_),
            ) => Self::Refused,
            Err(RefreshError::Store(_) | RefreshError::Interrupted) => Self::Failed,
        }
    }
}

impl GateAnswer {
    /// What a request through the gate came to.
    pub(crate) fn of(passed: &Result<Passed, GateError>) -> Self {
        match passed {
            Ok(passed) if passed.kept => Self::Kept,
            Ok(passed) => match passed.answer.status {
                StatusCode::TOO_MANY_REQUESTS => Self::Held,
                status if status.is_client_error() => Self::Refused,
                status if status.is_server_error() => Self::Trouble,
                _ => Self::Passed,
            },
            Err(GateError::Held { .. }) => Self::Held,
            Err(
                GateError::Lend(
                    LendError::Renewing { .. }
                    | LendError::Waiting { .. }
                    | LendError::Broken { .. }
                    | LendError::Unlinked
                    | LendError::NotFound,
                )
                | GateError::TokenRefused { .. },
            ) => Self::NoToken,
            Err(GateError::Unreachable(_) | GateError::Slow) => Self::Unreachable,
            Err(GateError::Path(_) | GateError::Method) => Self::NotPassed,
            Err(
                GateError::Store(_)
                | GateError::Lend(LendError::Store(_) | LendError::Tell(_) | LendError::Guard(_)),
            ) => Self::Failed,
        }
    }
}
