//! What pages and the API show: plain values, read from the store, without any secret.

mod alerts;
mod consumers;
mod hours;
mod keys;
mod monitoring;
mod policies;
mod recovery;
mod repairs;
mod round;

pub use alerts::{AlertTargetView, DeliveryView};
pub use consumers::{ConsumerStanding, ConsumerView, KeyLife, ReachableDatabase};
pub use hours::{HourView, MOST_HOURS};
pub use keys::{DataKeyView, KeyPurpose, KeysView, MasterKeyView};
pub use monitoring::{Closed, Cursor, MessageFilter, MessageView, MessagesView, NextStepView, StateCount};
pub use policies::{
    Criterion, Living, PoliciesView, PolicyPreview, PolicyView, Reached, Receipt, Size, Went, What,
};
pub(crate) use recovery::days_whole;
pub use recovery::{
    RecoveryMark, RecoveryView, Retention, RunKind, RunOutcome, RunView, RunningView, StoredCredentials,
    TestedView, TraceView,
};
pub use repairs::{PlaceView, RepairItem};
pub use round::{RoundView, StopCame, StopView};

use chain::{ContainerId, Fault, RegistrationId, Time, Wake};

/// A list of databases, one page of it.
#[derive(Clone, Debug)]
pub struct DatabasePage {
    /// The databases of this page.
    pub rows: Vec<DatabaseRow>,
    /// How many databases match the filter.
    pub matching: u64,
    /// How many databases the organisation has.
    pub total: u64,
    /// The page shown, from 1 on.
    pub page: u64,
    /// How many pages there are, at least 1.
    pub pages: u64,
}

/// One database in the list.
#[derive(Clone, Debug)]
pub struct DatabaseRow {
    /// Its address part.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The providers of its containers and where they are, each once, as `exact nl`.
    pub providers: Vec<String>,
    /// The state of each container, in the order of their aliases.
    pub states: Vec<StateName>,
    /// How many of its containers need a person.
    pub repairs: u64,
    /// When the first of its access tokens ends, if one holds.
    pub fresh_until: Option<Time>,
    /// When a program last took a token.
    pub last_used_at: Option<Time>,
}

/// Which databases to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DatabaseFilter {
    /// Part of the name or the slug; empty for all.
    pub search: String,
    /// Only databases with a container in this standing.
    pub standing: Option<Standing>,
    /// The order.
    pub sort: DatabaseSort,
    /// The page, from 1 on; beyond the last the last is shown.
    pub page: u64,
}

/// A standing to filter by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Needs a person.
    Repair,
    /// Live.
    Live,
    /// Waits, is in doubt, is being renewed or recovered.
    Busy,
    /// Never authorized.
    Unlinked,
}

/// The order of a list of databases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DatabaseSort {
    /// By name.
    #[default]
    Name,
    /// Those with the most repairs first.
    Repairs,
    /// Those whose token ends first first.
    Freshness,
}

/// The state of a container's chain, without what it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StateName {
    /// Never authorized.
    Unlinked,
    /// At rest.
    Live,
    /// Being renewed.
    Spending,
    /// Sent without an answer.
    InDoubt,
    /// Waiting.
    Waiting,
    /// Being recovered.
    Recovering,
    /// Needs a person.
    Broken,
}

impl StateName {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Unlinked,
        Self::Live,
        Self::Spending,
        Self::InDoubt,
        Self::Waiting,
        Self::Recovering,
        Self::Broken,
    ];

    /// What the word means.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// The word used in the API, in addresses and in style sheets.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unlinked => "unlinked",
            Self::Live => "live",
            Self::Spending => "spending",
            Self::InDoubt => "in_doubt",
            Self::Waiting => "waiting",
            Self::Recovering => "recovering",
            Self::Broken => "broken",
        }
    }

    /// The name of a chain's state.
    pub const fn of(state: &chain::State) -> Self {
        match state {
            chain::State::Unlinked => Self::Unlinked,
            chain::State::Live(_) => Self::Live,
            chain::State::Spending { .. } => Self::Spending,
            chain::State::InDoubt { .. } => Self::InDoubt,
            chain::State::Waiting { .. } => Self::Waiting,
            chain::State::Recovering { .. } => Self::Recovering,
            chain::State::Broken { .. } => Self::Broken,
        }
    }
}

