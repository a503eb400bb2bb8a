//! The way to the provider: `/renew/{database}/{alias}?return_to=…`, a link that other programs
//! hand to a person.
//!
//! It is a link and never a form: browsers hold the redirect after a form against the policy of
//! the page that had the form, and no page of ours lets forms lead elsewhere. Whoever has to sign
//! in first is led on by [`go_on`], which is no redirect either.

use app::Language;
use app::session::SessionError;
use axum::extract::{OriginalUri, Path, Query, Request, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use engine::{BeginGrantError, Engine, Operator};
use leptos::context::provide_context;
use leptos_axum::render_app_async_with_context;
use serde::Deserialize;
use tower_sessions::Session;
use url::form_urlencoded;

use crate::layers::peer::Address;
use crate::state::Shared;

/// What a renew link may say.
#[derive(Deserialize)]
pub struct Wish {
    return_to: Option<String>,
}

/// Where to go on.
#[derive(Deserialize)]
pub struct Way {
    to: String,
}

/// Begins a grant and leads to the provider; asks for sign-in first where that is missing.
pub async fn begin(
    State(shared): State<Shared>,
    Path((database, alias)): Path<(String, String)>,
    Query(wish): Query<Wish>,
    OriginalUri(uri): OriginalUri,
    session: Session,
    request: Request,
) -> Response {
    let (operator, browser) = match who(&session, &shared.engine).await {
        Ok(Some(who)) => who,
        Ok(None) => return Redirect::to(&sign_in_first(&uri)).into_response(),
        Err(error) => return failed(shared, logged(&error), request).await,
    };
    let from = request.extensions().get::<Address>().map(|Address(from)| *from);
    let operator = operator.at(from);
    match ask(&operator, &database, &alias, &browser, wish.return_to).await {
        Ok(url) => Redirect::to(&url).into_response(),
        Err(reason) => failed(shared, reason, request).await,
    }
}

/// A page that leads on by itself: the chain of redirects that began with a form ends here.
pub async fn go_on(Query(way): Query<Way>, headers: HeaderMap) -> Response {
    if !is_renew_link(&way.to) {
        return Redirect::to("/databases").into_response();
    }
    let language = Language::of(&headers);
    let word = match language {
        Language::English => "Go on",
        Language::Dutch => "Ga verder",
    };
    let language = language.code();
    let to = escape(&way.to);
    let page = format!(
        "<!doctype html><html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>Evergrant</title>\
         <meta http-equiv=\"refresh\" content=\"0;url={to}\"></head>\
         <body><p><a href=\"{to}\">{word}</a></p></body></html>"
    );
    Html(page).into_response()
}

async fn who(session: &Session, engine: &Engine) -> Result<Option<(Operator, String)>, SessionError> {
    match app::session::signed_in(session, engine).await? {
        Some(operator) => Ok(Some((operator, app::session::browser(session).await?))),
        None => Ok(None),
    }
}

async fn ask(
    operator: &Operator,
    database: &str,
    alias: &str,
    browser: &str,
    return_to: Option<String>,
) -> Result<String, app::BeginFailed> {
    let found = operator.container_at(database, alias).await.map_err(|error| logged(&error))?;
    let container = found.ok_or(app::BeginFailed::NotFound)?;
    match operator.begin_grant(container, browser, return_to).await {
        Ok(url) => Ok(url.into()),
        Err(BeginGrantError::NotFound) => Err(app::BeginFailed::NotFound),
        Err(BeginGrantError::ReturnToNotAllowed) => Err(app::BeginFailed::ReturnTo),
        Err(BeginGrantError::Registration(_)) => Err(app::BeginFailed::Registration),
        Err(error @ (BeginGrantError::Store(_) | BeginGrantError::Guard(_))) => Err(logged(&error)),
    }
}

fn logged(error: &dyn std::error::Error) -> app::BeginFailed {
    tracing::error!(error = engine::report(error), "a grant could not begin");
    app::BeginFailed::Store
}

async fn failed(shared: Shared, reason: app::BeginFailed, request: Request) -> Response {
    let contexts = move || {
        shared.provide();
        provide_context(reason);
    };
    render_app_async_with_context(contexts, app::BeginPage)(request).await
}

fn sign_in_first(uri: &Uri) -> String {
    let wanted = uri.path_and_query().map_or("/databases", |wanted| wanted.as_str());
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", wanted).finish();
    format!("/sign-in?{query}")
}

/// Only renew links of this site: an open redirect would serve whoever phishes.
fn is_renew_link(to: &str) -> bool {
    to.starts_with("/renew/") && !to.contains('\\') && !to.contains(char::is_control)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_renew_links_of_this_site_are_gone_on_to() {
        assert!(is_renew_link("/renew/jansen/exact?return_to=/databases/jansen"));
        for other in
            ["//evil.example/renew/", "https://evil.example/", "/databases", "/renew/\\evil", "/renew/\n"]
        {
            assert!(!is_renew_link(other), "{other}");
        }
    }
}
