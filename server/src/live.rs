//! The live state of a page, as server-sent events: `/live?database=…`, `/live?messages=true`.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use engine::{Engine, LiveFocus};
use futures::{Stream, StreamExt};
use serde::Deserialize;
use tokio::time::{MissedTickBehavior, interval};
use tower_sessions::Session;

use crate::state::Shared;

/// How often a comment says that the line is alive; proxies cut silent ones.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How often it is asked whether the session still stands.
const RECHECK: Duration = Duration::from_secs(60);

/// What to look at.
#[derive(Deserialize)]
pub struct Focus {
    database: Option<String>,
    #[serde(default)]
    messages: bool,
}

/// Streams what changes; ends with the session or with the server.
pub async fn stream(
    State(shared): State<Shared>,
    Query(focus): Query<Focus>,
    headers: HeaderMap,
    session: Session,
) -> Response {
    let operator = match app::session::signed_in(&session, &shared.engine).await {
        Ok(Some(operator)) => operator,
        Ok(None) => return (StatusCode::UNAUTHORIZED, "sign in first\n").into_response(),
        Err(error) => {
            tracing::error!(error = engine::report(&error), "a session could not be read");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let language = app::Language::of(&headers);
    let engine = shared.engine.clone();
    let focus = LiveFocus { database: focus.database, messages: focus.messages };
    let events = operator.live(focus).map(move |event| {
        Ok::<_, Infallible>(Event::default().data(app::live::message(&event, language, engine.now())))
    });
    let guarded = while_signed_in(events, session, shared.clone());
    let ended = guarded.take_until(shared.stop.clone().cancelled_owned());
    Sse::new(ended).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
}

/// Ends the stream when the session has ended or belongs to nobody any more: asked before each event,
/// and now and then while there is none.
fn while_signed_in<T>(
    events: impl Stream<Item = T>,
    session: Session,
    shared: Shared,
) -> impl Stream<Item = T> {
    let mut ticks = interval(RECHECK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (watched, engine) = (session.clone(), shared.engine.clone());
    events
        .take_while(move |_| {
            let (session, engine) = (watched.clone(), engine.clone());
            async move { still_signed_in(&session, &engine).await }
        })
        .take_until(async move {
            ticks.tick().await;
            while still_signed_in(&session, &shared.engine).await {
                ticks.tick().await;
            }
        })
}

async fn still_signed_in(session: &Session, engine: &Engine) -> bool {
    // What the session was when the request came says nothing about now.
    if session.load().await.is_err() {
        return false;
    }
    matches!(app::session::signed_in(session, engine).await, Ok(Some(_)))
}
