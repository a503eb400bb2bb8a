//! `gate`: what a request through the gate takes more than the same request straight to the provider's
//! API, and what memory a large answer takes on its way through.
//!
//! The API is a bare handler in this process; Evergrant is the real binary, on SQLite.

use std::convert::Infallible;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST};
use axum::http::{Request, Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use engine::clock::Clock;
use engine::guard::secret::{ClientSecret, RefreshToken};
use engine::{ConsumerForm, Engine, NewContainer, NewDatabase, RegistrationForm};
use exact_sandbox::{Client, Options, Sandbox, User};
use futures::{StreamExt, stream};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use url::Url;

use crate::clock::Stopwatch;
use crate::connected::{self, Folder};
use crate::evergrant::{Binary, Evergrant};
use crate::report::{Report, median, quantile};

/// Requests of each kind before anything is timed.
const WARM_UP: usize = 500;
/// Requests of each kind that are timed.
const TIMED: usize = 4_000;
/// Requests of one kind before it is the other's turn.
const TURN: usize = 50;
/// The large answer: 1 GB.
const LARGE: usize = 1_000_000_000;
/// How much of it is read between two looks at the memory.
const LOOK: usize = 10_000_000;
const CHUNK: usize = 64 * 1024;
/// The longest that one answer may take.
const LONGEST: Duration = Duration::from_secs(300);

const CLIENT: &str = "client-for-measuring";
const SECRET: &str = "client-secret-for-measuring";
const USER: &str = "anna@example.nl";
const PLACE: &str = "/api/v1/databases/company/containers/data/proxy";

/// Measures.
pub async fn measure(binary: &Binary, report: &mut Report) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let upstream = Url::parse(&format!("http://{}", listener.local_addr()?))?;
    let serving = tokio::spawn(async move { axum::serve(listener, api()).await });
    // Nothing is refreshed while it is measured, but the first token comes at once.
    let options = Options { minimum_interval: Duration::ZERO, ..Options::default() };
    let sandbox = Sandbox::start(options).await.context("could not start the sandbox")?;
    let folder = Folder::make().await?;
    let key = prepare(&folder, &sandbox, &upstream).await?;
    let running = Evergrant::start(binary, &folder).await?;
    let measured = run(&running, &upstream, &key).await;
    running.stop().await?;
    serving.abort();
    tell(&measured?, report);
    Ok(())
}

struct Measured {
    direct: Vec<f64>,
    through: Vec<f64>,
    before: f64,
    most: f64,
    stream_seconds: f64,
}

async fn run(running: &Evergrant, upstream: &Url, key: &str) -> Result<Measured> {
    let mut direct = Program::connect(upstream, None).await?;
    let mut through = Program::connect(&running.address, Some(key)).await?;
    let (straight, around) = ("/rows".to_owned(), format!("{PLACE}/rows"));
    for _ in 0..WARM_UP {
        direct.time(&straight).await?;
        through.time(&around).await?;
    }
    let (mut directs, mut throughs) = (Vec::with_capacity(TIMED), Vec::with_capacity(TIMED));
    for _ in 0..TIMED / TURN {
        for _ in 0..TURN {
            directs.push(direct.time(&straight).await?);
        }
        for _ in 0..TURN {
            throughs.push(through.time(&around).await?);
        }
    }
    let before = running.resident()?;
    let watch = Stopwatch::start();
    let most = through.drain(&format!("{PLACE}/large"), running).await?;
    let stream_seconds = watch.passed().as_secs_f64();
    Ok(Measured { direct: directs, through: throughs, before, most, stream_seconds })
}

fn tell(measured: &Measured, report: &mut Report) {
    report.note(&format!(
        "the release binary on SQLite, key check and traffic guard on; sequential GETs of {} bytes on one kept",
        row().len()
    ));
    report.note(&format!(
        "connection each, {WARM_UP} to warm up, {TIMED} timed, in turns of {TURN}, straight to a bare handler and"
    ));
    report
        .note("through the gate to the same one; added_ms is the difference of the medians. rss_growth: the");
    report.note("most VmRSS seen while an answer of 1 GB streams through, over what it was before.");
    let (direct, through) = (median(&measured.direct), median(&measured.through));
    report.figure_with_limit("added_ms", through - direct, "ms", "at most 1");
    report.figure("direct_p50", direct, "ms");
    report.figure("through_p50", through, "ms");
    report.figure("direct_p99", quantile(&measured.direct, 0.99), "ms");
    report.figure("through_p99", quantile(&measured.through, 0.99), "ms");
    report.figure_with_limit("rss_growth", (measured.most - measured.before).max(0.0), "MB", "flat");
    report.figure("rss_before", measured.before, "MB");
    report.figure("stream_rate", LARGE as f64 / 1e6 / measured.stream_seconds, "MB/s");
}

/// The provider's API: a small answer, and one of 1 GB.
fn api() -> Router {
    let rows = || async { ([(CONTENT_TYPE, "application/json")], row()) };
    Router::new().route("/rows", get(rows)).route("/large", get(large))
}

fn row() -> String {
    let rows: Vec<_> = (0..10)
        .map(|id| json!({ "ID": id, "Name": format!("Account number {id}"), "City": "Delft" }))
        .collect();
    json!({ "d": { "results": rows } }).to_string()
}

