//! `GET …/api/{api}/confirmed`: the way from one page to the next.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;

use super::{CSRF, DEVICE, cookie, joined, page};
use crate::pages::{Language, Posted};
use crate::sign_in_faults::met::{Shape, Stop};
use crate::sign_in_faults::trouble::refused;
use crate::world::{Shared, World};

/// Shows the next page, or the one that posts itself back.
pub(crate) async fn show(
    State(shared): State<Shared>,
    Path(api): Path<String>,
    Query(query): Query<Posted>,
    jar: CookieJar,
    headers: HeaderMap,
) -> Response {
    let mut guard = shared.lock();
    let world = &mut *guard;
    let token = query.get("csrf_token").map(String::as_str);
    let (journey, tx) = match joined(&mut world.journeys, &query, &jar, token) {
        Ok(joined) => joined,
        Err(status) => return refused(&headers, status),
    };
    if !journey.answered || journey.round.api() != api {
        return refused(&headers, StatusCode::BAD_REQUEST);
    }
    let language = Language::of(&headers);
    let stop = Stop {
        step: journey.round.step(),
        user: Some(journey.user.clone()),
        shape: Shape::Identity,
        language,
    };
    if journey.go_on() {
        let csrf = journey.csrf.clone();
        let shown = page::show(language, journey, &tx, &world.options.identity_pages);
        let jar = jar.add(cookie(world, CSRF, csrf));
        return stop.mark((jar, shown).into_response());
    }
    let device = journey.skips_days.then(|| journey.user.clone());
    let jar = match device {
        Some(user) => {
            let device = world.browsers.remember(user);
            jar.add(cookie(world, DEVICE, device))
        }
        None => jar,
    };
    match last(world, &tx) {
        Some(shown) => stop.mark((jar, shown).into_response()),
        None => refused(&headers, StatusCode::BAD_REQUEST),
    }
}

fn last(world: &mut World, tx: &str) -> Option<maud::Markup> {
    let (code, state, handover) = world.journeys.pass(tx)?;
    Some(page::back(&handover.way_back(), &[("state", &state), ("code", &code)]))
}
