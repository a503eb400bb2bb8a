//! The way to a provider's REST API and back: one request, its head within a deadline, its bodies as
//! they come.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use chain::Time;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt, stream};
use reqwest::header::HeaderMap;
use reqwest::{Body, Method, Response};
use thiserror::Error;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::clock::Clock;
use crate::guard::secret::AccessToken;
use crate::tls;

/// A body as it comes.
pub type Flow = BoxStream<'static, Result<Bytes, FlowError>>;

/// Why a body ends before its end.
#[derive(Debug, Error)]
pub enum FlowError {
    /// The program's side ended.
    #[error("the request broke off")]
    Request(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The provider's side ended.
    #[error("the answer broke off")]
    Answer(#[source] reqwest::Error),
    /// Nothing came for too long.
    #[error("the answer stands still")]
    Still,
    /// This process ends.
    #[error("Evergrant ends")]
    Stopped,
}

/// Why no head of an answer came.
#[derive(Debug, Error)]
pub(super) enum SendError {
    #[error("nothing came in time")]
    Slow,
    #[error("there was no way there and back")]
    Unreachable(#[source] reqwest::Error),
}

/// The client for programs' requests: it keeps connections, follows nothing and undoes no compression.
#[derive(Clone)]
pub(crate) struct Upstream {
    client: reqwest::Client,
}

/// The longest wait for a connection.
const CONNECT_DEADLINE: Duration = Duration::from_secs(15);
/// An idle connection is closed before a server usually does it.
const IDLE: Duration = Duration::from_secs(30);
/// The longest wait for the head of an answer once the request's last byte was taken.
pub const HEAD_DEADLINE: Duration = Duration::from_secs(120);
/// The longest that an answer may stand still.
const STILL: Duration = Duration::from_secs(120);

/// How long an answer may still come once this process was asked to end.
const LAST: Duration = Duration::from_secs(60);

/// One request.
pub(super) struct Sent<'a> {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) token: &'a AccessToken,
    pub(super) body: Option<Flow>,
}

impl Upstream {
    /// A client with rustls and the system's proxy settings.
    #[expect(clippy::disallowed_methods, reason = "programs' requests share connections, token calls do not")]
    pub(crate) fn new() -> Result<Self, reqwest::Error> {
        let client = tls::shared(reqwest::Client::builder(), tls::HTTP2)
            .user_agent(concat!("evergrant/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_DEADLINE)
            .pool_idle_timeout(IDLE)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .build()?;
        Ok(Self { client })
    }

    /// Sends a request and waits for the head of its answer.
    pub(super) async fn send(&self, sent: Sent<'_>, clock: &Clock) -> Result<Response, SendError> {
        let moved = Arc::new(AtomicI64::new(clock.now().millis()));
        let mut request = self.client.request(sent.method, sent.url).headers(sent.headers);
        if let Some(body) = sent.body {
            let (clock, moved) = (clock.clone(), Arc::clone(&moved));
            let noted = body.inspect(move |_| moved.store(clock.now().millis(), Ordering::Relaxed));
            request = request.body(Body::wrap_stream(noted));
        }
        let mut sending = std::pin::pin!(request.bearer_auth(sent.token.expose()).send());
        loop {
            // A long upload is not slow while it moves.
            let until = Time::from_millis(moved.load(Ordering::Relaxed)) + HEAD_DEADLINE;
            if clock.now() >= until {
                return Err(SendError::Slow);
            }
            tokio::select! {
                answer = &mut sending => return answer.map_err(|error| SendError::Unreachable(error.without_url())),
                () = clock.sleep_until(until) => {}
            }
        }
    }
}

/// The body of an answer; whoever drops it ends the request.
pub(super) fn flow(answer: Response, clock: Clock, stop: CancellationToken) -> Flow {
    let last = {
        let clock = clock.clone();
        async move {
            stop.cancelled_owned().await;
            clock.sleep(LAST).await;
        }
    };
    let begin = (Some(answer), clock, last.boxed());
    stream::unfold(begin, |(answer, clock, mut last)| async move {
        let mut answer = answer?;
        let chunk = tokio::select! {
            biased;
            () = &mut last => Err(FlowError::Stopped),
            chunk = answer.chunk() => chunk.map_err(|error| FlowError::Answer(error.without_url())),
            () = clock.sleep(STILL) => Err(FlowError::Still),
        };
        match chunk {
            Ok(Some(chunk)) => Some((Ok(chunk), (Some(answer), clock, last))),
            Ok(None) => None,
            Err(error) => Some((Err(error), (None, clock, last))),
        }
    })
    .boxed()
}
