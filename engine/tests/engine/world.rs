//! One engine, one sandbox, one clock for both.

use std::path::Path;
use std::time::Duration;

use chain::{ContainerId, Time};
use engine::alert::Outgoing;
use engine::clock::{Clock, Hand};
use engine::guard::secret::{ClientSecret, RefreshToken};
use engine::view::{ContainerStatus, ContainerView, StateName};
use engine::{Callback, Engine, EngineOptions, FinishedGrant, Operator, RegistrationForm};
use exact_sandbox::{Client, Options, Sandbox, User};
use tempfile::TempDir;
use url::Url;

use crate::stores::{Store, options, stores};

pub const CLIENT: &str = "{5c1d0f0e-0000-4000-8000-0000000000aa}";
pub const SECRET: &str = "client-secret-of-the-test";
pub const ANNA: &str = "anna@example.nl";
pub const BRAM: &str = "bram@example.nl";
pub const START: i64 = 1_800_000_000_000;
pub const BROWSER: &str = "the browser of the test";

pub struct World {
    pub engine: Engine,
    pub operator: Operator,
    pub sandbox: Sandbox,
    pub hand: Hand,
    pub slug: String,
    outgoing: Outgoing,
    url: String,
    folder: TempDir,
}

/// Runs a story once on every store there is.
pub async fn on_each_store(story: impl AsyncFn(World)) {
    on_each_store_with(Options::default(), None, story).await;
}

/// The same with a sandbox and a timing of one's own.
pub async fn on_each_store_with(options: Options, timing: Option<&str>, story: impl AsyncFn(World)) {
    for store in stores() {
        story(World::new(store, options.clone(), timing, Outgoing::default()).await).await;
    }
}

/// The same with what alerts are sent with.
pub async fn on_each_store_sending(outgoing: &Outgoing, timing: &str, story: impl AsyncFn(World)) {
    for store in stores() {
        let world = World::new(store, Options::default(), Some(timing), outgoing.clone()).await;
        story(world).await;
    }
}

/// Runs a story on PostgreSQL only, where one is named: several processes share no SQLite file.
pub async fn on_postgres(story: impl AsyncFn(World)) {
    on_postgres_with(None, story).await;
}

/// The same with a timing of one's own.
pub async fn on_postgres_with(timing: Option<&str>, story: impl AsyncFn(World)) {
    for store in stores() {
        if matches!(store, Store::Postgres { .. }) {
            story(World::new(store, Options::default(), timing, Outgoing::default()).await).await;
        }
    }
}

/// The same on PostgreSQL only.
pub async fn on_postgres_sending(outgoing: &Outgoing, timing: &str, story: impl AsyncFn(World)) {
    for store in stores() {
        if matches!(store, Store::Postgres { .. }) {
            let world = World::new(store, Options::default(), Some(timing), outgoing.clone()).await;
            story(world).await;
        }
    }
}

async fn open(url: &str, folder: &Path, now: Time, outgoing: Outgoing) -> (Engine, Hand) {
    let (clock, hand) = Clock::manual(now);
    let options = EngineOptions { outgoing, ..options(url, folder, clock) };
    (Engine::open(options).await.unwrap(), hand)
}

