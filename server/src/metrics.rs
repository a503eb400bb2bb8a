//! `/metrics` for Prometheus: what this process counted, and how many chains stand where. Nothing here
//! names a user, a database or a container.

mod access;
mod process;
mod requests;

pub use requests::{Requests, measure};

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use engine::Engine;
use engine::view::StateName;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::state::Shared;

/// What the answer is written in.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// How long the store may take to count.
const PATIENCE: Duration = Duration::from_secs(5);

/// Answers a scrape.
pub async fn show(State(shared): State<Shared>, request: Request) -> Response {
    if let Err(refusal) = access::check(&shared, &request) {
        return refusal.into_response();
    }
    let mut ours = Registry::with_prefix("evergrant");
    let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
    ours.register("build", "The version of Evergrant", version);
    shared.engine.register_figures(&mut ours);
    shared.requests.register(&mut ours);
    count_chains(&shared.engine, &mut ours).await;
    let mut machine = Registry::default();
    process::register(&mut machine, shared.started);
    let mut text = String::new();
    let written = encode_registry(&mut text, &ours)
        .and_then(|()| encode_registry(&mut text, &machine))
        .and_then(|()| encode_eof(&mut text));
    match written {
        Ok(()) => ([(CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
        Err(error) => {
            tracing::error!(error = engine::report(&error), "the metrics could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The one question that is asked of the store; what is in memory is shown without its answer, too.
async fn count_chains(engine: &Engine, registry: &mut Registry) {
    let counted = match tokio::time::timeout(PATIENCE, engine.chains_by_state()).await {
        Ok(Ok(counted)) => Some(counted),
        Ok(Err(error)) => {
            tracing::warn!(error = engine::report(&error), "the chains could not be counted");
            None
        }
        Err(_) => {
            tracing::warn!("the store takes too long to count the chains");
            None
        }
    };
    let up: Gauge = Gauge::default();
    up.set(counted.is_some().into());
    registry.register("store_up", "Whether the store answered", up);
    let Some(counted) = counted else { return };
    let chains = Family::<[(&'static str, &'static str); 1], Gauge>::default();
    for state in StateName::ALL {
        drop(chains.get_or_create(&[("state", state.as_str())]));
    }
    for (_, state, many) in counted {
        chains.get_or_create(&[("state", state.as_str())]).inc_by(i64::try_from(many).unwrap_or(i64::MAX));
    }
    registry.register("chains", "Containers' chains, by state", chains);
}
