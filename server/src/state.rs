//! What every handler may reach.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRef;
use axum::http::header::CONTENT_SECURITY_POLICY;
use engine::Engine;
use engine::guard::secret::MetricsToken;
use ipnet::IpNet;
use leptos::config::LeptosOptions;
use leptos::context::{provide_context, use_context};
use leptos::nonce::use_nonce;
use leptos_axum::ResponseOptions;
use tokio_util::sync::CancellationToken;

use crate::layers::headers;
use crate::layers::peer::Trusted;
use crate::metrics::Requests;
use crate::site::Site;

/// What every handler may reach. Cheap to clone: every layer on the way of a request has one.
#[derive(Clone)]
pub struct Shared(Arc<Parts>);

/// What a [`Shared`] gives access to.
#[derive(Clone)]
pub struct Parts {
    /// The engine.
    pub engine: Engine,
    /// The site files.
    pub site: Site,
    /// Cancelled when the server ends.
    pub stop: CancellationToken,
    /// The requests that were answered.
    pub requests: Requests,
    /// What shows the metrics to another machine.
    pub metrics_token: Option<Arc<MetricsToken>>,
    /// The proxies that are believed when they say who asked them.
    pub trusted: Trusted,
    /// When the server began, in milliseconds since the Unix epoch.
    pub started: i64,
    names: app::Site,
    options: LeptosOptions,
}

impl Shared {
    /// Puts together what handlers need.
    pub fn new(engine: Engine, site: Site, stop: CancellationToken) -> Self {
        let names = site.names().cloned().unwrap_or_default();
        let names = app::Site { js: names.js.into(), wasm: names.wasm.into(), css: names.css.into() };
        let options = LeptosOptions::builder().output_name("evergrant").build();
        Self(Arc::new(Parts {
            requests: Requests::default(),
            metrics_token: None,
            trusted: Trusted::default(),
            started: engine.now().millis(),
            engine,
            site,
            stop,
            names,
            options,
        }))
    }

    /// The same, with what the settings say of callers on other machines.
    #[must_use]
    pub fn with_callers(mut self, metrics_token: Option<MetricsToken>, trusted: &[IpNet]) -> Self {
        let parts = Arc::make_mut(&mut self.0);
        parts.metrics_token = metrics_token.map(Arc::new);
        parts.trusted = trusted.into();
        self
    }

    /// Gives pages and server functions what they expect, and the answer its policy.
    pub fn provide(&self) {
        provide_context(self.engine.clone());
        provide_context(self.names.clone());
        let policy = use_nonce().and_then(|nonce| headers::page_policy(&nonce));
        if let (Some(options), Some(policy)) = (use_context::<ResponseOptions>(), policy) {
            options.insert_header(CONTENT_SECURITY_POLICY, policy);
        }
    }
}

impl Deref for Shared {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<Shared> for LeptosOptions {
    fn from_ref(shared: &Shared) -> Self {
        shared.options.clone()
    }
}

impl FromRef<Shared> for Engine {
    fn from_ref(shared: &Shared) -> Self {
        shared.engine.clone()
    }
}
