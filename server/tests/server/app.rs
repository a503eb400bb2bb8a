//! A server on a free port with a store of its own, the sandbox beside it, and browsers.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use engine::clock::{Clock, Hand};
use engine::guard::secret::{ClientSecret, Password};
use engine::{Engine, EngineOptions, Operator, RegistrationForm};
use exact_sandbox::{Client, Options, Sandbox, User};
use reqwest::header::{LOCATION, ORIGIN};
use reqwest::{Response, StatusCode, redirect};
use server::router::router;
use server::site::Site;
use server::state::Shared;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

pub const NAME: &str = "anna@evergrant.example";
pub const PASSWORD: &str = "correct horse battery";
pub const CLIENT_ID: &str = "{3c1a7a9e-5d0f-4d5e-9a3b-6f7c2b1e8d40}";
pub const CLIENT_SECRET: &str = "planted-client-secret-7f3a";
pub const USER: &str = "anna@example.nl";
pub const DATABASE: &str = "bakkerij-jansen";
pub const ALIAS: &str = "exact";

/// A server with one operator, one app registration, one database and one container.
pub struct TestApp {
    pub engine: Engine,
    pub sandbox: Sandbox,
    pub url: Url,
    pub stop: CancellationToken,
    _folder: TempDir,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::start_with(None, Clock::system()).await
    }

    /// A server whose public address is another one than where it listens.
    pub async fn start_at(public_url: &str) -> Self {
        Self::start_with(Some(public_url), Clock::system()).await
    }

    /// A server whose clock stands still until the hand is moved.
    pub async fn start_with_hand() -> (Self, Hand) {
        let (clock, hand) = Clock::manual(Clock::system().now());
        (Self::start_with(None, clock).await, hand)
    }

    async fn start_with(public_url: Option<&str>, clock: Clock) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let public_url = public_url.map_or_else(|| url.clone(), |text| Url::parse(text).unwrap());
        let engine = open(folder.path(), &public_url, clock).await;
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        let redirect = public_url.join("/oauth/callback/exact-online").unwrap();
        sandbox.add_client(Client::new(CLIENT_ID, CLIENT_SECRET, redirect.as_str()));
        sandbox.add_user(User::new(USER, "planted-upstream-password"));
        sandbox.add_user(User::new("ben@example.nl", "ben"));
        fill(&engine, &sandbox.url()).await;
        let stop = CancellationToken::new();
        let site = Site::folder(&a_site(folder.path())).unwrap();
        let app = router(Shared::new(engine.clone(), site, stop.clone()));
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(listener, app).with_graceful_shutdown(stop.clone().cancelled_owned());
        tokio::spawn(async move { serving.await });
        Self { engine, sandbox, url, stop, _folder: folder }
    }

    /// A browser that is not signed in.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.url)
    }

    /// A browser that is signed in.
    pub async fn signed_in(&self) -> Browser {
        let browser = self.browser();
        let answer = browser.sign_in(NAME, PASSWORD).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "the sign-in was refused");
        assert_eq!(location(&answer), "/databases");
        browser
    }

    /// Walks to the provider and returns the address back with a code, not yet opened.
    pub async fn walk_out(&self, browser: &Browser, query: &str) -> String {
        let answer = browser.open(&format!("/renew/{DATABASE}/{ALIAS}{query}")).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        self.come_back(&location(&answer), USER)
    }

    /// What the provider's redirect would be once `user` has signed in there.
    pub fn come_back(&self, provider: &str, user: &str) -> String {
        come_back(&self.sandbox, CLIENT_ID, provider, user)
    }

    /// The word for the state of the container.
    pub async fn state(&self) -> &'static str {
        let view = self.operator().await.database(DATABASE).await.unwrap().unwrap();
        view.containers.iter().find(|container| container.alias == ALIAS).unwrap().status.state.as_str()
    }

    pub async fn operator(&self) -> Operator {
        self.engine.administrator().await.unwrap()
    }
}

async fn open(folder: &Path, public_url: &Url, clock: Clock) -> Engine {
    let database_url = format!("sqlite://{}", folder.join("evergrant.db").display());
    engine::migrate::<migrations::Migrator>(&database_url).await.unwrap();
    let options = EngineOptions {
        database_url,
        data_dir: folder.to_owned(),
        master_key_file: None,
        master_key: None,
        public_url: public_url.clone(),
        allow_return_to: vec!["https://portal.example".to_owned()],
        outgoing: engine::alert::Outgoing::default(),
        clock,
        on_boundary: None,
    };
    let engine = Engine::open(options).await.unwrap();
    engine.start().await.unwrap();
    engine
}

