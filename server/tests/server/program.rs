//! A program with a consumer key.

use std::time::Duration;

use engine::ConsumerForm;
use engine::guard::secret::ConsumerKey;
use reqwest::Response;
use serde_json::Value;
use url::Url;

use crate::app::{ALIAS, DATABASE, TestApp, header};

/// Where the container of the test is.
pub const CONTAINER: &str = "/api/v1/databases/bakkerij-jansen/containers/exact";

pub struct Program {
    client: reqwest::Client,
    url: Url,
    pub key: ConsumerKey,
}

impl Program {
    /// A program whose key reaches the database of the test.
    pub async fn new(app: &TestApp) -> Self {
        let form = ConsumerForm {
            name: "Power BI".to_owned(),
            databases: Some(vec![DATABASE.to_owned()]),
            days: None,
        };
        let (_, key) = app.operator().await.add_consumer(form).await.unwrap();
        Self::with(app, key)
    }

    pub fn with(app: &TestApp, key: ConsumerKey) -> Self {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(60)).build().unwrap();
        Self { client, url: app.url.clone(), key }
    }

    pub async fn get(&self, path: &str) -> Response {
        self.client.get(self.url.join(path).unwrap()).bearer_auth(self.key.expose()).send().await.unwrap()
    }

    /// Asks with an `Authorization` of one's own, or with none.
    pub async fn get_with(&self, path: &str, authorization: Option<&str>) -> Response {
        let request = self.client.get(self.url.join(path).unwrap());
        let request = match authorization {
            Some(value) => request.header("authorization", value),
            None => request,
        };
        request.send().await.unwrap()
    }

    pub async fn post(&self, path: &str) -> Response {
        self.client.post(self.url.join(path).unwrap()).bearer_auth(self.key.expose()).send().await.unwrap()
    }

    /// The token's JSON.
    pub async fn token(&self, query: &str) -> Value {
        let answer = self.get(&format!("{CONTAINER}/token{query}")).await;
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }
}

/// The code of a problem, which has everything that a problem has.
pub async fn problem(answer: Response, status: u16) -> String {
    assert_eq!(answer.status(), status);
    assert_eq!(header(&answer, "content-type"), "application/problem+json");
    assert_eq!(header(&answer, "cache-control"), "no-store");
    assert_eq!(header(&answer, "set-cookie"), "");
    assert_eq!(!header(&answer, "retry-after").is_empty(), matches!(status, 429 | 503));
    assert_eq!(!header(&answer, "www-authenticate").is_empty(), status == 401);
    let problem: Value = answer.json().await.unwrap();
    assert_eq!((&problem["type"], &problem["status"]), (&"about:blank".into(), &status.into()));
    assert!(problem["title"].is_string() && problem["detail"].is_string(), "{problem}");
    problem["code"].as_str().unwrap().to_owned()
}

impl TestApp {
    /// Authorizes the container of the test.
    pub async fn authorize(&self) {
        let browser = self.signed_in().await;
        let back = self.walk_out(&browser, "").await;
        browser.open(&back).await;
        assert_eq!(self.state().await, "live");
    }

    /// Time passes for the server, whose clock the hand moves, and for the provider.
    pub fn pass(&self, hand: &engine::clock::Hand, seconds: u64) {
        self.sandbox.advance(Duration::from_secs(seconds));
        hand.advance(Duration::from_secs(seconds));
    }

    /// Waits until the container is in this state.
    pub async fn until(&self, state: &str) {
        let mut changes = self.engine.changes();
        let wait = async {
            while self.state().await != state {
                changes.recv().await.unwrap();
            }
        };
        tokio::time::timeout(Duration::from_secs(30), wait).await.unwrap();
    }

    pub async fn container(&self) -> engine::view::ContainerView {
        let view = self.operator().await.database(DATABASE).await.unwrap().unwrap();
        view.containers.into_iter().find(|container| container.alias == ALIAS).unwrap()
    }
}
