//! The engine: everything it needs to keep chains alive, in one cheap handle.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, RwLock};

use chain::{ChainId, Rules, Time};
use policy::{Kind, Policies};
use thiserror::Error;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;
use url::Url;

use crate::account::Failures;
use crate::alert::{MailServer, Outgoing, Webhooks};
use crate::clock::Clock;
use crate::consumer::{Allowances, Kept, Question, Seen, Uses};
use crate::figures::Figures;
use crate::gate::{Cache, Traffic, Upstream};
use crate::gathered::{Gathered, READ_AT_ONCE};
use crate::guard::{Guard, GuardError, KeyringError};
use crate::issued::{ISSUED_AT_ONCE, Issued, Wish};
use crate::keeper::{Boundary, Spool, Watch};
use crate::lend::{Doors, Tokens};
use crate::provider::Http;
use crate::recover::Proofs;
use crate::rotation::Looked;
use crate::store::issued_tokens::{Found, Hash};
use crate::store::{self, Store, StoreError, chains, consumers};
use crate::throttle::Throttle;

/// What an engine is opened with.
pub struct EngineOptions {
    /// `sqlite://…` or `postgres://…`.
    pub database_url: String,
    /// Where keys and the spool are.
    pub data_dir: PathBuf,
    /// The master key ring's file; `<data_dir>/master.key` when absent.
    pub master_key_file: Option<PathBuf>,
    /// The master key ring itself, instead of a file.
    pub master_key: Option<String>,
    /// Where browsers reach Evergrant; redirect URIs begin with it.
    pub public_url: Url,
    /// Origins besides our own that a renew link may lead back to.
    pub allow_return_to: Vec<String>,
    /// What alerts are sent with.
    pub outgoing: Outgoing,
    /// The clock.
    pub clock: Clock,
    /// Told at each boundary of the spend protocol; tests end the process there.
    pub on_boundary: Option<Arc<dyn Fn(Boundary) + Send + Sync>>,
}

