//! The end: nothing new begins, what is in flight finishes, and it does not take for ever.

use std::future::Future;
use std::time::Duration;

use tokio::signal;
use tokio_util::sync::CancellationToken;

/// The longest that an end may take: a token call with its deadline, and keeping its answer.
pub const LONGEST: Duration = Duration::from_secs(130);

/// A token that is cancelled when the process is asked to end.
pub fn on_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let asked = stop.clone();
    tokio::spawn(async move {
        asked_to_end().await;
        tracing::info!("asked to end: nothing new begins, token calls in flight finish");
        asked.cancel();
    });
    stop
}

/// Waits for `work`, at most [`LONGEST`] from the moment on which `stop` is cancelled.
///
/// Returns `None` when it took longer.
pub async fn bounded<T>(stop: &CancellationToken, work: impl Future<Output = T>) -> Option<T> {
    let limit = async {
        stop.cancelled().await;
        tokio::time::sleep(LONGEST).await;
    };
    tokio::select! {
        done = work => Some(done),
        () = limit => None,
    }
}

#[cfg(unix)]
async fn asked_to_end() {
    let mut terminate = match signal::unix::signal(signal::unix::SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(error) => {
            tracing::error!(%error, "cannot listen for SIGTERM");
            return interrupted().await;
        }
    };
    tokio::select! {
        _ = terminate.recv() => {}
        () = interrupted() => {}
    }
}

#[cfg(not(unix))]
async fn asked_to_end() {
    interrupted().await;
}

async fn interrupted() {
    if let Err(error) = signal::ctrl_c().await {
        tracing::error!(%error, "cannot listen for ctrl-c");
        std::future::pending::<()>().await;
    }
}
