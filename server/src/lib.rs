//! The server: settings, router, sessions and the commands of the binary `evergrant`.

// The type of a page is its whole tree, and the optimised build looks at all of it.
#![recursion_limit = "256"]

pub mod api;
pub mod apply;
mod callback;
pub mod cli;
pub mod config;
mod demo;
mod export;
mod gate;
mod health;
mod layers;
mod live;
mod metrics;
pub mod oauth;
mod renew;
pub mod router;
mod session;
pub mod shutdown;
pub mod site;
pub mod state;
mod telemetry;
