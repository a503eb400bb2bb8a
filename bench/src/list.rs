//! `list`: the page with the databases, against a bare handler that runs the same query.
//!
//! Both are served by this process, from one engine with one store and one pool of connections:
//! the page by the server's whole router, the bare handler by a router that has nothing else.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use axum::{Json, Router};
use engine::Engine;
use engine::clock::Clock;
use engine::store::databases::{self, Listing};
use engine::store::organisations;
use engine::view::DatabaseFilter;
use serde::Serialize;
use server::router::router;
use server::site::Site;
use server::state::Shared;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::browser::Browser;
use crate::clock::Stopwatch;
use crate::connected::{self, MANY, Store};
use crate::report::{Report, median, quantile};

/// Requests of each kind before anything is timed.
const WARM_UP: usize = 200;
/// Requests of each kind that are timed.
const TIMED: usize = 2_000;
/// Requests of one kind before it is the other's turn.
const TURN: usize = 20;

/// Measures.
pub async fn measure(store: &Store, report: &mut Report) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = address(&listener)?;
    let engine = store.folder().open_at(address.clone(), Clock::system()).await?;
    engine.start().await?;
    let (stop, servers) = (CancellationToken::new(), TaskTracker::new());
    let page = router(Shared::new(engine.clone(), Site::embedded(), stop.clone()));
    serve(&servers, &stop, listener, page);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let bare_address = self::address(&listener)?;
    serve(&servers, &stop, listener, bare(&engine).await?);

    let measured = alternate(&address, &bare_address).await;
    stop.cancel();
    servers.close();
    servers.wait().await;
    connected::close(engine).await?;
    tell(&measured?, report);
    Ok(())
}

struct Measured {
    page: Vec<f64>,
    compressed_page: Vec<f64>,
    bare: Vec<f64>,
    page_size: usize,
    compressed_size: usize,
    bare_size: usize,
}

async fn alternate(address: &Url, bare_address: &Url) -> Result<Measured> {
    let mut compressed = Browser::connect(address).await?;
    compressed.sign_in().await?;
    let mut plain = compressed.beside().await?.without_compression();
    let mut bare = Browser::connect(bare_address).await?;
    let page_size = check(&mut plain, "/databases", "text/html").await?;
    let compressed_size = check(&mut compressed, "/databases", "text/html").await?;
    let bare_size = check(&mut bare, "/", "application/json").await?;
    for _ in 0..WARM_UP {
        time(&mut plain, "/databases").await?;
        time(&mut compressed, "/databases").await?;
        time(&mut bare, "/").await?;
    }
    let (mut pages, mut compressed_pages, mut bares) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TIMED / TURN {
        for _ in 0..TURN {
            pages.push(time(&mut plain, "/databases").await?);
        }
        for _ in 0..TURN {
            bares.push(time(&mut bare, "/").await?);
        }
        for _ in 0..TURN {
            compressed_pages.push(time(&mut compressed, "/databases").await?);
        }
    }
    Ok(Measured {
        page: pages,
        compressed_page: compressed_pages,
        bare: bares,
        page_size,
        compressed_size,
        bare_size,
    })
}

fn tell(measured: &Measured, report: &mut Report) {
    report.note(&format!(
        "{MANY} databases, one connected container each; the first page of 50; SQLite; sequential requests on one"
    ));
    report.note(&format!(
        "kept connection, {WARM_UP} to warm up, {TIMED} timed, in turns of {TURN}; medians. Both are served by one"
    ));
    report.note(
        "process from one store: the page by the whole router (session, sign-in check, badge, page), the",
    );
    report.note("bare handler by axum alone. `compressed`: the page as a browser gets it, brotli.");
    let (page, bare) = (median(&measured.page), median(&measured.bare));
    let compressed = median(&measured.compressed_page);
    report.figure_with_limit("ratio", page / bare, "", "at most 3");
    report.figure("ratio_compressed", compressed / bare, "");
    report.figure("page_p50", page, "ms");
    report.figure("page_compressed_p50", compressed, "ms");
    report.figure("bare_p50", bare, "ms");
    report.figure("page_p99", quantile(&measured.page, 0.99), "ms");
    report.figure("bare_p99", quantile(&measured.bare, 0.99), "ms");
    report.figure("page_size", measured.page_size as f64 / 1e3, "kB");
    report.figure("page_compressed_size", measured.compressed_size as f64 / 1e3, "kB");
    report.figure("bare_size", measured.bare_size as f64 / 1e3, "kB");
}

