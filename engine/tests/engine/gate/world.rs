//! One engine, the sandbox as authorization server, and a REST API of our own that shows what it gets.

use std::time::Duration;

use bytes::Bytes;
use chain::{ContainerId, RegistrationId, Time};
use engine::clock::{Clock, Hand};
use engine::gate::{Answer, Asked, FlowError, GateError};
use engine::guard::secret::ClientSecret;
use engine::{Callback, Engine, GrantOutcome, Operator, RegistrationForm};
use exact_sandbox::{Client, Options, Sandbox, User};
use futures::{StreamExt, stream};
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use tempfile::TempDir;

use super::upstream::Upstream;
use crate::stores::{self, stores};

pub const ANNA: &str = "anna@example.nl";
pub const BRAM: &str = "bram@example.nl";
pub const START: i64 = 1_800_000_000_000;
const BROWSER: &str = "the browser of the test";
const SECRET: &str = "client-secret-of-the-test";

pub struct World {
    pub engine: Engine,
    pub operator: Operator,
    pub sandbox: Sandbox,
    pub upstream: Upstream,
    pub hand: Hand,
    pub slug: String,
    /// Asks the sandbox's API.
    pub exact: ContainerId,
    /// Asks our own.
    pub own: ContainerId,
    url: String,
    folder: TempDir,
}

/// Runs a story once on every store there is.
pub async fn on_each_store(story: impl AsyncFn(World)) {
    on_each_store_with(None, story).await;
}

/// The same with a timing of one's own for our own API.
pub async fn on_each_store_with(timing: Option<&str>, story: impl AsyncFn(World)) {
    for store in stores() {
        let folder = tempfile::tempdir().unwrap();
        let url = store.open(folder.path()).await;
        story(World::new(url, folder, timing).await).await;
    }
}

async fn open(url: &str, folder: &TempDir, now: Time) -> (Engine, Hand) {
    let (clock, hand) = Clock::manual(now);
    (stores::open(url, folder.path(), clock).await, hand)
}

