//! `issue`: issuing tokens and asking about them, each against the slower of two things that do nothing
//! else: a bare handler that answers with the same JSON, and a bare insert or select of the same row.
//!
//! Everything runs in one process and in turns: the server's whole router, the bare handler, and as many
//! tasks as there are connections that write or read one row each through the same pool.

mod bare;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::routing::post;
use engine::clock::Clock;
use engine::{ConsumerForm, Engine};
use serde::Deserialize;
use server::router::router;
use server::site::Site;
use server::state::Shared;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::{Url, form_urlencoded};

use self::bare::Rows;
use crate::connected::{self, Folder};
use crate::lend::serve;
use crate::load::{Ask, Measured, Target};
use crate::report::{Report, median, quantile};

/// Connections that ask at the same time, each as a consumer of its own.
pub const CONNECTIONS: usize = 64;
/// How long each is asked before anything counts.
const WARM_UP: Duration = Duration::from_secs(1);
/// How long one is asked before it is the next one's turn.
const TURN: Duration = Duration::from_secs(2);
/// Turns of each.
const TURNS: usize = 5;
const TOKEN: &str = "/oauth/token";
const INTROSPECT: &str = "/oauth/introspect";

#[derive(Deserialize)]
struct Issued {
    access_token: String,
    refresh_token_expires_in: u64,
}

#[derive(Deserialize)]
struct Introspected {
    active: bool,
}

/// A consumer that authenticates in the form.
struct Client {
    id: String,
    key: String,
}

/// What was measured of one thing: ours, the bare handler, and the bare row.
#[derive(Default)]
struct Three {
    ours: Measured,
    handler: Measured,
    row: Measured,
}

/// Measures.
pub async fn measure(report: &mut Report) -> Result<()> {
    report.note(&format!(
        "{CONNECTIONS} kept connections over loopback, asking as fast as answers come; {TURNS} turns of {} s each,",
        TURN.as_secs()
    ));
    report.note(
        "in alternation; everything in one process but PostgreSQL. Rates are medians of the turns. What",
    );
    report.note(
        "is issued is a family with an access and a refresh token; the bare insert writes one row alone.",
    );
    let folder = Folder::make().await?;
    measure_on(&folder, "sqlite", report).await.context("on SQLite")?;
    let folder = Folder::make_at_postgres().await?;
    measure_on(&folder, "postgres", report).await.context("on PostgreSQL")
}

async fn measure_on(folder: &Folder, store: &str, report: &mut Report) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let engine = folder.open_at(Url::parse(&format!("http://{address}"))?, Clock::system()).await?;
    engine.start().await?;
    // No key is to be held back here.
    engine.allow_consumers(u32::MAX);
    let clients = clients(&engine).await?;
    let (stop, servers) = (CancellationToken::new(), TaskTracker::new());
    serve(&servers, &stop, listener, router(Shared::new(engine.clone(), Site::embedded(), stop.clone())));

    let issuing: Vec<Ask> =
        clients.iter().map(|client| client.ask(TOKEN, &[("grant_type", "client_credentials")])).collect();
    let mut issuer = Target::connect(address, &issuing).await?;
    let issued = issuer.first().await?;
    let pair: Issued = serde_json::from_slice(&issued)?;
    ensure!(pair.refresh_token_expires_in > 0, "both ends are told");
    let asking: Vec<Ask> =
        clients.iter().map(|client| client.ask(INTROSPECT, &[("token", &pair.access_token)])).collect();
    let mut teller = Target::connect(address, &asking).await?;
    let told = teller.first().await?;
    ensure!(serde_json::from_slice::<Introspected>(&told)?.active, "the token works");

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let handlers = Router::new().merge(bare(TOKEN, issued.into())).merge(bare(INTROSPECT, told.into()));
    serve(&servers, &stop, listener, handlers);
    let mut bare_issuer = Target::connect(address, &issuing).await?;
    let mut bare_teller = Target::connect(address, &asking).await?;

    let rows = Rows::of(&engine).await?;
    let measured = async {
        let issues =
            alternate(&mut issuer, &mut bare_issuer, async |length| rows.insert(length).await).await?;
        let tells =
            alternate(&mut teller, &mut bare_teller, async |length| rows.select(length).await).await?;
        Ok::<_, anyhow::Error>((issues, tells))
    }
    .await;
    drop((issuer, teller, bare_issuer, bare_teller));
    stop.cancel();
    servers.close();
    servers.wait().await;
    connected::close(engine).await?;
    let (issues, tells) = measured?;
    tell(("issue", "insert"), store, &issues, report);
    tell(("introspect", "select"), store, &tells, report);
    Ok(())
}

async fn alternate(
    ours: &mut Target,
    handler: &mut Target,
    row: impl AsyncFn(Duration) -> Result<Measured>,
) -> Result<Three> {
    ours.ask_for(WARM_UP).await?;
    handler.ask_for(WARM_UP).await?;
    row(WARM_UP).await?;
    let mut three = Three::default();
    for _ in 0..TURNS {
        three.ours.add(ours.ask_for(TURN).await?);
        three.handler.add(handler.ask_for(TURN).await?);
        three.row.add(row(TURN).await?);
    }
    Ok(three)
}

fn tell((what, beside): (&str, &str), store: &str, three: &Three, report: &mut Report) {
    let (ours, handler, row) =
        (median(&three.ours.rates), median(&three.handler.rates), median(&three.row.rates));
    report.figure_with_limit(&format!("{what}_ratio_{store}"), ours / handler.min(row), "", "at least 0.5");
    report.figure(&format!("{what}_rate_{store}"), ours, "1/s");
    report.figure(&format!("{what}_handler_rate_{store}"), handler, "1/s");
    report.figure(&format!("{beside}_rate_{store}"), row, "1/s");
    report.figure(&format!("{what}_p99_{store}"), quantile(&three.ours.millis, 0.99), "ms");
    report.figure(&format!("{beside}_p99_{store}"), quantile(&three.row.millis, 0.99), "ms");
}

async fn clients(engine: &Engine) -> Result<Vec<Client>> {
    let operator = engine.administrator().await?;
    let mut clients = Vec::with_capacity(CONNECTIONS);
    for number in 1..=CONNECTIONS {
        let form = ConsumerForm { name: format!("Program {number}"), databases: None, days: None };
        let (view, key) = operator.add_consumer(form).await?;
        clients.push(Client { id: view.id.to_string(), key: key.expose().to_owned() });
    }
    Ok(clients)
}

impl Client {
    fn ask(&self, path: &'static str, fields: &[(&str, &str)]) -> Ask {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("client_id", &self.id).append_pair("client_secret", &self.key);
        Ask { path, authorization: None, form: Some(form.extend_pairs(fields).finish()) }
    }
}

/// Answers with the same JSON, whatever is sent.
fn bare(path: &str, answer: Vec<u8>) -> Router {
    let handler = |State(answer): State<Arc<Vec<u8>>>| async move {
        ([(CONTENT_TYPE, "application/json")], answer.as_slice().to_vec())
    };
    Router::new().route(path, post(handler)).with_state(Arc::new(answer))
}