async fn fill(engine: &Engine, sandbox: &str) {
    engine.add_operator(NAME, Password::new(PASSWORD.to_owned())).await.unwrap();
    let operator = engine.administrator().await.unwrap();
    let form = RegistrationForm {
        id: None,
        name: "Exact Online".to_owned(),
        country: "nl".to_owned(),
        base_url: Some(sandbox.to_owned()),
        client_id: CLIENT_ID.to_owned(),
        client_secret: Some(ClientSecret::new(CLIENT_SECRET.to_owned())),
        timing: None,
        provider: "exact".to_owned(),
        custom: None,
        pkce: false,
    };
    let registration = operator.save_registration(form).await.unwrap();
    let slug = operator.create_database("Bakkerij Jansen").await.unwrap();
    assert_eq!(slug, DATABASE);
    operator.create_container(&slug, ALIAS, registration, false).await.unwrap();
}

fn a_site(folder: &Path) -> std::path::PathBuf {
    let site = folder.join("site");
    let pkg = site.join("pkg");
    std::fs::create_dir_all(&pkg).unwrap();
    let names = r#"{"js":"/pkg/evergrant.0a1b2c.js","wasm":"/pkg/evergrant.0a1b2c_bg.wasm","css":"/pkg/evergrant.0a1b2c.css"}"#;
    std::fs::write(site.join("site.json"), names).unwrap();
    std::fs::write(site.join("favicon.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>").unwrap();
    std::fs::write(pkg.join("evergrant.0a1b2c.js"), "plain script").unwrap();
    std::fs::write(pkg.join("evergrant.0a1b2c.js.br"), "brotli script").unwrap();
    std::fs::write(pkg.join("evergrant.0a1b2c.js.gz"), "gzip script").unwrap();
    std::fs::write(pkg.join("evergrant.0a1b2c_bg.wasm"), "wasm").unwrap();
    std::fs::write(pkg.join("evergrant.0a1b2c.css"), "css").unwrap();
    site
}

/// A browser: it keeps cookies and says where its forms come from; it follows nothing by itself.
#[derive(Clone)]
pub struct Browser {
    client: reqwest::Client,
    url: Url,
}

impl Browser {
    pub fn new(url: &Url) -> Self {
        let client = reqwest::Client::builder()
            .cookie_store(true)
            .redirect(redirect::Policy::none())
            .timeout(Duration::from_secs(60))
            .build()
            .unwrap();
        Self { client, url: url.clone() }
    }

    pub async fn open(&self, path: &str) -> Response {
        self.client.get(self.url.join(path).unwrap()).send().await.unwrap()
    }

    /// What it says of where its forms come from.
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.request(reqwest::Method::POST, path)
            .header(ORIGIN, self.origin())
            .form(fields)
            .send()
            .await
            .unwrap()
    }

    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, self.url.join(path).unwrap())
    }

    pub async fn sign_in(&self, name: &str, password: &str) -> Response {
        self.post("/do/sign-in", &[("name", name), ("password", password), ("next", "")]).await
    }
}

/// What the provider's redirect would be once `user` has signed in there.
pub fn come_back(sandbox: &Sandbox, client_id: &str, provider: &str, user: &str) -> String {
    assert!(provider.starts_with(&sandbox.url()), "{provider}");
    let redirect = field(provider, "redirect_uri");
    let code = sandbox.authorize(client_id, user, &redirect, None);
    let mut back = Url::parse(&redirect).unwrap();
    back.query_pairs_mut().append_pair("code", &code).append_pair("state", &field(provider, "state"));
    format!("{}?{}", back.path(), back.query().unwrap())
}

/// A field of an address.
pub fn field(url: &str, wanted: &str) -> String {
    let url = Url::parse(url).unwrap();
    url.query_pairs().find(|(name, _)| name == wanted).unwrap().1.into_owned()
}

/// Where an answer leads.
pub fn location(answer: &Response) -> String {
    answer.headers().get(LOCATION).unwrap().to_str().unwrap().to_owned()
}

/// A header of an answer; empty when it is not there.
pub fn header(answer: &Response, name: &str) -> String {
    answer.headers().get(name).map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
}
