//! Pages, server functions and islands of Evergrant.
//!
//! Pages are rendered on the server and complete without scripts: every step is a link or a form.
//! Islands, the few parts that change by themselves, are all that runs in the browser; see
//! [`live`], [`typed`] and [`ui::CopyButton`]. A folder a feature: its `api` holds the server functions that
//! its forms are sent to, the other files show its pages. `ui` knows no domain type.

// Nested views are nested types.
#![recursion_limit = "256"]

#[cfg(feature = "hydrate")]
mod ask;
pub mod live;
#[cfg(feature = "hydrate")]
mod menus;
#[cfg(feature = "hydrate")]
mod parts;
pub mod text;
pub mod typed;
pub mod ui;

#[cfg(feature = "ssr")]
mod consumers;
#[cfg(feature = "ssr")]
mod database;
#[cfg(feature = "ssr")]
mod databases;
#[cfg(feature = "ssr")]
mod desk;
#[cfg(feature = "ssr")]
mod error;
#[cfg(feature = "ssr")]
mod flash;
#[cfg(feature = "ssr")]
mod frame;
#[cfg(feature = "ssr")]
mod grant;
#[cfg(feature = "ssr")]
mod guide;
#[cfg(feature = "ssr")]
mod language;
#[cfg(feature = "ssr")]
mod lifetime;
#[cfg(feature = "ssr")]
mod lint;
#[cfg(feature = "ssr")]
mod monitoring;
#[cfg(feature = "ssr")]
mod once;
#[cfg(feature = "ssr")]
mod policies;
#[cfg(feature = "ssr")]
mod recovery;
#[cfg(feature = "ssr")]
mod repairs;
#[cfg(feature = "ssr")]
mod routes;
#[cfg(feature = "ssr")]
pub mod session;
#[cfg(feature = "ssr")]
mod settings;
#[cfg(feature = "ssr")]
mod sign_in;
#[cfg(feature = "ssr")]
mod visit;
#[cfg(feature = "ssr")]
mod words;

#[cfg(feature = "ssr")]
pub use {
    error::AppError,
    frame::Site,
    grant::{BeginFailed, BeginPage, Ended, Failure, GrantPage, grant_result},
    language::Language,
    monitoring::read_filter,
    routes::App,
    visit::Address,
    words::{code_title, fault as fault_words},
};

#[cfg(feature = "ssr")]
rust_i18n::i18n!("locales", fallback = "en");

/// Brings a page to life in the browser: its islands, its event stream, its menus.
#[cfg(feature = "hydrate")]
pub fn hydrate() {
    live::connect();
    menus::close_when_left();
    parts::bring_to_life();
    leptos::mount::hydrate_islands();
}
