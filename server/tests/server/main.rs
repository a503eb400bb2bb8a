//! The server over real HTTP: the router in this process, the commands as the real binary.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "these tests are browsers and operators, not the server")]

mod app;
mod binary;
#[path = "../../../engine/tests/engine/alerts/post_office.rs"]
#[expect(dead_code, reason = "the mail server can do more than these tests need")]
mod post_office;
mod program;
mod schema;

mod api;
mod apply;
mod apply_alerts;
mod callback;
mod consumer;
mod demo;
mod doctor;
mod export;
mod gate;
mod headers;
mod health;
mod journal;
mod keys;
mod lint;
mod live;
mod metrics;
mod oauth;
mod openapi;
mod operator;
mod parts;
mod policies_lint;
mod postgres;
mod purge;
mod recovery;
mod renew;
mod same_origin;
mod secrets;
mod set_up;
mod settings;
mod shutdown;
mod sign_in;
mod site;
