//! A provider made up by a test: it answers as it is told and remembers what it was asked.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{Response, header};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// A request that came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Method and path, such as `GET /auth`.
    pub line: String,
    pub query: String,
    pub body: String,
    pub cookies: String,
    pub headers: Vec<(String, String)>,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What it is answered with.
pub enum Told {
    Page(String),
    Status(u16, String),
    Json(String),
    /// Leads there, with a status and cookies.
    To(u16, String, &'static [&'static str]),
    /// Nothing, for ever.
    Silence,
}

pub fn page(body: &str) -> Told {
    Told::Page(body.to_owned())
}

pub fn to(address: &str) -> Told {
    Told::To(302, address.to_owned(), &[])
}

/// A provider on a port of its own; it stops when dropped.
pub struct Server {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    pub arrivals: mpsc::UnboundedReceiver<String>,
    task: JoinHandle<()>,
}

impl Server {
    pub async fn start(answer: impl Fn(&Asked) -> Told + Clone + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (arrived, arrivals) = mpsc::unbounded_channel();
        let book = Arc::clone(&asked);
        let router = Router::new().fallback(move |request: Request| {
            let (answer, book, arrived) = (answer.clone(), Arc::clone(&book), arrived.clone());
            async move {
                let asked = read(request).await;
                book.lock().unwrap().push(asked.clone());
                let _ = arrived.send(asked.line.clone());
                respond(answer(&asked)).await
            }
        });
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, asked, arrivals, task }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The lines of everything that was asked.
    pub fn lines(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.line).collect()
    }

    /// How many requests held this text anywhere.
    pub fn holding(&self, text: &str) -> usize {
        self.asked().iter().filter(|asked| format!("{asked:?}").contains(text)).count()
    }

    /// Waits for a request of this line.
    pub async fn until(&mut self, line: &str) {
        while self.arrivals.recv().await.unwrap() != line {}
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn read(request: Request) -> Asked {
    let (parts, body) = request.into_parts();
    let text = |value: &header::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let headers: Vec<_> =
        parts.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    let cookies: Vec<_> = parts.headers.get_all(header::COOKIE).iter().map(text).collect();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    Asked {
        line: format!("{} {}", parts.method, parts.uri.path()),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        body: String::from_utf8_lossy(&body).into_owned(),
        cookies: cookies.join("; "),
        headers,
    }
}

async fn respond(told: Told) -> Response<Body> {
    let (status, kind, body) = match told {
        Told::Page(body) => (200, "text/html; charset=utf-8", body),
        Told::Status(status, body) => (status, "text/html", body),
        Told::Json(body) => (200, "application/json", body),
        Told::To(status, address, cookies) => {
            let mut response = Response::builder().status(status).header(header::LOCATION, address);
            for cookie in cookies {
                response = response.header(header::SET_COOKIE, *cookie);
            }
            return response.body(Body::empty()).unwrap();
        }
        Told::Silence => return std::future::pending().await,
    };
    Response::builder().status(status).header(header::CONTENT_TYPE, kind).body(Body::from(body)).unwrap()
}