async fn large() -> Response<Body> {
    let chunk = Bytes::from(vec![b'x'; CHUNK]);
    let last = chunk.slice(..LARGE % CHUNK);
    let chunks = std::iter::repeat_n(chunk, LARGE / CHUNK).chain([last]);
    let body = Body::from_stream(stream::iter(chunks.map(Ok::<_, Infallible>)));
    ([(CONTENT_LENGTH, LARGE.to_string())], body).into_response()
}

/// A store with one container whose API is `upstream`, and the key of a program that reaches it.
async fn prepare(folder: &Folder, sandbox: &Sandbox, upstream: &Url) -> Result<String> {
    sandbox.add_client(Client::new(CLIENT, SECRET, "http://127.0.0.1:3000/oauth/callback/api"));
    sandbox.add_user(User::new(USER, "unused password"));
    let engine = folder.open(Clock::system()).await?;
    let key = connect(&engine, sandbox, upstream).await?;
    connected::close(engine).await?;
    Ok(key)
}

async fn connect(engine: &Engine, sandbox: &Sandbox, upstream: &Url) -> Result<String> {
    let operator = engine.administrator().await?;
    let at = sandbox.url();
    let custom = json!({
        "authorize": format!("{at}/api/oauth2/auth"),
        "token": format!("{at}/api/oauth2/token"),
        "probe": format!("{at}/api/v1/current/Me?$select=UserID"),
        "user_id": "/d/results/0/UserID",
        "api": upstream.as_str(),
    });
    // Limits that nobody reaches, so that what they cost is measured.
    let timing = json!({
        "access_lifetime": 600,
        "calls_a_minute": 1_000_000,
        "calls_a_day": 1_000_000_000,
        "errors_an_hour": 10,
    });
    let form = RegistrationForm {
        id: None,
        name: "API".to_owned(),
        country: String::new(),
        base_url: None,
        client_id: CLIENT.to_owned(),
        client_secret: Some(ClientSecret::new(SECRET.to_owned())),
        timing: Some(timing.to_string()),
        provider: "custom".to_owned(),
        custom: Some(custom.to_string()),
        pkce: false,
    };
    let registration = operator.save_registration(form).await?;
    let container = NewContainer { alias: "data".to_owned(), registration, warm: false, cache_seconds: 0 };
    let wish = NewDatabase { slug: None, name: "Company".to_owned(), containers: vec![container] };
    let made = operator.create_all(vec![wish]).await?;
    let container = made.first().and_then(|(_, ids)| ids.first()).context("one container was made")?;
    let issued = sandbox.issue(CLIENT, USER);
    operator.adopt(*container, RefreshToken::new(issued.refresh_token)).await?;
    let (minimum, wait) = (Duration::from_secs(60), Duration::from_secs(30));
    engine.lend(*container, minimum, wait).await.context("the container has no token")?;
    let form = ConsumerForm { name: "measuring".to_owned(), databases: None, days: None };
    let (_, key) = operator.add_consumer(form).await?;
    Ok(key.expose().to_owned())
}

/// A program with one connection that is kept.
struct Program {
    host: String,
    key: Option<String>,
    sender: SendRequest<Body>,
    connection: AbortHandle,
}

impl Program {
    async fn connect(address: &Url, key: Option<&str>) -> Result<Self> {
        let host = address.authority().to_owned();
        let stream = TcpStream::connect(&host).await.context("could not connect")?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // How the connection ends shows in the requests on it.
        let connection = tokio::spawn(async move { drop(connection.await) }).abort_handle();
        Ok(Self { host, key: key.map(|key| format!("Bearer {key}")), sender, connection })
    }

    async fn ask(&mut self, path: &str) -> Result<Response<Incoming>> {
        let mut request = Request::get(path).header(HOST, &self.host);
        if let Some(key) = &self.key {
            request = request.header(AUTHORIZATION, key);
        }
        self.sender.ready().await?;
        let answer = self.sender.send_request(request.body(Body::empty())?).await?;
        ensure!(answer.status() == StatusCode::OK, "{path} answers {}", answer.status());
        Ok(answer)
    }

    /// Milliseconds from the request to the last byte of its answer.
    async fn time(&mut self, path: &str) -> Result<f64> {
        let watch = Stopwatch::start();
        let answer = self.ask(path).await?;
        let body = axum::body::to_bytes(Body::new(answer.into_body()), CHUNK).await?;
        let millis = watch.millis();
        ensure!(body.len() == row().len(), "{path} answers {} bytes", body.len());
        Ok(millis)
    }

    /// Reads an answer of 1 GB without keeping it; returns the most memory that was seen meanwhile.
    async fn drain(&mut self, path: &str, running: &Evergrant) -> Result<f64> {
        let reading = async {
            let mut chunks = Body::new(self.ask(path).await?.into_body()).into_data_stream();
            let (mut read, mut next, mut most) = (0, 0, 0.0_f64);
            while let Some(chunk) = chunks.next().await {
                read += chunk?.len();
                if read >= next {
                    most = most.max(running.resident()?);
                    next = read + LOOK;
                }
            }
            ensure!(read == LARGE, "only {read} bytes came");
            Ok(most)
        };
        tokio::time::timeout(LONGEST, reading).await.context("the answer did not come in time")?
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.connection.abort();
    }
}
