//! Serves until it is asked to end.
#![expect(clippy::print_stdout, reason = "a command answers on its standard output")]

use std::io::{self, Write};
use std::net::SocketAddr;

use clap::Args;
use engine::Engine;
use engine::store::StoreError;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{Failure, engine_options, migrate};
use crate::config::Settings;
use crate::router::router;
use crate::site::Site;
use crate::state::Shared;
use crate::{demo, shutdown};

#[derive(Args, Debug)]
pub struct Wishes {
    /// Fill an empty store with a demonstration: an operator, an app registration, databases
    #[arg(long)]
    demo: bool,
    /// The provider's stand-in that the demonstration uses
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:4100")]
    demo_sandbox: Url,
    /// Where the stand-in's newer sign-in pages are, for auto-recovery
    #[arg(long, value_name = "URL", requires = "demo")]
    demo_identity: Option<Url>,
}

pub(super) async fn run(settings: Settings, wishes: Wishes) -> Result<(), Failure> {
    // Listening comes first: whoever cannot listen leaves everything as it was.
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|source| Failure::Listen { address: settings.listen, source })?;
    let address =
        listener.local_addr().map_err(|source| Failure::Listen { address: settings.listen, source })?;
    let public_url = settings.public_url(address);
    // Before anything begins that has to end in good order.
    let stop = shutdown::on_signal();
    migrate::ensure(&settings).await?;
    let engine = Engine::open(engine_options(&settings, public_url)).await?;
    engine.allow_consumers(settings.key_requests);
    engine.live_by(settings.lifetimes.clone());
    let begun = begin(&engine, &settings, &wishes).await;
    if let Err(failure) = begun {
        engine.shutdown().await;
        return Err(failure);
    }
    let shared = Shared::new(engine.clone(), Site::embedded(), stop.clone());
    let shared = shared.with_callers(settings.metrics_token, &settings.trusted_proxies);
    let store = engine.store().clone();
    let ended = until_stopped(listener, shared, engine, stop).await;
    // The log of the last writes goes into the file that people copy.
    store.close().await.map_err(StoreError::from)?;
    ended
}

async fn begin(engine: &Engine, settings: &Settings, wishes: &Wishes) -> Result<(), Failure> {
    if engine.keys_generated() {
        println!(
            "A new master key was made: {}. Keep a copy elsewhere: without it, no stored token can be read.",
            settings.data_dir.join("master.key").display()
        );
    }
    if wishes.demo {
        println!("{}", demo::prepare(engine, &wishes.demo_sandbox, wishes.demo_identity.as_ref()).await?);
    }
    if let Some(token) = engine.setup_link().await? {
        println!(
            "There is no operator yet. Within an hour, open {}",
            engine
                .public_url()
                .join(&format!("/set-up/{}", token.expose()))
                .map_or_else(|_| String::new(), String::from)
        );
    }
    engine.start().await?;
    println!("Evergrant serves {}", engine.public_url().as_str().trim_end_matches('/'));
    // Whoever started this through a pipe waits for the line.
    let _unheard = io::stdout().flush();
    Ok(())
}

async fn until_stopped(
    listener: TcpListener,
    shared: Shared,
    engine: Engine,
    stop: CancellationToken,
) -> Result<(), Failure> {
    // From which address a request came is written down with what it does.
    let app = router(shared).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, app).with_graceful_shutdown(stop.clone().cancelled_owned());
    let ending = async {
        stop.cancelled().await;
        engine.shutdown().await;
    };
    let all = async { tokio::join!(async { serving.await }, ending).0 };
    match shutdown::bounded(&stop, all).await {
        Some(ended) => ended.map_err(Failure::Serve),
        None => Err(Failure::Slow(shutdown::LONGEST.as_secs())),
    }
}
