//! Everything that the sandbox remembers, behind one lock.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use crate::browsers::Browsers;
use crate::chains::{Chains, Holder, Issued};
use crate::clients::Clients;
use crate::clock::{Hands, millis};
use crate::codes::Codes;
use crate::companies::Companies;
use crate::counts::Counts;
use crate::faults::Faults;
use crate::generation::Generation;
use crate::identity::journeys::Journeys;
use crate::limits::Limits;
use crate::options::Options;
use crate::origins::Origins;
use crate::sign_in_faults::SignInFaults;
use crate::sign_ins::Register;
use crate::users::{UserName, Users};

/// The state that all requests share.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) options: Options,
    pub(crate) clock: Hands,
    pub(crate) clients: Clients,
    pub(crate) users: Users,
    pub(crate) codes: Codes,
    pub(crate) chains: Chains,
    pub(crate) browsers: Browsers,
    pub(crate) journeys: Journeys,
    pub(crate) companies: Companies,
    pub(crate) limits: Limits,
    pub(crate) faults: Faults,
    pub(crate) sign_in_faults: SignInFaults,
    pub(crate) sign_ins: Register,
    /// Token calls per holder: the UTC day and how many.
    pub(crate) token_calls: HashMap<Holder, (i64, u32)>,
    pub(crate) counts: Counts,
    /// Asks the door to stay shut for a while.
    pub(crate) pauses: Option<UnboundedSender<Duration>>,
    /// Where browsers and programs find the sandbox.
    pub(crate) origins: Origins,
}

impl World {
    pub(crate) fn new(options: Options) -> Self {
        Self {
            clock: Hands::new(options.clock),
            clients: Clients::new(options.open_clients),
            users: Users::default(),
            codes: Codes::default(),
            chains: Chains::default(),
            browsers: Browsers::default(),
            journeys: Journeys::default(),
            companies: Companies::default(),
            limits: Limits::default(),
            faults: Faults::new(options.seed),
            sign_in_faults: SignInFaults::new(options.seed),
            sign_ins: Register::default(),
            token_calls: HashMap::new(),
            counts: Counts::default(),
            pauses: None,
            origins: Origins::default(),
            options,
        }
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// The pages at which this user signs in; nobody learns from them who exists.
    pub(crate) fn generation_of(&self, user: &UserName) -> Generation {
        let chosen = self.users.find(user).and_then(|account| account.user.generation);
        chosen.unwrap_or(self.options.generation)
    }

    /// Hands out a first pair; an older chain of the holder ends.
    pub(crate) fn begin_chain(&mut self, holder: Holder) -> Issued {
        let now = self.now();
        self.chains.begin(holder, now, &self.options)
    }

    /// Writes an authorization code.
    pub(crate) fn write_code(
        &mut self,
        holder: Holder,
        redirect_uri: String,
        code_challenge: Option<String>,
    ) -> String {
        let until = self.now().saturating_add(millis(self.options.code_lifetime));
        self.codes.write(holder, redirect_uri, code_challenge, until)
    }

    /// The counts with the figures that are read off the chains.
    pub(crate) fn counts(&self) -> Counts {
        let (max_presented, max_accepted) = self.chains.most_used();
        Counts { max_presented, max_accepted, ..self.counts.clone() }
    }
}

/// The world as requests hold it.
#[derive(Clone, Debug)]
pub(crate) struct Shared(Arc<Mutex<World>>);

impl Shared {
    pub(crate) fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(world)))
    }

    /// Locks the world; never held across an await.
    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
