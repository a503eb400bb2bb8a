//! A store whose containers are really connected: each went through the authorization code grant
//! at the sandbox, with a user of its own, and so has a chain of its own.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use engine::clock::Clock;
use engine::guard::secret::{ClientSecret, Password};
use engine::view::{DatabaseFilter, Standing};
use engine::{
    Callback, ContainerEntry, Engine, EngineOptions, GrantOutcome, NewContainer, NewDatabase, Operator,
    RegistrationForm,
};
use exact_sandbox::{Client, Company, Options, Sandbox, User};
use futures::{StreamExt, TryStreamExt};
use serde_json::json;
use tempfile::TempDir;
use url::Url;

use crate::clock::Stopwatch;
use crate::postgres;

/// Containers in the store, each in a database of its own.
pub const MANY: usize = 1_000;
/// The operator's name.
pub const NAME: &str = "anna@evergrant.example";
/// The operator's password.
pub const PASSWORD: &str = "a password for measuring only";

/// The client id of the app.
pub const CLIENT: &str = "{7b1f2a52-0000-4000-8000-00000000be7c}";
const SECRET: &str = "client-secret-for-measuring";
const BROWSER: &str = "the browser that measures";
/// The address that the provider sends browsers back to; nobody listens there.
const PUBLIC_URL: &str = "http://127.0.0.1:3000";
/// Grants that are walked at the same time.
const AT_ONCE: usize = 8;
/// Divisions are numbers from here on, one a user: the provider limits calls a division.
const FIRST_DIVISION: i64 = 100_001;

/// The store with many connected containers, made when first asked for.
#[derive(Default)]
pub struct Connected(Option<Store>);

/// A store with many connected containers that nobody has open, and the provider of its chains.
pub struct Store {
    folder: Folder,
    _sandbox: Sandbox,
}

/// A folder with the keys of a store, and the store itself unless it is at PostgreSQL; it is removed
/// when dropped.
pub struct Folder {
    folder: TempDir,
    url: String,
}

impl Connected {
    /// The store.
    pub async fn store(&mut self) -> Result<&Store> {
        let store = match self.0.take() {
            Some(store) => store,
            None => Store::make().await.context("could not prepare a store")?,
        };
        Ok(self.0.insert(store))
    }
}

impl Store {
    /// The folder that it lies in.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    async fn make() -> Result<Self> {
        eprintln!("bench: connecting {MANY} containers …");
        let watch = Stopwatch::start();
        let sandbox = Sandbox::start(Options::default()).await.context("could not start the sandbox")?;
        let folder = Folder::make().await?;
        let engine = folder.open(Clock::system()).await?;
        fill(&engine, &sandbox, MANY).await?;
        engine.add_operator(NAME, Password::new(PASSWORD.to_owned())).await?;
        close(engine).await?;
        eprintln!("bench: connected in {:.0} s", watch.passed().as_secs_f64());
        Ok(Self { folder, _sandbox: sandbox })
    }
}

impl Folder {
    /// A folder with an empty store of this version.
    pub async fn make() -> Result<Self> {
        let folder = tempfile::tempdir().context("could not make a folder")?;
        let url = format!("sqlite://{}", folder.path().join("evergrant.db").display());
        engine::migrate::<migrations::Migrator>(&url).await?;
        Ok(Self { folder, url })
    }