/// One database with its containers.
#[derive(Clone, Debug)]
pub struct DatabaseView {
    /// Its address part.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its containers, by alias.
    pub containers: Vec<ContainerView>,
}

/// One data container.
#[derive(Clone, Debug)]
pub struct ContainerView {
    /// Its id.
    pub id: ContainerId,
    /// Its name within the database.
    pub alias: String,
    /// The app registration it signs in with.
    pub registration: RegistrationId,
    /// That registration's name.
    pub registration_name: String,
    /// The provider, such as `exact`.
    pub provider: String,
    /// Where the provider is: the country's code, such as `nl`, or the host of a custom one.
    pub place: String,
    /// Kept fresh all the time.
    pub warm: bool,
    /// For how long the gate keeps answers, in seconds; 0 for not at all.
    pub cache_seconds: u32,
    /// The upstream user, once known: name and id.
    pub upstream_user: Option<UpstreamUser>,
    /// Where its chain stands.
    pub status: ContainerStatus,
    /// A different user signed in; the operator has to choose between that one and the old one.
    pub other_user: Option<UpstreamUser>,
    /// How many other containers share its chain.
    pub shared_with: u64,
}

/// Who signed in at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamUser {
    /// The provider's id of the user.
    pub id: String,
    /// The user's name at the provider.
    pub name: String,
}

/// Where a chain stands, in what changes while somebody looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerStatus {
    /// The state's name.
    pub state: StateName,
    /// What is wrong, if anything.
    pub fault: Option<Fault>,
    /// Since when it is in this state, where that is known.
    pub since: Option<Time>,
    /// The number of the newest link.
    pub generation: Option<u32>,
    /// When the access token ends.
    pub access_until: Option<Time>,
    /// When the refresh token ends if unused.
    pub refresh_until: Option<Time>,
    /// When the newest link arrived.
    pub last_refreshed_at: Option<Time>,
    /// From when on the provider accepts a refresh.
    pub refresh_from: Option<Time>,
    /// The next automatic step.
    pub next_step: Option<(Wake, Time)>,
    /// How its auto-recovery stands.
    pub recovery: RecoveryMark,
}

impl ContainerStatus {
    /// A container that was never authorized.
    pub const fn unlinked() -> Self {
        Self {
            state: StateName::Unlinked,
            fault: None,
            since: None,
            generation: None,
            access_until: None,
            refresh_until: None,
            last_refreshed_at: None,
            refresh_from: None,
            next_step: None,
            recovery: RecoveryMark::NONE,
        }
    }
}

/// One line of the journal.
#[derive(Clone, Debug)]
pub struct JournalEntry {
    /// When.
    pub at: Time,
    /// Who: `operator:<name>` or `system`.
    pub actor: String,
    /// What, as a word such as `refreshed`.
    pub action: String,
    /// The message code, where there is one.
    pub code: Option<String>,
    /// The generation it was about.
    pub generation: Option<u32>,
    /// More, in a few words.
    pub detail: Option<String>,
}

/// An app registration.
#[derive(Clone, Debug)]
pub struct RegistrationView {
    /// Its id.
    pub id: RegistrationId,
    /// Its address part, in the redirect URI.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The provider, such as `exact`.
    pub provider: String,
    /// The country's code; of no meaning to a custom provider.
    pub country: String,
    /// Where the provider is: the country's code, or the host of a custom one.
    pub place: String,
    /// An override of the provider's address, where there is one.
    pub base_url: Option<String>,
    /// The client id.
    pub client_id: String,
    /// Overrides of the timing, as JSON.
    pub timing: Option<String>,
    /// What a custom provider is, as JSON.
    pub custom: Option<String>,
    /// Whether a PKCE challenge is sent.
    pub pkce: bool,
    /// The redirect URI to enter at the provider.
    pub redirect_uri: String,
    /// The provider refused client id or secret, since then.
    pub refused_since: Option<Time>,
    /// How many containers use it.
    pub containers: u64,
}

/// What the frame of every page shows.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The organisation's name.
    pub organisation: String,
    /// The operator's name.
    pub operator: String,
    /// Databases that need repair.
    pub repairs: u64,
}
