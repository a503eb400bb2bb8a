//! `lend`: lending a token that is still good, against a bare handler that answers with the same JSON.
//!
//! Both are served by this process over loopback, and asked by the same generator in turns: the API by
//! the server's whole router, the bare handler by a router that has nothing else.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use engine::clock::Clock;
use engine::{ConsumerForm, Engine};
use exact_sandbox::{Options, Sandbox};
use serde::{Deserialize, Serialize};
use server::router::router;
use server::site::Site;
use server::state::Shared;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::connected::{self, Folder};
use crate::load::{Ask, Measured, Target};
use crate::report::{Report, median, quantile};

/// Connections that ask at the same time, each with a key of its own.
const CONNECTIONS: usize = 64;
/// How long each of the two is asked before anything counts.
const WARM_UP: Duration = Duration::from_secs(1);
/// How long one of them is asked before it is the other's turn.
const TURN: Duration = Duration::from_secs(2);
/// Turns of each.
const TURNS: usize = 6;
/// What is asked for.
const PATH: &str = "/api/v1/databases/company-0001/containers/exact/token?minimum_seconds=60";

/// What both answer.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Answer {
    access_token: String,
    token_type: String,
    expires_in: u64,
    expires_at: String,
}

/// Measures.
pub async fn measure(report: &mut Report) -> Result<()> {
    let sandbox = Sandbox::start(Options::default()).await.context("could not start the sandbox")?;
    let folder = Folder::make().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let engine = folder.open_at(Url::parse(&format!("http://{address}"))?, Clock::system()).await?;
    connected::fill(&engine, &sandbox, 1).await?;
    engine.start().await?;
    let asks = asks(&engine).await?;

    let (stop, servers) = (CancellationToken::new(), TaskTracker::new());
    let lending = router(Shared::new(engine.clone(), Site::embedded(), stop.clone()));
    serve(&servers, &stop, listener, lending);
    let mut lender = Target::connect(address, &asks).await?;
    let answer: Answer = serde_json::from_slice(&lender.first().await?)?;
    ensure!(answer.expires_in > 60, "the token is about to end");
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    serve(&servers, &stop, listener, bare(answer));
    let mut bare = Target::connect(address, &asks).await?;

    let measured = alternate(&mut lender, &mut bare).await;
    drop((lender, bare));
    stop.cancel();
    servers.close();
    servers.wait().await;
    connected::close(engine).await?;
    let (lends, bares) = measured?;
    tell(&lends, &bares, report);
    Ok(())
}

async fn alternate(lender: &mut Target, bare: &mut Target) -> Result<(Measured, Measured)> {
    lender.ask_for(WARM_UP).await?;
    bare.ask_for(WARM_UP).await?;
    let (mut lends, mut bares) = (Measured::default(), Measured::default());
    for _ in 0..TURNS {
        lends.add(lender.ask_for(TURN).await?);
        bares.add(bare.ask_for(TURN).await?);
    }
    Ok((lends, bares))
}

fn tell(lends: &Measured, bares: &Measured, report: &mut Report) {
    report.note(&format!(
        "{CONNECTIONS} kept connections over loopback, each with a consumer key of its own, asking as fast as"
    ));
    report.note(&format!(
        "answers come; {TURNS} turns of {} s each, in alternation; SQLite. Everything runs in one process:",
        TURN.as_secs()
    ));
    report.note("both servers and the generator. Rates are medians of the turns, p99 is over all answers.");
    let (rate, bare_rate) = (median(&lends.rates), median(&bares.rates));
    let (slow, bare_slow) = (quantile(&lends.millis, 0.99), quantile(&bares.millis, 0.99));
    report.figure_with_limit("throughput_ratio", rate / bare_rate, "", "at least 0.5");
    report.figure_with_limit("p99_ratio", slow / bare_slow, "", "at most 3");
    report.figure("lend_rate", rate, "1/s");
    report.figure("bare_rate", bare_rate, "1/s");
    report.figure("lend_p50", median(&lends.millis), "ms");
    report.figure("bare_p50", median(&bares.millis), "ms");
    report.figure("lend_p99", slow, "ms");
    report.figure("bare_p99", bare_slow, "ms");
}

async fn asks(engine: &Engine) -> Result<Vec<Ask>> {
    let operator = engine.administrator().await?;
    let mut asks = Vec::with_capacity(CONNECTIONS);
    for number in 1..=CONNECTIONS {
        let databases = Some(vec!["company-0001".to_owned()]);
        let form = ConsumerForm { name: format!("Program {number}"), databases, days: None };
        let (_, key) = operator.add_consumer(form).await?;
        let authorization = Some(format!("Bearer {}", key.expose()));
        asks.push(Ask { path: PATH, authorization, form: None });
    }
    Ok(asks)
}

fn bare(answer: Answer) -> Router {
    let path = "/api/v1/databases/{database}/containers/{alias}/token";
    let handler = get(|State(answer): State<Arc<Answer>>| async move { Json(Answer::clone(&answer)) });
    Router::new().route(path, handler).with_state(Arc::new(answer))
}

/// Serves a router until everything is stopped.
pub fn serve(servers: &TaskTracker, stop: &CancellationToken, listener: TcpListener, router: Router) {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(stop.clone().cancelled_owned());
    servers.spawn(async move { serving.await });
}
