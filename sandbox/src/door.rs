//! The listening socket: opens, closes, and can hang up on a caller without an answer.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// Marks a response that must never be sent.
#[derive(Clone, Copy, Debug)]
struct HangUp;

/// A response on which the connection is closed instead.
pub(crate) fn hang_up() -> Response {
    let mut response = Body::empty().into_response();
    response.extensions_mut().insert(HangUp);
    response
}

/// Why a connection ends without an answer; hyper closes it when a service fails.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed without an answer")]
struct ClosedOnPurpose;

/// A listening socket with its connections.
#[derive(Debug)]
pub(crate) struct Door {
    address: SocketAddr,
    router: Router,
    open: Option<Open>,
    tasks: JoinSet<()>,
}

#[derive(Debug)]
struct Open {
    stop: CancellationToken,
    closed: oneshot::Receiver<()>,
}

impl Door {
    /// Opens.
    pub(crate) async fn open(listen: SocketAddr, router: Router) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let mut door = Self { address, router, open: None, tasks: JoinSet::new() };
        door.serve(listener);
        Ok(door)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Opens again at the same address; nothing happens if it is open.
    pub(crate) async fn reopen(&mut self) -> io::Result<()> {
        if self.open.is_none() {
            let listener = TcpListener::bind(self.address).await?;
            self.serve(listener);
        }
        Ok(())
    }

    /// Stops listening: new connections are refused, answers in flight are still sent.
    pub(crate) async fn close(&mut self) {
        if let Some(open) = self.open.take() {
            open.stop.cancel();
            // An error says that the task is gone, and the socket with it.
            let _gone = open.closed.await;
        }
    }

    fn serve(&mut self, listener: TcpListener) {
        let stop = CancellationToken::new();
        let (closing, closed) = oneshot::channel();
        self.tasks.spawn(accept(listener, self.router.clone(), stop.clone(), closing));
        self.open = Some(Open { stop, closed });
    }
}

async fn accept(
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
    closing: oneshot::Sender<()>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                connections.spawn(talk(stream, router.clone(), stop.clone()));
            },
            Some(_) = connections.join_next() => {}
            () = stop.cancelled() => break,
        }
    }
    drop(listener);
    // Nobody may wait for it any more.
    let _unheard = closing.send(());
    while connections.join_next().await.is_some() {}
}

async fn talk(stream: TcpStream, router: Router, stop: CancellationToken) {
    let service = service_fn(move |request: Request<Incoming>| {
        let router = router.clone();
        async move {
            let answered: Result<Response, Infallible> = router.oneshot(request.map(Body::new)).await;
            let Ok(response) = answered;
            match response.extensions().get::<HangUp>() {
                Some(HangUp) => Err(ClosedOnPurpose),
                None => Ok(response),
            }
        }
    });
    let mut connection =
        std::pin::pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    // How a connection ends, on purpose or because the caller left, is of no interest here.
    tokio::select! {
        _ended = connection.as_mut() => {}
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _ended = connection.await;
        }
    }
}
