//! Every route.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use leptos_axum::{LeptosRoutes, generate_route_list, render_app_async_with_context};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::{PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::trace::TraceLayer;

use crate::api::problem::Problem;
use crate::layers::{body, headers, panic, peer, request_id, same_origin, trace};
use crate::state::Shared;
use crate::{api, callback, export, health, live, metrics, oauth, renew, session};

/// The whole server.
pub fn router(shared: Shared) -> Router {
    let public_url = Arc::new(shared.engine.public_url().clone());
    let contexts = {
        let shared = shared.clone();
        move || shared.provide()
    };
    let pages = Router::new()
        .leptos_routes_with_context(&shared, generate_route_list(app::App), contexts, app::App)
        .route("/renew/{database}/{alias}", get(renew::begin))
        .route("/go-on", get(renew::go_on))
        .fallback(file_or_page)
        .layer(from_fn(body::in_time));
    let router = Router::new()
        .route("/", get(|| async { Redirect::to("/databases") }))
        .route("/oauth/callback/{registration}", get(callback::receive))
        .route("/live", get(live::stream))
        .route("/monitoring/{file}", get(export::messages))
        .merge(pages)
        .layer(from_fn_with_state(shared.engine.clone(), session::touch))
        .layer(session::layer(&shared.engine, &public_url))
        .route("/pkg/{*file}", get(file))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::show))
        .layer(CompressionLayer::new())
        .layer(from_fn(body::bound))
        .layer(from_fn_with_state(public_url.clone(), same_origin::check))
        .layer(CatchPanicLayer::custom(panic::answer))
        .merge(api::router())
        .merge(oauth::router());
    // One layer of the router: each one more would put every request into one more box.
    let around_all = ServiceBuilder::new()
        .map_request(without_foreign_id)
        .layer(SetRequestIdLayer::new(request_id::HEADER, request_id::Random))
        .layer(PropagateRequestIdLayer::new(request_id::HEADER))
        .layer(TraceLayer::new_for_http().make_span_with(trace::span).on_request(()).on_response(trace::end))
        .layer(peer::layer(shared.trusted.clone()))
        .layer(from_fn_with_state(shared.clone(), metrics::measure))
        .layer(headers::layer(&public_url));
    router.layer(around_all).with_state(shared)
}

/// A file whose name holds its hash; asked for by every page, so no session is looked up for it.
async fn file(State(shared): State<Shared>, request: Request) -> Response {
    let found = shared.site.answer(request.uri().path(), request.headers());
    found.unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
}

/// A file of the site, or the page that says that there is nothing here; programs get no pages.
async fn file_or_page(State(shared): State<Shared>, request: Request) -> Response {
    if request.uri().path().starts_with("/api/") {
        return Problem::no_such_address().into_response();
    }
    if let Some(file) = shared.site.answer(request.uri().path(), request.headers()) {
        return file;
    }
    render_app_async_with_context(move || shared.provide(), app::App)(request).await
}

/// Ids of requests are ours alone: what a caller sends would stand in the log.
fn without_foreign_id(mut request: Request) -> Request {
    request.headers_mut().remove(request_id::HEADER);
    request
}
