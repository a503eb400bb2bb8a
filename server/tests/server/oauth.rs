//! `/oauth/token`, `/oauth/revoke`, `/oauth/introspect` and the metadata: what a client library sees.

mod refusals;

use reqwest::Response;
use serde_json::{Value, json};

use crate::app::{TestApp, header};
use crate::program::{CONTAINER, Program, problem};

/// A client: the consumer of the test with its id.
pub struct Client {
    pub program: Program,
    pub id: String,
    http: reqwest::Client,
    url: url::Url,
}

pub const TOKEN: &str = "/oauth/token";
pub const REVOKE: &str = "/oauth/revoke";
pub const INTROSPECT: &str = "/oauth/introspect";
pub const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
pub const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

impl Client {
    pub async fn new(app: &TestApp) -> Self {
        let program = Program::new(app).await;
        let consumers = app.operator().await.consumers().await.unwrap();
        let newest = consumers.iter().find(|view| program.key.expose().starts_with(&view.shown)).unwrap();
        Self {
            id: newest.id.to_string(),
            program,
            http: reqwest::Client::builder().build().unwrap(),
            url: app.url.clone(),
        }
    }

    /// Sends a form without any authentication but what stands in it.
    pub async fn bare(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.http.post(self.url.join(path).unwrap()).form(fields).send().await.unwrap()
    }

    /// Sends a form as this client, by Basic.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.as_anybody(path, &self.id, self.program.key.expose(), fields).await
    }

    pub async fn as_anybody(&self, path: &str, id: &str, key: &str, fields: &[(&str, &str)]) -> Response {
        let request = self.http.post(self.url.join(path).unwrap()).basic_auth(id, Some(key));
        request.form(fields).send().await.unwrap()
    }

    /// A request of one's own making.
    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, self.url.join(path).unwrap())
    }

    /// The answer to a grant that is given.
    pub async fn grant(&self, fields: &[(&str, &str)]) -> Value {
        let answer = self.post(TOKEN, fields).await;
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    pub async fn issue(&self) -> Value {
        self.grant(&[("grant_type", "client_credentials")]).await
    }

    pub async fn refresh(&self, pair: &Value) -> Response {
        let token = text(pair, "refresh_token");
        self.post(TOKEN, &[("grant_type", "refresh_token"), ("refresh_token", &token)]).await
    }

    pub async fn introspect(&self, token: &str) -> Value {
        let answer = self.post(INTROSPECT, &[("token", token)]).await;
        assert_eq!((answer.status().as_u16(), header(&answer, "cache-control").as_str()), (200, "no-store"));
        answer.json().await.unwrap()
    }

    /// Asks the token API with an access token in place of the key.
    pub async fn open(&self, path: &str, token: &str) -> Response {
        self.program.get_with(path, Some(&format!("Bearer {token}"))).await
    }
}

pub fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap().to_owned()
}

/// The word of a refusal, which has everything that a refusal has.
pub async fn refused(answer: Response, status: u16) -> String {
    assert_eq!(answer.status(), status);
    assert_eq!(header(&answer, "content-type"), "application/json");
    assert_eq!(header(&answer, "cache-control"), "no-store");
    assert_eq!(header(&answer, "set-cookie"), "");
    assert_eq!(header(&answer, "access-control-allow-origin"), "");
    assert_eq!(!header(&answer, "retry-after").is_empty(), matches!(status, 429 | 503));
    assert_eq!(header(&answer, "www-authenticate").starts_with("Basic "), status == 401);
    let body: Value = answer.json().await.unwrap();
    let said = text(&body, "error_description");
    assert!(
        !said.is_empty() && said.bytes().all(|byte| matches!(byte, 0x20..=0x7e) && byte != b'"'),
        "{said}"
    );
    text(&body, "error")
}

#[tokio::test]
async fn a_client_gets_a_pair_with_both_ends_and_opens_with_it_what_its_key_opens() {
    let app = TestApp::start().await;
    app.authorize().await;
    let client = Client::new(&app).await;
    let answer = client.post(TOKEN, &[("grant_type", "client_credentials")]).await;
    assert_eq!((answer.status().as_u16(), header(&answer, "cache-control").as_str()), (200, "no-store"));
    assert_eq!(header(&answer, "pragma"), "no-cache");
    assert!(!header(&answer, "x-request-id").is_empty() && header(&answer, "set-cookie").is_empty());
    let pair: Value = answer.json().await.unwrap();
    assert_eq!(
        (&pair["token_type"], &pair["expires_in"], &pair["refresh_token_expires_in"]),
        (&json!("Bearer"), &json!(1_800), &json!(86_400))
    );
    assert!(pair.get("scope").is_none() && pair.get("issued_token_type").is_none());
    let access = text(&pair, "access_token");
    let lent = client.open(&format!("{CONTAINER}/token"), &access).await;
    assert_eq!(lent.status(), 200);
    let through = client.open(&format!("{CONTAINER}/proxy/current/Me?$select=UserName"), &access).await;
    assert_eq!(through.status(), 200, "the gate takes it, too");
    let request = client.request(reqwest::Method::GET, CONTAINER).basic_auth("anybody", Some(&access));
    assert_eq!(request.send().await.unwrap().status(), 200);

    let next = client.refresh(&pair).await;
    assert_eq!(next.status(), 200);
    let next: Value = next.json().await.unwrap();
    assert_eq!(next["refresh_token_expires_in"], 86_400);
    assert_eq!(client.introspect(&text(&pair, "refresh_token")).await, json!({ "active": false }));
    assert_eq!(client.introspect(&text(&next, "refresh_token")).await["token_type"], "refresh_token");
}

