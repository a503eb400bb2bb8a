//! The generator: connections that are kept, each asking again as soon as it has its answer.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use axum::http::{Method, Request, Response, StatusCode, Uri};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::{AbortHandle, JoinSet};

use crate::clock::Stopwatch;

/// The longest that one turn may take before it counts as stuck.
const LONGEST: Duration = Duration::from_secs(60);
/// What is posted.
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
/// No answer comes near it.
const LARGEST: usize = 64 * 1024;

/// What one connection asks, again and again.
#[derive(Clone)]
pub struct Ask {
    /// Where.
    pub path: &'static str,
    /// Who asks, where no form says it.
    pub authorization: Option<String>,
    /// What is sent along; without it nothing is posted.
    pub form: Option<String>,
}

/// What is asked, over its connections.
pub struct Target {
    connections: Vec<Connection>,
}

/// How fast answers came.
#[derive(Default)]
pub struct Measured {
    /// Answers a second, one number a turn.
    pub rates: Vec<f64>,
    /// How long each answer took.
    pub millis: Vec<f64>,
}

impl Measured {
    /// Adds a turn.
    pub fn add(&mut self, turn: Self) {
        self.rates.extend(turn.rates);
        self.millis.extend(turn.millis);
    }
}

impl Target {
    /// Connects once for each who asks.
    pub async fn connect(address: SocketAddr, asks: &[Ask]) -> Result<Self> {
        let mut connections = Vec::with_capacity(asks.len());
        for ask in asks {
            connections.push(Connection::open(address, ask).await?);
        }
        Ok(Self { connections })
    }

    /// One answer.
    pub async fn first(&mut self) -> Result<Bytes> {
        self.connections.first_mut().context("there is a connection")?.ask().await
    }

    /// Asks over all connections for so long.
    pub async fn ask_for(&mut self, length: Duration) -> Result<Measured> {
        let watch = Stopwatch::start();
        let mut asking = JoinSet::new();
        for mut connection in self.connections.drain(..) {
            asking.spawn(async move {
                let mut millis = Vec::new();
                while watch.passed() < length {
                    let asked = Stopwatch::start();
                    connection.ask().await?;
                    millis.push(asked.millis());
                }
                Ok::<_, anyhow::Error>((connection, millis))
            });
        }
        let ended = tokio::time::timeout(LONGEST, asking.join_all()).await.context("a turn never ended")?;
        let passed = watch.passed().as_secs_f64();
        let mut all = Vec::new();
        for one in ended {
            let (connection, millis) = one?;
            self.connections.push(connection);
            all.extend(millis);
        }
        Ok(Measured { rates: vec![all.len() as f64 / passed], millis: all })
    }
}

struct Connection {
    sender: SendRequest<Body>,
    path: Uri,
    host: HeaderValue,
    authorization: Option<HeaderValue>,
    form: Option<Bytes>,
    driver: AbortHandle,
}

impl Connection {
    async fn open(address: SocketAddr, ask: &Ask) -> Result<Self> {
        let stream = TcpStream::connect(address).await.context("could not connect")?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // How the connection ends shows in the requests on it.
        let driver = tokio::spawn(async move { drop(connection.await) }).abort_handle();
        Ok(Self {
            sender,
            path: Uri::from_static(ask.path),
            host: HeaderValue::from_str(&address.to_string())?,
            authorization: ask.authorization.as_deref().map(HeaderValue::from_str).transpose()?,
            form: ask.form.clone().map(Bytes::from),
            driver,
        })
    }

    async fn ask(&mut self) -> Result<Bytes> {
        let mut request = Request::new(self.form.clone().map_or_else(Body::empty, Body::from));
        *request.uri_mut() = self.path.clone();
        request.headers_mut().insert(HOST, self.host.clone());
        if let Some(authorization) = &self.authorization {
            request.headers_mut().insert(AUTHORIZATION, authorization.clone());
        }
        if self.form.is_some() {
            *request.method_mut() = Method::POST;
            request.headers_mut().insert(CONTENT_TYPE, FORM);
        }
        self.sender.ready().await?;
        let (head, body) = Response::into_parts(self.sender.send_request(request).await?);
        let body = to_bytes(Body::new(body), LARGEST).await?;
        ensure!(head.status == StatusCode::OK, "{} answered {}", self.path, head.status);
        Ok(body)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}
