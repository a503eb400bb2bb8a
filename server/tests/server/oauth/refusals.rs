//! Everything that is refused, by the word that the RFC has for it.

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Method, Response};

use super::{ACCESS_TOKEN, Client, EXCHANGE, INTROSPECT, REVOKE, TOKEN, refused, text};
use crate::app::{CLIENT_ID, TestApp, USER, header};
use crate::program::CONTAINER;

const CREDENTIALS: (&str, &str) = ("grant_type", "client_credentials");
const FORM: &str = "application/x-www-form-urlencoded";

fn basic(pair: &str) -> String {
    use base64::Engine as _;
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
}

impl Client {
    async fn raw(&self, path: &str, kind: &str, body: String) -> Response {
        let request = self.request(Method::POST, path).basic_auth(&self.id, Some(self.program.key.expose()));
        request.header(CONTENT_TYPE, kind).body(body).send().await.unwrap()
    }

    async fn with(&self, path: &str, authorization: &str, fields: &[(&str, &str)]) -> Response {
        let request = self.request(Method::POST, path).header(AUTHORIZATION, authorization);
        request.form(fields).send().await.unwrap()
    }
}

#[tokio::test]
async fn grants_that_are_malformed_or_forbidden_are_refused_by_name() {
    let app = TestApp::start().await;
    let client = Client::new(&app).await;
    let word = async |fields: &[(&str, &str)]| refused(client.post(TOKEN, fields).await, 400).await;
    assert_eq!(word(&[]).await, "invalid_request");
    assert_eq!(word(&[("grant_type", "")]).await, "invalid_request");
    assert_eq!(word(&[CREDENTIALS, CREDENTIALS]).await, "invalid_request");
    assert_eq!(word(&[("grant_type", "refresh_token")]).await, "invalid_request");
    for grant in ["authorization_code", "CLIENT_CREDENTIALS", "anything"] {
        assert_eq!(word(&[("grant_type", grant)]).await, "unsupported_grant_type");
    }
    for (grant, reason) in [("password", "password of a person"), ("implicit", "addresses")] {
        let fields = [("grant_type", grant), ("username", "anna"), ("password", "planted")];
        let answer = client.bare(TOKEN, &fields).await;
        assert_eq!(answer.status(), 400);
        let said = answer.text().await.unwrap();
        assert!(said.contains("unsupported_grant_type") && said.contains(reason), "{said}");
        assert!(said.contains("RFC 9700") && !said.contains("planted"), "{said}");
    }
    for token in ["", "nothing", &format!("evgr_{}", "A".repeat(43)), client.program.key.expose()] {
        let wanted = if token.is_empty() { "invalid_request" } else { "invalid_grant" };
        assert_eq!(word(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await, wanted);
    }
    for scope in ["nowhere", "bakkerij-jansen nowhere", " bakkerij-jansen", "a\"b", "é"] {
        assert_eq!(word(&[CREDENTIALS, ("scope", scope)]).await, "invalid_scope", "{scope}");
    }
    let fields = [CREDENTIALS, ("scope", ""), ("unknown", "1")];
    assert_eq!(client.post(TOKEN, &fields).await.status(), 200, "what is not known is not looked at");
}

#[tokio::test]
async fn only_a_form_in_the_body_is_read() {
    let app = TestApp::start().await;
    let client = Client::new(&app).await;
    let key = client.program.key.expose();
    let sound = "grant_type=client_credentials&token=x";
    for path in [TOKEN, REVOKE, INTROSPECT] {
        for (kind, body) in [
            ("application/json", r#"{"grant_type":"client_credentials"}"#.to_owned()),
            ("text/plain", sound.to_owned()),
            ("multipart/form-data; boundary=x", sound.to_owned()),
            (FORM, format!("{sound}&a=1&a=1")),
            (FORM, "grant_type&token".to_owned()),
        ] {
            assert_eq!(refused(client.raw(path, kind, body).await, 400).await, "invalid_request");
        }
        let large = format!("{sound}&a={}", "x".repeat(20_000));
        assert_eq!(refused(client.raw(path, FORM, large).await, 413).await, "invalid_request");
        for query in [format!("{sound}&client_id={}&client_secret={key}", client.id), "token=x".to_owned()] {
            let answer = client.post(&format!("{path}?{query}"), &[CREDENTIALS, ("token", "x")]).await;
            let said = answer.text().await.unwrap();
            assert!(said.contains("invalid_request") && !said.contains(key), "{said}");
        }
        let got = client.request(Method::GET, path).send().await.unwrap();
        assert_eq!(header(&got, "allow"), "POST");
        assert_eq!(refused(got, 405).await, "invalid_request");
    }
}

#[tokio::test]
async fn who_does_not_prove_to_be_a_client_is_refused_everywhere() {
    let app = TestApp::start().await;
    let (client, other) = (Client::new(&app).await, Client::new(&app).await);
    let (id, key) = (client.id.as_str(), client.program.key.expose());
    let pair = client.issue().await;
    let (access, unknown) = (text(&pair, "access_token"), format!("evg_{}", "A".repeat(43)));
    for path in [TOKEN, REVOKE, INTROSPECT] {
        let form = [CREDENTIALS, ("token", "x")];
        assert_eq!(refused(client.bare(path, &form).await, 401).await, "invalid_client");
        for (id, key) in
            [("", key), ("nobody", key), (&other.id, key), (id, ""), (id, "x"), (id, &access), (id, &unknown)]
        {
            let answer = client.as_anybody(path, id, key, &form).await;
            assert_eq!(refused(answer, 401).await, "invalid_client", "{id}");
            if !id.is_empty() && !key.is_empty() {
                let form = [CREDENTIALS, ("token", "x"), ("client_id", id), ("client_secret", key)];
                assert_eq!(refused(client.bare(path, &form).await, 401).await, "invalid_client");
            }
        }
        for header in
            ["Basic", "Basic !", "Digest x", key, &format!("Bearer {key}"), &format!("Bearer {access}")]
        {
            assert_eq!(refused(client.with(path, header, &form).await, 401).await, "invalid_client");
        }
        // A client id without a key is no authentication.
        let alone = [CREDENTIALS, ("token", "x"), ("client_id", id)];
        assert_eq!(refused(client.bare(path, &alone).await, 401).await, "invalid_client");
    }
}

#[tokio::test]
async fn a_client_authenticates_in_one_way_only() {
    let app = TestApp::start().await;
    let (client, other) = (Client::new(&app).await, Client::new(&app).await);
    let (id, key) = (client.id.as_str(), client.program.key.expose());
    let in_form = [CREDENTIALS, ("client_id", id), ("client_secret", key)];
    assert_eq!(client.bare(TOKEN, &in_form).await.status(), 200);
    let encoded: String = key.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let header = basic(&format!("{id}:{encoded}"));
    assert_eq!(client.with(TOKEN, &header, &[CREDENTIALS]).await.status(), 200);
    assert_eq!(client.with(TOKEN, &header, &[CREDENTIALS, ("client_id", id)]).await.status(), 200);
    let word = async |answer| refused(answer, 400).await;
    assert_eq!(word(client.post(TOKEN, &in_form).await).await, "invalid_request");
    assert_eq!(
        word(client.post(TOKEN, &[CREDENTIALS, ("client_secret", key)]).await).await,
        "invalid_request"
    );
    assert_eq!(
        word(client.post(TOKEN, &[CREDENTIALS, ("client_id", &other.id)]).await).await,
        "invalid_request"
    );
    assert_eq!(
        word(client.bare(TOKEN, &[CREDENTIALS, ("client_secret", key)]).await).await,
        "invalid_request"
    );
    let twice =
        client.request(Method::POST, TOKEN).header(AUTHORIZATION, &header).header(AUTHORIZATION, &header);
    assert_eq!(word(twice.form(&[CREDENTIALS]).send().await.unwrap()).await, "invalid_request");
}

#[tokio::test]
async fn a_refresh_token_that_comes_back_ends_its_family_and_a_lost_answer_does_not() {
    let (app, hand) = TestApp::start_with_hand().await;
    let (client, other) = (Client::new(&app).await, Client::new(&app).await);
    let first = client.issue().await;
    let refresh = text(&first, "refresh_token");
    let theirs = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    assert_eq!(refused(other.post(TOKEN, &theirs).await, 400).await, "invalid_grant");
    assert_eq!(refused(other.post(REVOKE, &[("token", &refresh)]).await, 400).await, "invalid_grant");
    let wide = [theirs[0], theirs[1], ("scope", "nowhere")];
    assert_eq!(refused(client.post(TOKEN, &wide).await, 400).await, "invalid_scope");
    assert_eq!(client.refresh(&first).await.status(), 200);
    app.pass(&hand, 10);
    let again = client.refresh(&first).await;
    assert_eq!(again.status(), 200, "the answer may have been lost");
    let again = again.json().await.unwrap();
    assert_eq!(refused(client.refresh(&first).await, 400).await, "invalid_grant");
    let last = client.refresh(&again).await;
    assert_eq!(last.status(), 200);
    let last = text(&last.json().await.unwrap(), "access_token");
    app.pass(&hand, 11);
    assert_eq!(client.open(CONTAINER, &last).await.status(), 200);
    assert_eq!(refused(client.refresh(&first).await, 400).await, "invalid_grant");
    assert_eq!(client.open(CONTAINER, &last).await.status(), 401);
    let key = [("token", client.program.key.expose())];
    assert_eq!(refused(client.post(REVOKE, &key).await, 400).await, "unsupported_token_type");
    for path in [REVOKE, INTROSPECT] {
        assert_eq!(refused(client.post(path, &[]).await, 400).await, "invalid_request");
    }
}

#[tokio::test]
async fn an_exchange_that_is_not_in_order_lends_nothing() {
    let app = TestApp::start().await;
    app.authorize().await;
    app.operator().await.create_database("De Vries").await.unwrap();
    let client = Client::new(&app).await;
    let pair = client.issue().await;
    let (access, refresh) = (text(&pair, "access_token"), text(&pair, "refresh_token"));
    let resource = app.url.join(CONTAINER).unwrap().to_string();
    let sound = [
        ("grant_type", EXCHANGE),
        ("subject_token", access.as_str()),
        ("subject_token_type", ACCESS_TOKEN),
        ("resource", resource.as_str()),
    ];
    assert_eq!(client.bare(TOKEN, &sound).await.status(), 200);
    let changed = async |name: &str, value: &str| {
        let mut form: Vec<(&str, &str)> = sound.into_iter().filter(|(known, _)| *known != name).collect();
        form.push((name, value));
        refused(client.bare(TOKEN, &form).await, 400).await
    };
    for subject in ["", "nothing", refresh.as_str(), &format!("evga_{}", "A".repeat(43)), &access[..47]] {
        assert_eq!(changed("subject_token", subject).await, "invalid_request");
    }
    for kind in ["", "urn:ietf:params:oauth:token-type:refresh_token", "access_token"] {
        assert_eq!(changed("subject_token_type", kind).await, "invalid_request");
    }
    assert_eq!(
        changed("requested_token_type", "urn:ietf:params:oauth:token-type:jwt").await,
        "invalid_request"
    );
    assert_eq!(changed("actor_token", "x").await, "invalid_request");
    assert_eq!(changed("scope", "de-vries").await, "invalid_scope");
    assert_eq!(changed("audience", "x").await, "invalid_target");
    for other in ["", "https://evil.example/", CONTAINER] {
        assert_eq!(changed("resource", other).await, "invalid_target");
    }
    for path in [
        "/api/v1/databases/de-vries/containers/exact",
        "/api/v1/databases/nowhere/containers/exact",
        "/api/v1/databases/bakkerij-jansen/containers/none",
    ] {
        assert_eq!(changed("resource", app.url.join(path).unwrap().as_str()).await, "invalid_target");
    }
    let twice = [&sound[..], &sound[3..]].concat();
    assert_eq!(refused(client.bare(TOKEN, &twice).await, 400).await, "invalid_target");
    let wrong = client.as_anybody(TOKEN, &client.id, "x", &sound).await;
    assert_eq!(refused(wrong, 401).await, "invalid_client");
}

#[tokio::test]
async fn trouble_upstream_is_503_with_its_code_and_too_many_requests_are_429() {
    let (app, hand) = TestApp::start_with_hand().await;
    let client = Client::new(&app).await;
    let resource = app.url.join(CONTAINER).unwrap().to_string();
    let form = [
        ("grant_type", EXCHANGE),
        ("subject_token", client.program.key.expose()),
        ("subject_token_type", ACCESS_TOKEN),
        ("resource", resource.as_str()),
    ];
    let answer = client.bare(TOKEN, &form).await;
    assert!(!header(&answer, "retry-after").is_empty());
    let said: serde_json::Value = answer.json().await.unwrap();
    assert_eq!((&said["error"], &said["code"]), (&"temporarily_unavailable".into(), &"unlinked".into()));
    app.authorize().await;
    app.pass(&hand, 575);
    assert!(app.sandbox.break_chain(CLIENT_ID, USER));
    assert_eq!(client.bare(TOKEN, &form).await.status(), 200, "it still works for 25 seconds");
    app.until("broken").await;
    app.pass(&hand, 25);
    assert_eq!(refused(client.bare(TOKEN, &form).await, 503).await, "temporarily_unavailable");

    app.pass(&hand, 60);
    app.engine.allow_consumers(1);
    assert_eq!(client.post(TOKEN, &[CREDENTIALS]).await.status(), 200);
    for path in [TOKEN, REVOKE, INTROSPECT] {
        let answer = client.post(path, &[CREDENTIALS, ("token", "x")]).await;
        assert_eq!(refused(answer, 429).await, "temporarily_unavailable");
    }
    assert_eq!(refused(client.bare(TOKEN, &form).await, 429).await, "temporarily_unavailable");
    app.pass(&hand, 60);
    app.engine.allow_consumers(100);
    app.engine.store().clone().close().await.unwrap();
    for path in [TOKEN, REVOKE, INTROSPECT] {
        let answer = client.post(path, &[CREDENTIALS, ("token", "x")]).await;
        assert_eq!(answer.status(), 503);
        let said = answer.text().await.unwrap();
        assert!(said.contains("temporarily_unavailable") && !said.contains("sqlite"), "{said}");
    }
}

#[tokio::test]
async fn a_key_that_ended_is_no_client_and_its_tokens_open_nothing() {
    let (app, hand) = TestApp::start_with_hand().await;
    let client = Client::new(&app).await;
    let access = text(&client.issue().await, "access_token");
    let operator = app.operator().await;
    operator.revoke_consumer(client.id.parse().unwrap()).await.unwrap();
    assert_eq!(refused(client.post(TOKEN, &[CREDENTIALS]).await, 401).await, "invalid_client");
    assert_eq!(client.open(CONTAINER, &access).await.status(), 401);
    let other = Client::new(&app).await;
    assert_eq!(other.introspect(&access).await, serde_json::json!({ "active": false }));
    app.pass(&hand, 91 * 86_400);
    assert_eq!(refused(other.post(TOKEN, &[CREDENTIALS]).await, 401).await, "invalid_client");
}

#[tokio::test]
async fn neither_sessions_nor_other_sites_matter_here() {
    let app = TestApp::start().await;
    let client = Client::new(&app).await;
    let request =
        client.request(Method::POST, TOKEN).basic_auth(&client.id, Some(client.program.key.expose()));
    let request = request.header("origin", "https://elsewhere.example").header("cookie", "id=anything");
    let answer = request.header("sec-fetch-site", "cross-site").form(&[CREDENTIALS]).send().await.unwrap();
    assert_eq!(answer.status(), 200, "who has the key is no browser that was lured");
    assert_eq!(header(&answer, "access-control-allow-origin"), "");
    assert_eq!(header(&answer, "set-cookie"), "");
    let asked = client.request(Method::OPTIONS, TOKEN).header("origin", "https://elsewhere.example");
    let answer = asked.header("access-control-request-method", "POST").send().await.unwrap();
    assert_eq!(answer.status(), 405);
    assert_eq!(header(&answer, "access-control-allow-origin"), "");
}