    /// The same with the store in a new database of the PostgreSQL server that is named.
    pub async fn make_at_postgres() -> Result<Self> {
        let folder = tempfile::tempdir().context("could not make a folder")?;
        let url = postgres::database().await?;
        engine::migrate::<migrations::Migrator>(&url).await?;
        Ok(Self { folder, url })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Opens an engine on the store.
    pub async fn open(&self, clock: Clock) -> Result<Engine> {
        self.open_at(Url::parse(PUBLIC_URL)?, clock).await
    }

    /// The same, at another public address.
    pub async fn open_at(&self, public_url: Url, clock: Clock) -> Result<Engine> {
        let options = EngineOptions {
            database_url: self.url.clone(),
            data_dir: self.path().to_owned(),
            master_key_file: None,
            master_key: None,
            public_url,
            allow_return_to: Vec::new(),
            outgoing: engine::alert::Outgoing::default(),
            clock,
            on_boundary: None,
        };
        Engine::open(options).await.context("could not open the engine")
    }
}

/// Makes databases with one connected container each; returns the containers.
pub async fn fill(engine: &Engine, sandbox: &Sandbox, many: usize) -> Result<Vec<ContainerEntry>> {
    let users: Vec<User> =
        (0..many).map(|number| User::new(format!("user-{number}@example.nl"), "unused password")).collect();
    fill_with(engine, sandbox, users, None).await
}

/// The same with one container for each of these users, and with a timing of one's own.
///
/// The containers come in the order of their users.
pub async fn fill_with(
    engine: &Engine,
    sandbox: &Sandbox,
    users: Vec<User>,
    timing: Option<&str>,
) -> Result<Vec<ContainerEntry>> {
    let many = users.len();
    let operator = engine.administrator().await?;
    let form = RegistrationForm {
        id: None,
        name: "Exact Online".to_owned(),
        country: "nl".to_owned(),
        base_url: Some(sandbox.url()),
        client_id: CLIENT.to_owned(),
        client_secret: Some(ClientSecret::new(SECRET.to_owned())),
        timing: timing.map(ToOwned::to_owned),
        provider: "exact".to_owned(),
        // The second origin is where the newer sign-in pages are.
        custom: Some(json!({ "origins": [sandbox.identity_url()] }).to_string()),
        pkce: true,
    };
    let registration = operator.save_registration(form).await?;
    let registrations = operator.registrations().await?;
    let made = registrations.into_iter().next().context("one app registration was made")?;
    sandbox.add_client(Client::new(CLIENT, SECRET, made.redirect_uri));
    let wishes = (1..=many)
        .map(|number| NewDatabase {
            slug: None,
            name: format!("Company {number:04}"),
            containers: vec![NewContainer {
                alias: "exact".to_owned(),
                registration,
                warm: false,
                cache_seconds: 0,
            }],
        })
        .collect();
    operator.create_all(wishes).await?;
    let databases = operator.inventory().await?;
    let containers: Vec<ContainerEntry> = databases.into_iter().flat_map(|entry| entry.containers).collect();
    let names: Vec<String> = users.iter().map(|user| user.name.clone()).collect();
    for (number, user) in users.into_iter().enumerate() {
        add_user(sandbox, number, user)?;
    }
    let grants = containers.iter().zip(&names).map(|(container, user)| {
        let (operator, slug) = (&operator, made.slug.as_str());
        async move { connect(engine, operator, sandbox, slug, container, user).await }
    });
    futures::stream::iter(grants).buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await?;
    let live = DatabaseFilter { standing: Some(Standing::Live), ..DatabaseFilter::default() };
    let found = operator.databases(&live).await?.matching;
    ensure!(found == many as u64, "only {found} of {many} containers are connected");
    Ok(containers)
}

/// Lets go of the store, so that another process can open it.
pub async fn close(engine: Engine) -> Result<()> {
    let stopped = tokio::time::timeout(Duration::from_secs(60), engine.shutdown()).await;
    stopped.context("the engine did not stop")?;
    let store = engine.store().clone();
    drop(engine);
    store.close().await.context("could not close the store")
}

/// Adds a user with a company of its own.
pub fn add_user(sandbox: &Sandbox, number: usize, user: User) -> Result<()> {
    let division = FIRST_DIVISION + i64::try_from(number)?;
    sandbox.add_company(Company { division, name: format!("Company {division}"), accounts: 1 });
    sandbox.add_user(User { divisions: vec![division], ..user });
    Ok(())
}

/// Walks the grant; the provider's pages are left out, its token endpoint and API are not.
async fn connect(
    engine: &Engine,
    operator: &Operator,
    sandbox: &Sandbox,
    registration: &str,
    container: &ContainerEntry,
    user: &str,
) -> Result<()> {
    let sent = operator.begin_grant(container.id, BROWSER, None).await?;
    let field =
        |name: &str| sent.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let redirect = field("redirect_uri").context("the grant names no redirect URI")?;
    let code = sandbox.authorize(CLIENT, user, &redirect, field("code_challenge").as_deref());
    let callback = Callback { state: field("state"), code: Some(code), error: None };
    match engine.finish_grant(registration, callback, BROWSER).await.outcome {
        GrantOutcome::Renewed(Some(_)) => Ok(()),
        other => bail!("a grant ended with {other:?}"),
    }
}
