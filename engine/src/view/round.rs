//! What pages show of "Renew all".

use chain::{ContainerId, Fault, Time};

use super::{StateName, UpstreamUser};

/// A round over everything that is broken, walked by one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundView {
    /// When it was begun.
    pub started_at: Time,
    /// When the person stopped it.
    pub stopped_at: Option<Time>,
    /// Its grants, in the order in which they are walked.
    pub stops: Vec<StopView>,
}

/// One grant of a round: a chain, and one of its containers to renew it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopView {
    /// The database.
    pub database_slug: String,
    /// Its name.
    pub database_name: String,
    /// The container.
    pub container: ContainerId,
    /// Its alias.
    pub alias: String,
    /// How many other containers are mended with it.
    pub others: u32,
    /// Who has to sign in, once known.
    pub upstream_user: Option<UpstreamUser>,
    /// Where its chain stands now.
    pub state: StateName,
    /// Another user signed in and nobody has chosen yet.
    pub undecided: bool,
    /// What came of it.
    pub came: StopCame,
}

/// What came of a grant of a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopCame {
    /// Its turn has not come.
    Ahead,
    /// Its chain works again, and nobody had to sign in for it in this round.
    Mended,
    /// It is renewed; by whom is absent when the provider did not say in time.
    Renewed(Option<String>),
    /// Another user signed in than before.
    OtherUser(String),
    /// The person refused at the provider.
    Cancelled,
    /// The provider came back with an error instead of a code.
    Denied,
    /// The code could not be exchanged.
    Failed(Option<Fault>),
    /// The person left it out.
    Skipped,
}

impl RoundView {
    /// The grant whose turn it is; none once the round is stopped or over.
    pub fn next(&self) -> Option<&StopView> {
        let mut ahead = self.stops.iter().filter(|stop| stop.came == StopCame::Ahead);
        ahead.next().filter(|_| self.stopped_at.is_none())
    }

    /// How many grants are behind.
    pub fn done(&self) -> usize {
        self.stops.iter().filter(|stop| stop.came != StopCame::Ahead).count()
    }

    /// How many chains work again.
    pub fn mended(&self) -> usize {
        let works = |stop: &&StopView| matches!(stop.came, StopCame::Mended | StopCame::Renewed(_));
        self.stops.iter().filter(works).count()
    }
}
