//! A process is killed at every boundary of the spend protocol, for real; what another process
//! then finds must be enough to go on without spending a link twice.

use std::path::Path;
use std::time::Duration;

use chain::Fault;
use engine::clock::{Clock, Hand};
use engine::guard::secret::{ClientSecret, RefreshToken};
use engine::keeper::Boundary;
use engine::view::{ContainerStatus, StateName};
use engine::{Engine, Operator, RegistrationForm};
use exact_sandbox::{Client, Options, Sandbox, User};

use crate::child::Orders;
use crate::stores::{Store, open, stores};

const CLIENT: &str = "{5c1d0f0e-0000-4000-8000-0000000000cc}";
const ANNA: &str = "anna@example.nl";

async fn status(operator: &Operator) -> ContainerStatus {
    operator.database("test").await.unwrap().unwrap().containers.remove(0).status
}

/// Waits until the chain is at rest again.
async fn rest(engine: &Engine, operator: &Operator, hand: &Hand) -> ContainerStatus {
    let wait = async {
        loop {
            let mut changes = engine.changes();
            engine.wake_due().await.unwrap();
            let now = status(operator).await;
            if matches!(now.state, StateName::Live | StateName::Broken) {
                return now;
            }
            let news = tokio::time::timeout(Duration::from_millis(200), changes.recv()).await;
            if news.is_err() {
                hand.advance(Duration::from_secs(5));
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), wait).await.expect("the chain comes to rest")
}

/// What a chain must be after its process was killed at this boundary.
fn expected(boundary: Boundary, resends: bool) -> (StateName, Option<Fault>) {
    match boundary {
        Boundary::Intended | Boundary::Kept | Boundary::Committed | Boundary::Activated => {
            (StateName::Live, None)
        }
        // Nothing had left, but only the killed process knew: sending again proves it.
        Boundary::Marked if resends => (StateName::Live, None),
        // The provider had answered, into memory that is gone.
        Boundary::Marked | Boundary::Received => (StateName::Broken, Some(Fault::AnswerLost)),
        Boundary::PasswordMarked
        | Boundary::CodeReserved
        | Boundary::CodeInHand
        | Boundary::Exchanged
        | Boundary::Joined
        | Boundary::AlertSent => unreachable!("{boundary:?} is not of the spend protocol"),
    }
}

async fn kill_at(boundary: Boundary, store: Store, resends: bool) {
    let sandbox = Sandbox::start(Options {
        minimum_interval: Duration::ZERO,
        token_calls_a_day: 1_000,
        ..Options::default()
    })
    .await
    .unwrap();
    sandbox.add_client(Client::new(CLIENT, "secret", "http://127.0.0.1:3000/oauth/callback/exact"));
    sandbox.add_user(User::new(ANNA, "password"));
    let folder = tempfile::tempdir().unwrap();
    let url = store.open(folder.path()).await;
    engine::store::migrate::<migrations::Migrator>(&url).await.unwrap();
    prepare(&url, folder.path(), &sandbox, resends).await;
    let before = sandbox.counts();

    let orders = Orders { url: url.clone(), folder: folder.path().to_owned(), boundary, now: None };
    orders.kill("keeper::killed::the_child_refreshes_until_it_is_killed");

    // Another process, five minutes later: every lease is over.
    let (clock, hand) = Clock::manual(Clock::system().now() + Duration::from_secs(300));
    let engine = open(&url, folder.path(), clock).await;
    let operator = engine.administrator().await.unwrap();
    engine.take_up().await.unwrap();
    let found = rest(&engine, &operator, &hand).await;
    let case = format!("{boundary:?}, resends {resends}, {url}");
    assert_eq!((found.state, found.fault), expected(boundary, resends), "{case}");
    let counts = sandbox.counts();
    assert_eq!(counts.max_accepted, 1, "a link was spent twice: {case}");
    let most = if resends { 3 } else { 1 };
    assert!(counts.max_presented <= most, "{} times: {case}", counts.max_presented);
    if found.state == StateName::Live {
        // The newest link is there: the provider takes it.
        let generation = found.generation.unwrap();
        let id = operator.container_at("test", "eol").await.unwrap().unwrap();
        operator.refresh_now(id).await.unwrap();
        let wait = async {
            while status(&operator).await.generation == Some(generation) {
                let mut changes = engine.changes();
                let _ = tokio::time::timeout(Duration::from_millis(200), changes.recv()).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), wait).await.expect("the link works");
        assert_eq!(sandbox.counts().refused, before.refused, "{case}");
    }
    engine.shutdown().await;
}

/// An authorized container, in a store that nobody has open any more.
async fn prepare(url: &str, folder: &Path, sandbox: &Sandbox, resends: bool) {
    let engine = open(url, folder, Clock::system()).await;
    let operator = engine.administrator().await.unwrap();
    operator.create_database("Test").await.unwrap();
    let tries = if resends { 2 } else { 0 };
    let timing = format!(
        r#"{{"minimum_interval": 0, "request_deadline": 5, "resend_tries": {tries}, "resend_window": 3600, "quiet_hours": false}}"#
    );
    let registration = operator
        .save_registration(RegistrationForm {
            id: None,
            name: "Exact".to_owned(),
            country: "nl".to_owned(),
            base_url: Some(sandbox.url()),
            client_id: CLIENT.to_owned(),
            client_secret: Some(ClientSecret::new("secret".to_owned())),
            timing: Some(timing),
            provider: "exact".to_owned(),
            custom: None,
            pkce: false,
        })
        .await
        .unwrap();
    let id = operator.create_container("test", "eol", registration, false).await.unwrap();
    let token = RefreshToken::new(sandbox.issue(CLIENT, ANNA).refresh_token);
    operator.adopt(id, token).await.unwrap();
    let wait = async {
        while status(&operator).await.generation != Some(2) {
            let mut changes = engine.changes();
            let _ = tokio::time::timeout(Duration::from_millis(200), changes.recv()).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), wait).await.expect("the adopted token works");
    engine.shutdown().await;
    engine.store().clone().close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_child_refreshes_until_it_is_killed() {
    let Some(orders) = Orders::given() else { return };
    let engine = orders.open(|options| options).await;
    let operator = engine.administrator().await.unwrap();
    let id = operator.container_at("test", "eol").await.unwrap().unwrap();
    operator.refresh_now(id).await.unwrap();
    Orders::wait();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_boundary_spends_no_link_twice_where_sending_again_is_allowed() {
    for boundary in Boundary::ALL {
        for store in stores() {
            kill_at(boundary, store, true).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_boundary_sends_no_link_twice_where_that_is_forbidden() {
    for boundary in Boundary::ALL {
        for store in stores() {
            kill_at(boundary, store, false).await;
        }
    }
}
