//! Language, theme, leaving.

use crate::error::AppError;
use crate::language::{self, Language};
use crate::session;
use crate::visit::{Theme, Visit, go, set_header};
use axum_extra::extract::cookie::{Cookie, SameSite};
use http::header::SET_COOKIE;
use leptos::prelude::*;

/// Chooses the language of the pages.
#[server(prefix = "/do", endpoint = "language")]
pub async fn choose_language(language: String, #[server(default)] back: String) -> Result<(), AppError> {
    let chosen = Language::parse(&language).ok_or(AppError::NotUnderstood)?;
    remember(language::COOKIE, chosen.code())?;
    go(&back);
    Ok(())
}

/// Chooses the theme of the pages.
#[server(prefix = "/do", endpoint = "theme")]
pub async fn choose_theme(theme: String, #[server(default)] back: String) -> Result<(), AppError> {
    let chosen = Theme::parse(&theme).ok_or(AppError::NotUnderstood)?;
    remember(Theme::COOKIE, chosen.word())?;
    go(&back);
    Ok(())
}

/// Ends the session.
#[server(prefix = "/do", endpoint = "sign-out")]
pub async fn sign_out() -> Result<(), AppError> {
    let visit = Visit::here()?;
    // A session that cannot be read ends all the same.
    let operator = session::signed_in(&visit.session, &visit.engine).await.ok().flatten();
    match session::sign_out(&visit.session).await {
        Ok(()) => {
            if let Some(operator) = operator
                && let Err(error) = operator.at(visit.from).note_sign_out().await
            {
                tracing::error!(error = engine::report(&error), "a sign-out was not written down");
            }
            go("/sign-in");
        }
        Err(error) => return Err(visit.fail("/databases", &error).await),
    }
    Ok(())
}

/// Sets a cookie that outlives the session; it says nothing about anybody.
fn remember(name: &'static str, word: &'static str) -> Result<(), AppError> {
    let visit = Visit::here()?;
    let mut cookie = Cookie::new(name, word);
    cookie.set_path("/");
    cookie.set_same_site(SameSite::Lax);
    cookie.set_http_only(true);
    cookie.set_secure(visit.engine.public_url().scheme() == "https");
    cookie.make_permanent();
    set_header(SET_COOKIE, &cookie.to_string());
    Ok(())
}
