//! HTTP requests: how many, and how long they took, by the route that matched.

use std::borrow::Cow;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::state::Shared;

type Labels = [(&'static str, Cow<'static, str>); 3];

/// Upper bounds, in seconds.
const BOUNDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// Requests that were answered; clones share their values.
#[derive(Clone)]
pub struct Requests(Family<Labels, Histogram, fn() -> Histogram>);

impl Default for Requests {
    fn default() -> Self {
        Self(Family::new_with_constructor(|| Histogram::new(BOUNDS)))
    }
}

impl Requests {
    pub(super) fn register(&self, registry: &mut Registry) {
        let help = "How long requests took until the answer began, by route and class of the answer's status";
        registry.register_with_unit("http_request", help, Unit::Seconds, self.0.clone());
    }
}

/// Measures a request. Its address is not kept, only the route: identifiers stand in addresses.
pub async fn measure(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("(none)", MatchedPath::as_str).to_owned();
    let method = word(request.method());
    let stopwatch = shared.engine.clock().stopwatch();
    let answer = next.run(request).await;
    let status = class(answer.status());
    let labels = [("method", method.into()), ("route", route.into()), ("status", status.into())];
    shared.requests.0.get_or_create(&labels).observe(stopwatch.elapsed().as_secs_f64());
    answer
}

const fn class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}

/// Callers can invent methods, and each would be a series of its own.
fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
