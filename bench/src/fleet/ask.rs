//! Programs that ask over HTTP: a connection is taken, used for one request, and kept for whoever asks next.

use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use axum::http::{Request, Response, StatusCode};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::AbortHandle;
use url::Url;

/// No answer comes near it.
const LARGEST: usize = 4 * 1024 * 1024;

/// Connections to one server.
pub struct Line {
    host: String,
    /// What every request says of who asks.
    authorization: Option<HeaderValue>,
    free: Mutex<Vec<Connection>>,
}

struct Connection {
    sender: SendRequest<Body>,
    driver: AbortHandle,
}

impl Line {
    /// To the server at this address, with this consumer key.
    pub fn new(address: &Url, key: Option<&str>) -> Result<Self> {
        let authorization = key.map(|key| HeaderValue::from_str(&format!("Bearer {key}"))).transpose()?;
        Ok(Self { host: address.authority().to_owned(), authorization, free: Mutex::default() })
    }

    /// Asks for a resource.
    pub async fn read(&self, path: &str) -> Result<(StatusCode, Bytes)> {
        self.send(Request::get(path).header(ACCEPT, "application/json").body(Body::empty())?).await
    }

    /// Sends a form.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Result<(StatusCode, Bytes)> {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let kind = "application/x-www-form-urlencoded";
        self.send(Request::post(path).header(CONTENT_TYPE, kind).body(Body::from(form))?).await
    }

    /// How many connections there are.
    pub fn connections(&self) -> usize {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    async fn send(&self, mut request: Request<Body>) -> Result<(StatusCode, Bytes)> {
        request.headers_mut().insert(HOST, HeaderValue::from_str(&self.host)?);
        if let Some(authorization) = &self.authorization {
            request.headers_mut().insert(AUTHORIZATION, authorization.clone());
        }
        let mut connection = self.take().await?;
        connection.sender.ready().await?;
        let (head, body) = Response::into_parts(connection.sender.send_request(request).await?);
        let body = to_bytes(Body::new(body), LARGEST).await?;
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok((head.status, body))
    }

    async fn take(&self) -> Result<Connection> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match free {
            Some(connection) if !connection.sender.is_closed() => Ok(connection),
            Some(_) | None => Connection::open(&self.host).await,
        }
    }
}

impl Connection {
    async fn open(host: &str) -> Result<Self> {
        let stream = TcpStream::connect(host).await.context("could not connect")?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // How the connection ends shows in the requests on it.
        let driver = tokio::spawn(async move { drop(connection.await) }).abort_handle();
        Ok(Self { sender, driver })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}