/// Why an engine could not be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeyringError),
    /// A key does not open what it should open.
    #[error(transparent)]
    Guard(#[from] GuardError),
    /// The data folder cannot be made or written.
    #[error("cannot use the data folder {path}")]
    DataDir {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// No HTTP client.
    #[error("cannot set up the HTTP client")]
    Http(#[from] reqwest::Error),
}

/// A cheap handle; clones share everything.
#[derive(Clone)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub db: Store,
    pub guard: Guard,
    pub clock: Clock,
    pub http: Http,
    pub public_url: Url,
    pub allow_return_to: Vec<String>,
    /// Names this process in leases; another after each start.
    pub owner: String,
    pub watch: Watch,
    pub spool: Spool,
    /// Work that must end before the process does: token calls above all.
    pub tasks: TaskTracker,
    pub stop: CancellationToken,
    /// Rung when a chain's next wake-up moved.
    pub due: Notify,
    pub throttle: Throttle,
    pub failures: Failures,
    pub doors: Doors,
    /// Access tokens that were taken out of their seals to be lent.
    pub tokens: Tokens,
    /// What lending read of the store.
    pub kept: Kept,
    pub uses: Uses,
    pub allowances: Allowances,
    /// Keys and tokens that requests at this moment bring, and tokens that wait to be issued.
    pub keys: Gathered<String, Result<Option<Arc<consumers::Row>>, StoreError>>,
    pub tokens_looked_for: Gathered<Hash, Result<Option<Arc<Found>>, StoreError>>,
    pub issuing: Gathered<Wish, Result<Issued, StoreError>>,
    /// Containers that requests at this moment name, and chains that callers wait for.
    pub places: Gathered<Question, Result<Option<Seen>, StoreError>>,
    pub chains: Gathered<ChainId, Result<Option<Arc<chains::Row>>, StoreError>>,
    /// The way to the providers' data, what is kept of it, and how much may be asked.
    pub upstream: Upstream,
    pub cache: Arc<Cache>,
    pub traffic: Traffic,
    /// Passwords that a test proved a moment ago.
    pub proofs: Proofs,
    pub keys_generated: bool,
    /// The mail server for alerts.
    pub mail: Option<Arc<MailServer>>,
    pub webhooks: Webhooks,
    /// Rung when an alert was written.
    pub alerting: Notify,
    /// Rung when keys were rotated.
    pub resealing: Notify,
    pub looked: Looked,
    /// Rung when a policy was changed.
    pub reaching: Notify,
    pub figures: Figures,
    /// How long things live of which no policy says it.
    pub lifetimes: RwLock<Policies>,
    on_boundary: Option<Arc<dyn Fn(Boundary) + Send + Sync>>,
}

impl Engine {
    /// Opens the store, checks that it is of this version, and loads the keys.
    ///
    /// # Errors
    /// See [`OpenError`]; nothing is written over what is there.
    pub async fn open(options: EngineOptions) -> Result<Self, OpenError> {
        let http = Http::new()?;
        let webhooks = Webhooks::new(&options.outgoing.allow_private, options.outgoing.patience)?;
        std::fs::create_dir_all(&options.data_dir)
            .map_err(|source| OpenError::DataDir { path: options.data_dir.clone(), source })?;
        let db = store::open(&options.database_url).await?;
        store::check(&db).await?;
        let named: BTreeSet<String> = store::keys::master_key_ids(&db).await?;
        let (keyring, generated) = match (&options.master_key, &options.master_key_file) {
            (Some(text), _) => (crate::guard::Keyring::parse(text)?, false),
            (None, Some(file)) => (crate::guard::Keyring::load(file)?, false),
            (None, None) => {
                let path = options.data_dir.join("master.key");
                crate::guard::Keyring::load_or_generate(&path, !named.is_empty())?
            }
        };
        keyring.must_hold(&named)?;
        let guard = Guard::new(keyring, options.clock.clone());
        guard.check(&db).await?;
        let spool = Spool::open(options.data_dir.join("spool"))
            .map_err(|source| OpenError::DataDir { path: options.data_dir.join("spool"), source })?;
        let kept = Kept::new(store::tending::is_single_process(&db));
        let inner = Inner {
            db,
            guard,
            http,
            public_url: options.public_url,
            allow_return_to: options.allow_return_to,
            owner: crate::random::name(),
            watch: Watch::default(),
            spool,
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            due: Notify::new(),
            throttle: Throttle::default(),
            failures: Failures::default(),
            doors: Doors::default(),
            tokens: Tokens::default(),
            kept,
            uses: Uses::default(),
            allowances: Allowances::default(),
            keys: Gathered::of(READ_AT_ONCE),
            tokens_looked_for: Gathered::of(READ_AT_ONCE),
            issuing: Gathered::of(ISSUED_AT_ONCE),
            places: Gathered::of(READ_AT_ONCE),
            chains: Gathered::of(READ_AT_ONCE),
            upstream: Upstream::new()?,
            cache: Arc::default(),
            traffic: Traffic::default(),
            proofs: Proofs::default(),
            keys_generated: generated,
            mail: options.outgoing.mail,
            webhooks,
            alerting: Notify::new(),
            resealing: Notify::new(),
            looked: Looked::default(),
            reaching: Notify::new(),
            figures: Figures::default(),
            lifetimes: RwLock::default(),
            clock: options.clock,
            on_boundary: options.on_boundary,
        };
        let engine = Self { inner: Arc::new(inner) };
        engine.ensure_organisation().await?;
        Ok(engine)
    }

    /// Now.
    pub fn now(&self) -> Time {
        self.inner.clock.now()
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// The store, for sessions and for measuring.
    pub fn store(&self) -> &Store {
        &self.inner.db
    }

    /// Where browsers reach Evergrant.
    pub fn public_url(&self) -> &Url {
        &self.inner.public_url
    }

    /// Whether this start made a new master key file.
    pub fn keys_generated(&self) -> bool {
        self.inner.keys_generated
    }

    /// Whether the store can be reached and is of this version.
    ///
    /// # Errors
    /// What is wrong with the store.
    pub async fn ready(&self) -> Result<(), StoreError> {
        store::check(&self.inner.db).await
    }

    /// Hears of every chain that changes from now on.
    pub fn changes(&self) -> tokio::sync::broadcast::Receiver<ChainId> {
        self.inner.watch.subscribe()
    }

    /// Waits until changes that other processes make are heard at once; for ever on a store that has one.
    pub async fn hears_replicas(&self) {
        self.inner.watch.listening().await;
    }

    /// Lets no new work begin, waits for the token calls in flight, and writes down what was counted.
    pub async fn shutdown(&self) {
        self.inner.stop.cancel();
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
        if let Err(error) = self.give_back().await {
            tracing::error!(error = crate::report(&error), "unused calls could not be given back");
        }
        if let Err(error) = self.write_failures(None).await {
            tracing::error!(error = crate::report(&error), "the last failed sign-ins were not written down");
        }
        if let Err(error) = self.write_sums().await {
            tracing::error!(error = crate::report(&error), "the last figures could not be written");
        }
    }

    /// Starts work that goes on when whoever asked for it hangs up. What it logs still stands under
    /// the request that caused it.
    pub(crate) fn begin<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        self.inner.tasks.spawn(work.in_current_span())
    }

    pub(crate) fn boundary(&self, boundary: Boundary) {
        if let Some(told) = &self.inner.on_boundary {
            told(boundary);
        }
    }

    pub(crate) async fn rules(&self, row: &chains::Row, now: Time) -> Result<Rules, StoreError> {
        let db = &self.inner.db;
        let warm = store::containers::any_warm(db, row.chain.id).await?;
        let registration = store::registrations::find(db, row.registration)
            .await?
            .ok_or_else(|| StoreError::Lost { table: "registrations", row: row.registration.to_string() })?;
        let mut rules = registration.profile()?.rules(warm, now);
        // No link is kept for longer than the organisation lets it, and none ends for want of use before.
        let longest = self.policies(row.organisation).await?.of(Kind::UpstreamLink).policy.lifetime();
        if longest < rules.idle_life {
            rules.idle_life = longest;
            rules.keep_alive = rules.keep_alive.min(longest / 2);
        }
        // The organisation's switch: no run begins while it is off.
        if !store::organisations::recovery_enabled(db, row.organisation).await? {
            rules.recovery.tries_a_day = 0;
        }
        Ok(rules)
    }
}
