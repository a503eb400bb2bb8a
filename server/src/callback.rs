//! The way back from the provider: `/oauth/callback/{registration}`.

use app::session::SessionError;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::Uri;
use axum::response::{IntoResponse, Redirect, Response};
use engine::{Callback, FinishedGrant};
use leptos::context::provide_context;
use leptos_axum::render_app_async_with_context;
use tower_sessions::Session;
use url::{Url, form_urlencoded};

use crate::state::Shared;

/// Finishes a grant and leads on: to where it began, or to a page that says what happened.
///
/// The redirect also takes the code out of the address bar.
pub async fn receive(
    State(shared): State<Shared>,
    Path(registration): Path<String>,
    RawQuery(query): RawQuery,
    session: Session,
    mut request: Request,
) -> Response {
    // A page links to itself here and there; the code and the state do not belong in its text.
    *request.uri_mut() = without_query(request.uri());
    let browser = match app::session::browser(&session).await {
        Ok(browser) => browser,
        Err(error) => return broken(shared, &error, request).await,
    };
    let callback = read(query.as_deref().unwrap_or_default());
    let finished = shared.engine.finish_grant(&registration, callback, &browser).await;
    match way_on(&finished, shared.engine.public_url()) {
        Some(way) => Redirect::to(&way).into_response(),
        None => {
            let contexts = move || {
                shared.provide();
                provide_context(app::Ended(finished.clone()));
            };
            render_app_async_with_context(contexts, app::GrantPage)(request).await
        }
    }
}

/// The page for a session that cannot be read; the grant stays as it was.
async fn broken(shared: Shared, error: &SessionError, request: Request) -> Response {
    tracing::error!(error = engine::report(error), "a session could not be read");
    render_app_async_with_context(move || shared.provide(), app::Failure)(request).await
}

/// Reads the query; a field that is there twice counts as missing, for nobody can say which is meant.
fn read(query: &str) -> Callback {
    let field = |wanted: &str| {
        let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == wanted);
        match (values.next(), values.next()) {
            (Some((_, value)), None) => Some(value.into_owned()),
            (_, _) => None,
        }
    };
    Callback { state: field("state"), code: field("code"), error: field("error") }
}

fn without_query(uri: &Uri) -> Uri {
    uri.path().parse().unwrap_or_default()
}

/// Where the browser goes: back with the outcome, or to the database once it is renewed.
fn way_on(finished: &FinishedGrant, public_url: &Url) -> Option<String> {
    let (word, code) = app::grant_result(finished);
    let mut way = match (&finished.return_to, &finished.database) {
        (Some(target), _) => target.clone(),
        (None, Some(database)) if word == "renewed" => {
            public_url.join(&format!("/databases/{database}")).ok()?
        }
        (None, _) => return None,
    };
    way.query_pairs_mut().append_pair("evergrant", word);
    if let Some(code) = &code {
        way.query_pairs_mut().append_pair("code", code);
    }
    if way.origin() != public_url.origin() {
        return Some(way.into());
    }
    if let Some(alias) = &finished.alias {
        way.query_pairs_mut().append_pair("alias", alias);
    }
    Some(relative(&way))
}

/// An address of our own, without its origin: the browser stays on the name that it used.
fn relative(url: &Url) -> String {
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let fragment = url.fragment().map(|fragment| format!("#{fragment}")).unwrap_or_default();
    format!("{}{query}{fragment}", url.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_is_there_twice_counts_as_missing() {
        let callback = read("state=a&state=b&code=c%2Fd&error=");
        assert_eq!(callback.state, None);
        assert_eq!(callback.code.as_deref(), Some("c/d"));
        assert_eq!(callback.error.as_deref(), Some(""));
    }
}
