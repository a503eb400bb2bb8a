//! `GET /api/v1/openapi.json`: what it says is what the handlers answer.

use std::collections::BTreeSet;

use engine::clock::Hand;
use reqwest::Response;
use serde_json::{Value, json};

use crate::app::{CLIENT_ID, TestApp, USER};
use crate::oauth::{self, Client};
use crate::program::{CONTAINER, Program};
use crate::schema::complaints;

const LIST: &str = "/api/v1/databases";
const ONE: &str = "/api/v1/databases/{database}";
const SHOW: &str = "/api/v1/databases/{database}/containers/{alias}";
const TOKEN: &str = "/api/v1/databases/{database}/containers/{alias}/token";
const GATE: &str = "/api/v1/databases/{database}/containers/{alias}/proxy/{path}";

const METADATA: &str = "/.well-known/oauth-authorization-server";

/// The document, and which of its answers were seen.
struct Document {
    document: Value,
    seen: BTreeSet<(String, String)>,
}

impl Document {
    async fn of(program: &Program) -> Self {
        let answer = program.get_with("/api/v1/openapi.json", None).await;
        assert_eq!(answer.status(), 200, "nobody needs a key to read it");
        let document: Value = answer.json().await.unwrap();
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
        Self { document, seen: BTreeSet::new() }
    }

    /// Every address with every status that the document knows.
    fn promised(&self) -> BTreeSet<(String, String)> {
        let paths = self.document["paths"].as_object().unwrap();
        let promised = paths.iter().flat_map(|(path, verbs)| {
            let verb = verbs.as_object().unwrap().values().next().unwrap();
            let statuses = verb["responses"].as_object().unwrap().keys();
            // The default is what the provider answers, whatever it is.
            let ours = statuses.filter(|status| *status != "default");
            ours.map(|status| (path.clone(), status.clone()))
        });
        promised.collect()
    }

    /// The answer is one of those that the document promises for this address.
    async fn check(&mut self, path: &str, answer: Response) -> Value {
        let status = answer.status().as_u16().to_string();
        let kind = crate::app::header(&answer, "content-type");
        let body: Value = answer.json().await.unwrap();
        let verb = self.document["paths"][path].as_object().unwrap().values().next().unwrap();
        let schema = &verb["responses"][&status]["content"][&kind]["schema"];
        assert!(schema.is_object(), "{path} answers {status} with {kind}, which the document does not know");
        let wrong = complaints(&self.document, schema, &body);
        assert!(wrong.is_empty(), "{path} answers {status} with {body}: {wrong:?}");
        self.seen.insert((path.to_owned(), status));
        body
    }
}

/// What makes sense at each address for tokens.
const SOUND: [(&str, &str); 2] = [("grant_type", "client_credentials"), ("token", "nothing")];
const OAUTH: [&str; 3] = [oauth::TOKEN, oauth::REVOKE, oauth::INTROSPECT];

/// Every answer about issued tokens but that of a store which fails.
async fn check_oauth(document: &mut Document, app: &TestApp, hand: &Hand, client: &Client) {
    let get = client.request(reqwest::Method::GET, METADATA).send().await.unwrap();
    document.check(METADATA, get).await;
    let token = client.post(oauth::TOKEN, &SOUND).await;
    let pair = document.check(oauth::TOKEN, token).await;
    let known = [("token", pair["access_token"].as_str().unwrap())];
    let answer = client.post(oauth::INTROSPECT, &known).await;
    assert_eq!(document.check(oauth::INTROSPECT, answer).await["active"], true);
    assert_eq!(client.post(oauth::REVOKE, &known).await.text().await.unwrap(), "");
    document.seen.insert((oauth::REVOKE.to_owned(), "200".to_owned()));
    let large = "x".repeat(20_000);
    for path in OAUTH {
        document.check(path, client.post(path, &[]).await).await;
        document.check(path, client.bare(path, &SOUND).await).await;
        document.check(path, client.post(path, &[("token", &large)]).await).await;
    }
    app.engine.allow_consumers(0);
    for path in OAUTH {
        document.check(path, client.post(path, &SOUND).await).await;
    }
    app.pass(hand, 60);
    app.engine.allow_consumers(100);
}

#[tokio::test]
async fn every_answer_that_the_document_promises_is_one_that_the_handlers_give() {
    let (app, hand) = TestApp::start_with_hand().await;
    app.operator().await.create_database("De Vries").await.unwrap();
    let program = Program::new(&app).await;
    let mut document = Document::of(&program).await;
    let token = format!("{CONTAINER}/token");
    let addresses = [
        (LIST, LIST.to_owned()),
        (ONE, "/api/v1/databases/bakkerij-jansen".to_owned()),
        (SHOW, CONTAINER.to_owned()),
        (TOKEN, token.clone()),
    ];
    let mut every = addresses.to_vec();
    every.push((GATE, format!("{CONTAINER}/proxy/current/Me")));
    // Never authorized, live, and broken with what is wrong.
    for state in ["unlinked", "live", "broken"] {
        match state {
            "live" => app.authorize().await,
            "broken" => {
                app.pass(&hand, 600);
                assert!(app.sandbox.break_chain(CLIENT_ID, USER));
                assert_eq!(program.get(&format!("{token}?wait=35")).await.status(), 503);
            }
            _ => {}
        }
        assert_eq!(app.state().await, state);
        for (path, address) in &addresses {
            let said = document.check(path, program.get(address).await).await;
            if *path == SHOW {
                assert_eq!(said["state"], state);
                assert_eq!(said["healthy"], state == "live");
            }
        }
    }
    for (path, address) in &every {
        document.check(path, program.get_with(address, None).await).await;
        let (elsewhere, nowhere) =
            (address.replace("bakkerij-jansen", "de-vries"), address.replace("bakkerij-jansen", "nowhere"));
        if *path != LIST {
            document.check(path, program.get(&elsewhere).await).await;
            document.check(path, program.get(&nowhere).await).await;
        }
    }
    document.check(TOKEN, program.get(&format!("{token}?wait=abc")).await).await;
    document.check(GATE, program.get(&format!("{CONTAINER}/proxy/current%2fMe")).await).await;
    app.engine.allow_consumers(0);
    for (path, address) in &every {
        document.check(path, program.get(address).await).await;
    }
    app.pass(&hand, 60);
    app.engine.allow_consumers(100);
    let client = Client::new(&app).await;
    check_oauth(&mut document, &app, &hand, &client).await;
    app.engine.store().clone().close().await.unwrap();
    for (path, address) in &every {
        document.check(path, program.get(address).await).await;
    }
    for path in OAUTH {
        document.check(path, client.post(path, &SOUND).await).await;
    }
    assert_eq!(document.seen, document.promised());
}

#[tokio::test]
async fn the_document_names_both_ways_to_bring_a_key() {
    let app = TestApp::start().await;
    let document = Document::of(&Program::new(&app).await).await.document;
    assert_eq!(document["security"], json!([{ "bearer": [] }, { "basic": [] }]));
    let schemes = &document["components"]["securitySchemes"];
    assert_eq!(
        (&schemes["bearer"]["scheme"], &schemes["basic"]["scheme"]),
        (&"bearer".into(), &"basic".into())
    );
}