async fn time(browser: &mut Browser, path: &str) -> Result<f64> {
    let watch = Stopwatch::start();
    let page = browser.open(path).await?;
    let millis = watch.millis();
    ensure!(page.status == StatusCode::OK, "{path} answers {}", page.status);
    Ok(millis)
}

/// The size of the answer, which must be of that kind.
async fn check(browser: &mut Browser, path: &str, kind: &str) -> Result<usize> {
    let page = browser.open_well(path).await?;
    let found = page.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    ensure!(found.starts_with(kind), "{path} is {found}, not {kind}");
    Ok(page.body.len())
}

fn address(listener: &TcpListener) -> Result<Url> {
    Ok(Url::parse(&format!("http://{}", listener.local_addr()?))?)
}

fn serve(servers: &TaskTracker, stop: &CancellationToken, listener: TcpListener, router: Router) {
    let serving = axum::serve(listener, router).with_graceful_shutdown(stop.clone().cancelled_owned());
    servers.spawn(async move { serving.await });
}

struct Bare {
    engine: Engine,
    organisation: organisations::Row,
    filter: DatabaseFilter,
}

async fn bare(engine: &Engine) -> Result<Router> {
    let organisations = organisations::all(engine.store()).await?;
    let organisation = organisations.into_iter().next().context("the store has an organisation")?;
    // What the page asks for when its address has no query.
    let filter = DatabaseFilter { page: 1, ..DatabaseFilter::default() };
    let bare = Bare { engine: engine.clone(), organisation, filter };
    Ok(Router::new().route("/", get(list)).with_state(Arc::new(bare)))
}

async fn list(State(bare): State<Arc<Bare>>) -> Result<Json<Answer>, StatusCode> {
    let found =
        databases::list(bare.engine.store(), bare.organisation.id, &bare.filter, bare.engine.now()).await;
    found.map(|listing| Json(Answer::from(listing))).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

#[derive(Serialize)]
struct Answer {
    matching: u64,
    total: u64,
    page: u64,
    pages: u64,
    databases: Vec<Database>,
}

#[derive(Serialize)]
struct Database {
    id: String,
    slug: String,
    name: String,
    created_at: i64,
    containers: Vec<Container>,
}

#[derive(Serialize)]
struct Container {
    alias: String,
    provider: String,
    place: String,
    state: &'static str,
    access_until: Option<i64>,
    last_used_at: Option<i64>,
}

impl From<Listing> for Answer {
    fn from(listing: Listing) -> Self {
        let Listing { rows, matching, total, page, pages } = listing;
        let databases = rows.into_iter().map(|row| Database {
            id: row.database.id.to_string(),
            slug: row.database.slug,
            name: row.database.name,
            created_at: row.database.created_at.millis(),
            containers: row.containers.into_iter().map(Container::from).collect(),
        });
        Self { matching, total, page, pages, databases: databases.collect() }
    }
}

impl From<databases::ListedContainer> for Container {
    fn from(listed: databases::ListedContainer) -> Self {
        Self {
            alias: listed.alias,
            provider: listed.provider,
            place: listed.place,
            state: listed.state.as_str(),
            access_until: listed.access_until.map(|at| at.millis()),
            last_used_at: listed.last_used_at.map(|at| at.millis()),
        }
    }
}
