//! A REST API on loopback that shows what it gets, and misbehaves on demand.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use futures::{StreamExt, stream};
use http_body_util::BodyExt;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

/// The API; it ends with the runtime of its test.
pub struct Upstream {
    pub url: String,
    pub seen: Arc<Seen>,
}

/// What it saw.
pub struct Seen {
    /// Requests by path.
    counts: Mutex<HashMap<String, u32>>,
    /// Tokens that it refuses.
    pub refused: Mutex<Vec<String>>,
    /// Tokens that came, the newest last.
    pub tokens: Mutex<Vec<String>>,
    /// Requests that began to be answered and never will, and those of them whose caller went.
    pub held: watch::Sender<(u32, u32)>,
}

impl Upstream {
    pub async fn start() -> Self {
        let seen = Arc::new(Seen {
            counts: Mutex::default(),
            refused: Mutex::default(),
            tokens: Mutex::default(),
            held: watch::channel((0, 0)).0,
        });
        let router = Router::new()
            .route("/v2/echo", any(echo))
            .route("/v2/rows/{id}", any(echo))
            .route("/v2/strict", any(strict))
            .route("/v2/status/{status}", any(status))
            .route("/v2/number", any(number))
            .route("/v2/large", get(large))
            .route("/v2/endless", get(endless))
            .route("/v2/cut", get(cut))
            .route("/v2/hold", any(hold))
            .route("/v2/drip", get(drip))
            .with_state(Arc::clone(&seen));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, seen }
    }

    /// How often it was asked for this path.
    pub fn count(&self, path: &str) -> u32 {
        self.seen.counts.lock().unwrap().get(path).copied().unwrap_or(0)
    }

    /// Waits until so many requests are held, and so many of them were given up.
    pub async fn until_held(&self, began: u32, gone: u32) {
        let mut held = self.seen.held.subscribe();
        let wait = held.wait_for(|seen| *seen == (began, gone));
        let waited = tokio::time::timeout(std::time::Duration::from_secs(20), wait).await;
        assert!(waited.is_ok(), "it never came to {began} held and {gone} gone");
    }
}

impl Seen {
    fn note(&self, path: &str, headers: &HeaderMap) -> (u32, String) {
        let token = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let token = token.trim_start_matches("Bearer ").to_owned();
        self.tokens.lock().unwrap().push(token.clone());
        let mut counts = self.counts.lock().unwrap();
        let count = counts.entry(path.to_owned()).or_default();
        *count += 1;
        (*count, token)
    }
}

/// Counts a request that is held, and when it goes.
struct Hold(Arc<Seen>);

impl Hold {
    fn begin(seen: &Arc<Seen>) -> Self {
        seen.held.send_modify(|held| held.0 += 1);
        Self(Arc::clone(seen))
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.held.send_modify(|held| held.1 += 1);
    }
}

async fn echo(State(seen): State<Arc<Seen>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    seen.note(head.uri.path(), &head.headers);
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let headers: Vec<(String, String)> = head
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    axum::Json(json!({
        "method": head.method.as_str(),
        "uri": head.uri.to_string(),
        "headers": headers,
        "body": String::from_utf8_lossy(&body),
    }))
    .into_response()
}

async fn strict(State(seen): State<Arc<Seen>>, headers: HeaderMap, body: Bytes) -> Response {
    let (_, token) = seen.note("/v2/strict", &headers);
    if seen.refused.lock().unwrap().iter().any(|refused| refused == "*" || *refused == token) {
        let challenge = [("www-authenticate", "Bearer error=\"invalid_token\"")];
        return (StatusCode::UNAUTHORIZED, challenge, "not with this token").into_response();
    }
    body.into_response()
}

async fn status(State(seen): State<Arc<Seen>>, Path(status): Path<u16>, headers: HeaderMap) -> Response {
    seen.note(&format!("/v2/status/{status}"), &headers);
    let cookies =
        [("set-cookie", "session=planted"), ("x-own", "yes"), ("location", "https://elsewhere.example/")];
    (StatusCode::from_u16(status).unwrap(), cookies, "as it is").into_response()
}

async fn number(State(seen): State<Arc<Seen>>, request: Request) -> Response {
    let (count, _) = seen.note("/v2/number", request.headers());
    let vary = request.uri().query().and_then(|query| query.strip_prefix("vary="));
    let vary = vary.unwrap_or("accept").to_owned();
    ([("cache-control", "no-store".to_owned()), ("vary", vary)], count.to_string()).into_response()
}

/// Four MiB with a known length.
async fn large() -> Response {
    vec![b'x'; 4 * 1024 * 1024].into_response()
}

/// Chunks without an end; the caller decides when it has enough.
async fn endless(State(seen): State<Arc<Seen>>) -> Response {
    let hold = Hold::begin(&seen);
    let chunk = Bytes::from(vec![b'x'; 16 * 1024]);
    let chunks = stream::repeat_with(move || {
        let _held = &hold;
        Ok::<_, Infallible>(chunk.clone())
    });
    Body::from_stream(chunks).into_response()
}

/// Says that ten bytes come, sends three and breaks off.
async fn cut() -> Response {
    let broken = stream::once(async {
        // The head and the first chunk leave before.
        tokio::task::yield_now().await;
        Err(std::io::Error::other("broken off"))
    });
    let chunks = stream::iter([Ok(Bytes::from_static(b"abc"))]).chain(broken);
    ([("content-length", "10")], Body::from_stream(chunks)).into_response()
}

async fn hold(State(seen): State<Arc<Seen>>, request: Request) -> Response {
    let _held = Hold::begin(&seen);
    drop(request.into_body().collect().await);
    std::future::pending().await
}

/// One chunk, and then nothing.
async fn drip(State(seen): State<Arc<Seen>>) -> Response {
    let hold = Hold::begin(&seen);
    let (sender, receiver) = mpsc::channel::<Bytes>(1);
    sender.try_send(Bytes::from_static(b"first")).unwrap();
    let chunks = stream::unfold((receiver, sender, hold), |(mut receiver, sender, hold)| async move {
        let chunk = receiver.recv().await?;
        Some((Ok::<_, Infallible>(chunk), (receiver, sender, hold)))
    });
    Body::from_stream(chunks.boxed()).into_response()
}
