//! A program that is told: a real server, which answers as a test wants it to.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use engine::AlertTargetForm;
use engine::alert::{Event, Kind, Language, Outgoing, signature};
use engine::guard::secret::WebhookSecret;
use tokio::net::TcpListener;

use crate::world::World;

/// How a receiver answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    Status(u16),
    Redirect,
    Silent,
    Endless,
}

/// What a receiver got.
#[derive(Clone, Debug)]
pub struct Got {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

#[derive(Clone)]
pub struct Receiver {
    pub address: String,
    got: Arc<Mutex<Vec<Got>>>,
    manner: Arc<Mutex<Manner>>,
}

/// What may be sent to this machine by its number, but not by its name.
pub fn outgoing() -> Outgoing {
    let allow_private = vec!["127.0.0.1".to_owned()];
    Outgoing { allow_private, patience: Duration::from_secs(2), ..Outgoing::default() }
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/hook", listener.local_addr().unwrap());
        let got = Arc::default();
        let receiver = Self { address, got, manner: Arc::new(Mutex::new(Manner::Status(204))) };
        let app = Router::new().fallback(take).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        receiver
    }

    pub fn answer(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    pub fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    /// The events that were told, in their order.
    pub fn events(&self) -> Vec<String> {
        self.got().iter().map(|got| got.json()["event"].as_str().unwrap().to_owned()).collect()
    }
}

static CHUNK: [u8; 65_536] = [b'x'; 65_536];

async fn take(State(receiver): State<Receiver>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    receiver.got.lock().unwrap().push(Got { path: uri.path().to_owned(), headers, body });
    let manner = *receiver.manner.lock().unwrap();
    match manner {
        Manner::Status(code) => StatusCode::from_u16(code).unwrap().into_response(),
        Manner::Redirect => (StatusCode::FOUND, [("location", "/elsewhere")]).into_response(),
        Manner::Silent => std::future::pending().await,
        Manner::Endless => {
            let chunks = || Ok::<_, std::io::Error>(Bytes::from_static(&CHUNK));
            Body::from_stream(futures::stream::repeat_with(chunks)).into_response()
        }
    }
}

impl Got {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap().to_str().unwrap()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Checks it as docs/alerts.md tells receivers to.
    pub fn is_signed_with(&self, secret: &WebhookSecret) -> bool {
        let timestamp = self.header("evergrant-timestamp").parse().unwrap();
        signature(secret, self.header("evergrant-id"), timestamp, &self.body)
            == self.header("evergrant-signature")
    }
}

pub fn webhook(address: &str) -> AlertTargetForm {
    AlertTargetForm {
        kind: Kind::Webhook,
        name: "A program".to_owned(),
        address: address.to_owned(),
        events: Event::CHOICES.to_vec(),
        language: Language::English,
    }
}

impl World {
    /// Adds a webhook that is told of everything.
    pub async fn tell(&self, receiver: &Receiver) -> WebhookSecret {
        self.operator.add_alert_target(webhook(&receiver.address)).await.unwrap().unwrap()
    }

    /// Sends what is due.
    pub async fn deliver(&self) {
        self.engine.deliver_due().await.unwrap();
    }

    /// Time passes, and what is due then is sent.
    pub async fn deliver_after(&self, seconds: u64) {
        self.pass_seconds(seconds).await;
        self.deliver().await;
    }
}