impl World {
    async fn new(url: String, folder: TempDir, timing: Option<&str>) -> Self {
        let options = Options { clock: exact_sandbox::Clock::Manual(START), ..Options::default() };
        let sandbox = Sandbox::start(options).await.unwrap();
        for name in ["exact", "own"] {
            let back = format!("http://127.0.0.1:3000/oauth/callback/{name}");
            sandbox.add_client(Client::new(client(name), SECRET, back));
        }
        sandbox.add_user(User::new(ANNA, "anna's password"));
        sandbox.add_user(User::new(BRAM, "bram's password"));
        let upstream = Upstream::start().await;
        engine::store::migrate::<migrations::Migrator>(&url).await.unwrap();
        let (engine, hand) = open(&url, &folder, Time::from_millis(START)).await;
        let operator = engine.administrator().await.unwrap();
        let slug = operator.create_database("Test").await.unwrap();
        let (none, at) = (ContainerId(0), sandbox.url());
        let mut world =
            Self { engine, operator, sandbox, upstream, hand, slug, exact: none, own: none, url, folder };
        let custom = serde_json::json!({
            "authorize": format!("{at}/api/oauth2/auth"),
            "token": format!("{at}/api/oauth2/token"),
            "probe": format!("{at}/api/v1/current/Me?$select=UserID,UserName"),
            "user_id": "/d/results/0/UserID",
            "api": format!("{}/v2", world.upstream.url),
        });
        let timing = timing.unwrap_or(r#"{"minimum_interval":570,"access_lifetime":600}"#);
        let exact = world.register("exact", "exact", None, None).await;
        let own = world.register("own", "custom", Some(timing), Some(custom.to_string())).await;
        world.exact = world.container("exact", exact, ANNA).await;
        world.own = world.container("own", own, ANNA).await;
        world
    }

    async fn register(
        &self,
        name: &str,
        provider: &str,
        timing: Option<&str>,
        custom: Option<String>,
    ) -> RegistrationId {
        let form = RegistrationForm {
            id: None,
            name: name.to_owned(),
            country: if provider == "exact" { "nl" } else { "" }.to_owned(),
            base_url: (provider == "exact").then(|| self.sandbox.url()),
            client_id: client(name),
            client_secret: Some(ClientSecret::new(SECRET.to_owned())),
            timing: timing.map(str::to_owned),
            provider: provider.to_owned(),
            custom,
            pkce: true,
        };
        self.operator.save_registration(form).await.unwrap()
    }

    /// A container that `user` authorized.
    pub async fn container(&self, alias: &str, registration: RegistrationId, user: &str) -> ContainerId {
        let id = self.operator.create_container(&self.slug, alias, registration, false).await.unwrap();
        self.grant(id, user).await;
        id
    }

    pub async fn registration(&self, name: &str) -> RegistrationId {
        let all = self.operator.registrations().await.unwrap();
        all.into_iter().find(|view| view.name == name).unwrap().id
    }

    /// Walks the grant at the sandbox, its pages left out.
    pub async fn grant(&self, container: ContainerId, user: &str) {
        let url = self.operator.begin_grant(container, BROWSER, None).await.unwrap();
        let of =
            |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let redirect = of("redirect_uri").unwrap();
        let slug = redirect.rsplit('/').next().unwrap().to_owned();
        let code = self.sandbox.authorize(
            &of("client_id").unwrap(),
            user,
            &redirect,
            of("code_challenge").as_deref(),
        );
        let callback = Callback { state: of("state"), code: Some(code), error: None };
        let finished = self.engine.finish_grant(&slug, callback, BROWSER).await;
        let good =
            matches!(finished.outcome, GrantOutcome::Renewed(Some(_)) | GrantOutcome::OtherUser { .. });
        assert!(good, "{:?}", finished.outcome);
    }

    /// Another process on the same store, with a clock of its own that shows the same.
    pub async fn replica(&self) -> (Engine, Hand) {
        open(&self.url, &self.folder, self.engine.now()).await
    }

    /// Whether several processes can share the store.
    pub fn is_shared(&self) -> bool {
        self.url.starts_with("postgres")
    }

    /// Time passes for both.
    pub fn pass_seconds(&self, seconds: u64) {
        self.sandbox.advance(Duration::from_secs(seconds));
        self.hand.advance(Duration::from_secs(seconds));
    }

    pub async fn get(&self, container: ContainerId, path: &str) -> Told {
        told(self.engine.pass(container, get(path)).await.unwrap()).await
    }

    pub async fn try_get(&self, container: ContainerId, path: &str) -> Result<Told, GateError> {
        match self.engine.pass(container, get(path)).await {
            Ok(answer) => Ok(told(answer).await),
            Err(error) => Err(error),
        }
    }
}

fn client(name: &str) -> String {
    format!("client-{name}")
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Told {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Told {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

pub async fn told(answer: Answer) -> Told {
    let (status, headers) = (answer.status.as_u16(), answer.headers);
    Told { status, headers, body: read(answer.body).await.unwrap() }
}

pub async fn read(mut body: engine::gate::Flow) -> Result<Bytes, FlowError> {
    let mut all = Vec::new();
    while let Some(chunk) = body.next().await {
        all.extend_from_slice(&chunk?);
    }
    Ok(all.into())
}

pub fn get(path: &str) -> Asked {
    ask(Method::GET, path, &[])
}

pub fn ask(method: Method, path: &str, headers: &[(&'static str, &'static str)]) -> Asked {
    let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
    let headers = headers.iter();
    let headers =
        headers.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
    let (path, query) = (path.to_owned(), query.map(str::to_owned));
    Asked { method, path, query, headers: headers.collect(), body: None }
}

pub fn with_body(asked: Asked, chunks: &[&'static str]) -> Asked {
    let chunks: Vec<_> = chunks.iter().map(|chunk| Ok(Bytes::from_static(chunk.as_bytes()))).collect();
    Asked { body: Some(stream::iter(chunks).boxed()), ..asked }
}