#[tokio::test]
async fn introspection_says_whose_a_token_is_and_nothing_of_one_that_does_not_work() {
    let app = TestApp::start().await;
    let (client, other) = (Client::new(&app).await, Client::new(&app).await);
    let pair = client.grant(&[("grant_type", "client_credentials"), ("scope", "bakkerij-jansen")]).await;
    assert_eq!(pair["scope"], "bakkerij-jansen");
    let access = text(&pair, "access_token");
    let known = other.introspect(&access).await;
    let exp = known["exp"].as_i64().unwrap() - known["iat"].as_i64().unwrap();
    assert_eq!((known["active"].as_bool(), exp), (Some(true), 1_800));
    assert_eq!((text(&known, "client_id"), text(&known, "sub")), (client.id.clone(), client.id.clone()));
    assert_eq!(
        (text(&known, "scope").as_str(), text(&known, "token_type").as_str()),
        ("bakkerij-jansen", "Bearer")
    );
    assert_eq!(text(&known, "iss"), app.url.as_str().trim_end_matches('/'));
    for none in ["x", client.program.key.expose(), &access[1..], &format!("evga_{}", "A".repeat(43))] {
        assert_eq!(other.introspect(none).await, json!({ "active": false }));
    }
}

#[tokio::test]
async fn what_is_revoked_is_refused_by_the_next_request() {
    let app = TestApp::start().await;
    let client = Client::new(&app).await;
    let pair = client.issue().await;
    let access = text(&pair, "access_token");
    assert_eq!(client.open(CONTAINER, &access).await.status(), 200);
    for _ in 0..2 {
        let hint = [("token", access.as_str()), ("token_type_hint", "refresh_token")];
        let answer = client.post(REVOKE, &hint).await;
        assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().as_str()), (200, ""));
    }
    assert_eq!(problem(client.open(CONTAINER, &access).await, 401).await, "token-revoked");
    let second: Value = client.refresh(&pair).await.json().await.unwrap();
    let (access, refresh) = (text(&second, "access_token"), text(&second, "refresh_token"));
    assert_eq!(client.open(CONTAINER, &access).await.status(), 200);
    assert_eq!(client.post(REVOKE, &[("token", &refresh)]).await.status(), 200);
    assert_eq!(problem(client.open(CONTAINER, &access).await, 401).await, "token-revoked");
    assert_eq!(refused(client.refresh(&second).await, 400).await, "invalid_grant");
    assert_eq!(client.post(REVOKE, &[("token", "nothing")]).await.status(), 200);
}

#[tokio::test]
async fn an_access_token_ends_in_time_and_a_made_up_one_opens_nothing() {
    let (app, hand) = TestApp::start_with_hand().await;
    let client = Client::new(&app).await;
    let access = text(&client.issue().await, "access_token");
    app.pass(&hand, 1_799);
    assert_eq!(client.open(CONTAINER, &access).await.status(), 200);
    app.pass(&hand, 1);
    assert_eq!(problem(client.open(CONTAINER, &access).await, 401).await, "token-expired");
    for made_up in ["evga_", &access[..40], &format!("evga_{}", "A".repeat(43))] {
        assert_eq!(problem(client.open(CONTAINER, made_up).await, 401).await, "token-unknown");
    }
}

#[tokio::test]
async fn a_token_is_exchanged_for_that_of_the_provider() {
    let app = TestApp::start().await;
    app.authorize().await;
    let (client, other) = (Client::new(&app).await, Client::new(&app).await);
    let access = text(&client.issue().await, "access_token");
    let resource = app.url.join(CONTAINER).unwrap();
    let key = client.program.key.expose();
    let lent = client.program.token("").await;
    for subject in [access.as_str(), key] {
        let form = [
            ("grant_type", EXCHANGE),
            ("subject_token", subject),
            ("subject_token_type", ACCESS_TOKEN),
            ("resource", resource.as_str()),
        ];
        for answer in [client.bare(TOKEN, &form).await, client.post(TOKEN, &form).await] {
            assert_eq!(
                (answer.status().as_u16(), header(&answer, "cache-control").as_str()),
                (200, "no-store")
            );
            let answer: Value = answer.json().await.unwrap();
            assert_eq!(answer["access_token"], lent["access_token"]);
            assert_eq!(
                (&answer["issued_token_type"], &answer["token_type"]),
                (&json!(ACCESS_TOKEN), &json!("Bearer"))
            );
            assert!(answer["expires_in"].as_u64().unwrap() > 500 && answer.get("refresh_token").is_none());
        }
        assert_eq!(refused(other.post(TOKEN, &form).await, 400).await, "invalid_request");
    }
}

#[tokio::test]
async fn the_metadata_says_where_everything_is() {
    let app = TestApp::start_at("https://evergrant.example").await;
    let client = Client::new(&app).await;
    let get = client.request(reqwest::Method::GET, "/.well-known/oauth-authorization-server");
    let answer = get.send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), header(&answer, "content-type").as_str()),
        (200, "application/json")
    );
    let said: Value = answer.json().await.unwrap();
    assert_eq!(said["issuer"], "https://evergrant.example");
    for (name, path) in
        [("token_endpoint", TOKEN), ("revocation_endpoint", REVOKE), ("introspection_endpoint", INTROSPECT)]
    {
        assert_eq!(said[name], format!("https://evergrant.example{path}"));
    }
    assert_eq!(said["grant_types_supported"], json!(["client_credentials", "refresh_token", EXCHANGE]));
    assert_eq!(said["response_types_supported"], json!([]));
}
