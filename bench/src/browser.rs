//! A visitor: one connection that is kept, one session, and bodies as they came over the wire.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{ACCEPT_ENCODING, CONTENT_TYPE, COOKIE, HOST, ORIGIN, SET_COOKIE};
use axum::http::request::Builder;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::task::AbortHandle;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::connected::{NAME, PASSWORD};

/// The encodings that a browser offers over plain HTTP and that we have.
const ENCODINGS: &str = "br, gzip";
/// The longest that one answer may take.
const LONGEST: Duration = Duration::from_secs(60);
/// No answer of ours comes near it.
const LARGEST: usize = 64 * 1024 * 1024;

/// A visitor.
pub struct Browser {
    address: Url,
    sender: SendRequest<Body>,
    received: Arc<AtomicU64>,
    connection: AbortHandle,
    cookie: Option<String>,
    encodings: &'static str,
}

/// What came back.
pub struct Page {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as transferred: compressed, where the server compressed it.
    pub body: Bytes,
    /// All bytes that came over the wire for it, the head included.
    pub transferred: u64,
}

impl Browser {
    /// Connects to a server.
    pub async fn connect(address: &Url) -> Result<Self> {
        let host = address.host_str().context("the address has a host")?;
        let port = address.port_or_known_default().context("the address has a port")?;
        let stream = TcpStream::connect((host, port)).await.context("could not connect")?;
        stream.set_nodelay(true)?;
        let received = Arc::new(AtomicU64::new(0));
        let counted = Counted { stream, received: Arc::clone(&received) };
        let (sender, connection) = http1::handshake(TokioIo::new(counted)).await?;
        // How the connection ends shows in the requests on it.
        let connection = tokio::spawn(async move { drop(connection.await) }).abort_handle();
        let address = address.clone();
        Ok(Self { address, sender, received, connection, cookie: None, encodings: ENCODINGS })
    }

    /// The same visitor on another connection.
    pub async fn beside(&self) -> Result<Self> {
        let mut other = Self::connect(&self.address).await?;
        other.cookie.clone_from(&self.cookie);
        Ok(other)
    }

    /// Asks for answers that are not compressed.
    pub fn without_compression(mut self) -> Self {
        self.encodings = "identity";
        self
    }

    /// Signs the operator in.
    pub async fn sign_in(&mut self) -> Result<()> {
        let fields = [("name", NAME), ("password", PASSWORD), ("next", "")];
        let form = Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self
            .request(Method::POST, "/do/sign-in")
            .header(ORIGIN, self.address.origin().ascii_serialization())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form))?;
        let answer = self.send(request).await?;
        let cookie = answer.headers.get(SET_COOKIE).and_then(|value| value.to_str().ok());
        let cookie = cookie.and_then(|value| value.split(';').next());
        self.cookie = Some(cookie.context("signing in brought no session")?.to_owned());
        let list = self.open("/databases").await?;
        ensure!(list.status == StatusCode::OK, "signed in, but /databases answers {}", list.status);
        Ok(())
    }

    /// Opens a page or a file.
    pub async fn open(&mut self, path: &str) -> Result<Page> {
        let request = self.request(Method::GET, path).body(Body::empty())?;
        self.send(request).await.with_context(|| format!("could not open {path}"))
    }

    /// The same; anything but 200 is an error.
    pub async fn open_well(&mut self, path: &str) -> Result<Page> {
        let page = self.open(path).await?;
        if page.status != StatusCode::OK {
            bail!("{path} answers {}", page.status);
        }
        Ok(page)
    }

    fn request(&self, method: Method, path: &str) -> Builder {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, self.address.authority())
            .header(ACCEPT_ENCODING, self.encodings);
        match &self.cookie {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        }
    }

    async fn send(&mut self, request: Request<Body>) -> Result<Page> {
        let before = self.received.load(Ordering::Relaxed);
        let asked = async {
            self.sender.ready().await?;
            let (head, body) = Response::into_parts(self.sender.send_request(request).await?);
            Ok::<_, anyhow::Error>((head, to_bytes(Body::new(body), LARGEST).await?))
        };
        let (head, body) = tokio::time::timeout(LONGEST, asked).await.context("no answer came in time")??;
        let transferred = self.received.load(Ordering::Relaxed) - before;
        Ok(Page { status: head.status, headers: head.headers, body, transferred })
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

/// A connection that counts what it receives.
struct Counted {
    stream: TcpStream,
    received: Arc<AtomicU64>,
}

impl AsyncRead for Counted {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(cx, buf);
        this.received.fetch_add((buf.filled().len() - before) as u64, Ordering::Relaxed);
        read
    }
}

impl AsyncWrite for Counted {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