impl World {
    async fn new(store: Store, mut options: Options, timing: Option<&str>, outgoing: Outgoing) -> Self {
        options.clock = exact_sandbox::Clock::Manual(START);
        let sandbox = Sandbox::start(options).await.unwrap();
        sandbox.add_client(Client {
            id: CLIENT.to_owned(),
            secret: SECRET.to_owned(),
            redirect_uris: vec!["http://127.0.0.1:3000/oauth/callback/exact-test".to_owned()],
        });
        sandbox.add_user(User::new(ANNA, "anna's password"));
        sandbox.add_user(User::new(BRAM, "bram's password"));
        let folder = tempfile::tempdir().unwrap();
        let url = store.open(folder.path()).await;
        engine::store::migrate::<migrations::Migrator>(&url).await.unwrap();
        let (engine, hand) = open(&url, folder.path(), Time::from_millis(START), outgoing.clone()).await;
        let operator = engine.administrator().await.unwrap();
        let slug = operator.create_database("Test").await.unwrap();
        let registration = RegistrationForm {
            id: None,
            name: "Exact test".to_owned(),
            country: "nl".to_owned(),
            base_url: Some(sandbox.url()),
            client_id: CLIENT.to_owned(),
            client_secret: Some(ClientSecret::new(SECRET.to_owned())),
            timing: timing.map(str::to_owned),
            provider: "exact".to_owned(),
            custom: Some(format!(r#"{{"origins":["{}"]}}"#, sandbox.identity_url())),
            pkce: true,
        };
        let registration = operator.save_registration(registration).await.unwrap();
        operator.create_container(&slug, "eol", registration, false).await.unwrap();
        Self { engine, operator, sandbox, hand, slug, outgoing, url, folder }
    }

    /// Another process on the same store, with a clock of its own that shows the same.
    pub async fn replica(&self) -> (Engine, Hand) {
        open(&self.url, self.folder.path(), self.engine.now(), self.outgoing.clone()).await
    }

    /// The same world with another process on the same store, once the first one has ended.
    pub async fn restarted(self) -> Self {
        self.while_closed(async |_, _| {}).await
    }

    /// The same, and what happens to store and folder while nobody has them open.
    pub async fn while_closed(self, happens: impl AsyncFnOnce(&str, &Path)) -> Self {
        let Self { engine, operator, sandbox, hand: _, slug, outgoing, url, folder } = self;
        let now = engine.now();
        engine.store().clone().close().await.unwrap();
        drop((engine, operator));
        happens(&url, folder.path()).await;
        let (engine, hand) = open(&url, folder.path(), now, outgoing.clone()).await;
        engine.take_up().await.unwrap();
        let operator = engine.administrator().await.unwrap();
        Self { engine, operator, sandbox, hand, slug, outgoing, url, folder }
    }

    /// Answers that wait in the spool.
    pub fn spooled(&self) -> usize {
        let folder = self.folder.path().join("spool");
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        names.filter(|path| path.extension().is_some_and(|extension| extension == "answer")).count()
    }

    pub async fn container(&self, alias: &str) -> ContainerView {
        let view = self.operator.database(&self.slug).await.unwrap().unwrap();
        view.containers.into_iter().find(|container| container.alias == alias).unwrap()
    }

    pub async fn id(&self) -> ContainerId {
        self.container("eol").await.id
    }

    pub async fn status(&self) -> ContainerStatus {
        self.container("eol").await.status
    }

    /// Another container with the same app registration.
    pub async fn another(&self, alias: &str) -> ContainerId {
        let registration = self.container("eol").await.registration;
        self.operator.create_container(&self.slug, alias, registration, false).await.unwrap()
    }

    /// Walks the grant at the sandbox, its pages left out.
    pub async fn grant(&self, container: ContainerId, user: &str) -> FinishedGrant {
        let url = self.operator.begin_grant(container, BROWSER, None).await.unwrap();
        let callback = self.sign_in(&url, user);
        self.engine.finish_grant("exact-test", callback, BROWSER).await
    }

    /// What the sandbox's redirect brings once the user has signed in.
    pub fn sign_in(&self, url: &Url, user: &str) -> Callback {
        let of =
            |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let challenge = of("code_challenge");
        let redirect = of("redirect_uri").unwrap();
        let code = self.sandbox.authorize(CLIENT, user, &redirect, challenge.as_deref());
        Callback { state: of("state"), code: Some(code), error: None }
    }

    /// Time passes for both, and whoever is due wakes.
    pub async fn pass(&self, by: Duration) {
        self.sandbox.advance(by);
        self.hand.advance(by);
        // A chain that is written at this very moment is due once more.
        while self.engine.wake_due().await.unwrap().is_some_and(|next| next <= self.engine.now()) {
            tokio::task::yield_now().await;
        }
    }

    pub async fn pass_seconds(&self, seconds: u64) {
        self.pass(Duration::from_secs(seconds)).await;
    }

    /// Waits until the container's state is this one: news comes over real sockets.
    pub async fn until(&self, state: StateName) -> ContainerStatus {
        self.until_that(|status| status.state == state).await
    }

    pub async fn until_that(&self, holds: impl Fn(&ContainerStatus) -> bool) -> ContainerStatus {
        let mut changes = self.engine.changes();
        let wait = async {
            loop {
                let status = self.status().await;
                if holds(&status) {
                    return status;
                }
                changes.recv().await.unwrap();
            }
        };
        match tokio::time::timeout(Duration::from_secs(30), wait).await {
            Ok(status) => status,
            Err(_) => panic!("it never came to that; the container is {:?}", self.status().await),
        }
    }

    pub async fn adopt(&self, user: &str) {
        let issued = self.sandbox.issue(CLIENT, user);
        let token = RefreshToken::new(issued.refresh_token);
        self.operator.adopt(self.id().await, token).await.unwrap();
    }
}
