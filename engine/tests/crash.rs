//! A process is killed at every boundary of the spend protocol, for real; what another process
//! then finds must be enough to go on without spending a link twice.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "keeper/stores.rs"]
mod stores;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use chain::Fault;
use engine::clock::{Clock, Hand};
use engine::guard::secret::{ClientSecret, RefreshToken};
use engine::keeper::Boundary;
use engine::view::{ContainerStatus, StateName};
use engine::{Engine, EngineOptions, Operator, RegistrationForm};
use exact_sandbox::{Client, Options, Sandbox, User};
use url::Url;

const CLIENT: &str = "{5c1d0f0e-0000-4000-8000-0000000000cc}";
const ANNA: &str = "anna@example.nl";
const AT_BOUNDARY: &str = "the process stands at the boundary";
const STORE: &str = "EVERGRANT_CRASH_STORE";
const FOLDER: &str = "EVERGRANT_CRASH_FOLDER";
const BOUNDARY: &str = "EVERGRANT_CRASH_BOUNDARY";

#[expect(clippy::print_stdout, reason = "the parent reads how far its child came")]
async fn open(url: &str, folder: &Path, clock: Clock, boundary: Option<Boundary>) -> Engine {
    let wanted = boundary;
    let on_boundary = move |reached: Boundary| {
        if Some(reached) == wanted {
            println!("{AT_BOUNDARY}");
            loop {
                std::thread::park();
            }
        }
    };
    Engine::open(EngineOptions {
        database_url: url.to_owned(),
        data_dir: folder.to_owned(),
        master_key_file: None,
        master_key: None,
        public_url: Url::parse("http://127.0.0.1:3000").unwrap(),
        allow_return_to: Vec::new(),
        outgoing: engine::alert::Outgoing::default(),
        clock,
        on_boundary: Some(Arc::new(on_boundary)),
    })
    .await
    .unwrap()
}

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

async fn kill_at(boundary: Boundary, store: stores::Store, resends: bool) {
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

    child(boundary, &url, folder.path());

    // Another process, five minutes later: every lease is over.
    let (clock, hand) = Clock::manual(Clock::system().now() + Duration::from_secs(300));
    let engine = open(&url, folder.path(), clock, None).await;
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
    let engine = open(url, folder, Clock::system(), None).await;
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

/// Starts this test program once more, lets it refresh up to the boundary, and kills it there.
fn child(boundary: Boundary, url: &str, folder: &Path) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["the_child_refreshes_until_it_is_killed", "--exact", "--nocapture"])
        .env(STORE, url)
        .env(FOLDER, folder)
        .env(BOUNDARY, format!("{boundary:?}"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let reached = lines.map_while(Result::ok).any(|line| line.contains(AT_BOUNDARY));
    // SIGKILL: nothing in the child runs any more.
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(reached, "the child never came to {boundary:?}");
}

/// The child's part; without the parent's words there is nothing to do.
#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "the parent tells the child what to do in its environment")]
async fn the_child_refreshes_until_it_is_killed() {
    let (Ok(url), Ok(folder), Ok(name)) =
        (std::env::var(STORE), std::env::var(FOLDER), std::env::var(BOUNDARY))
    else {
        return;
    };
    let boundary = Boundary::ALL.into_iter().find(|boundary| format!("{boundary:?}") == name).unwrap();
    let engine = open(&url, Path::new(&folder), Clock::system(), Some(boundary)).await;
    let operator = engine.administrator().await.unwrap();
    let id = operator.container_at("test", "eol").await.unwrap().unwrap();
    // The parent's end of the pipe tells when it is over; a minute is more than it takes.
    operator.refresh_now(id).await.unwrap();
    std::thread::park_timeout(Duration::from_secs(60));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_boundary_spends_no_link_twice_where_sending_again_is_allowed() {
    for boundary in Boundary::ALL {
        for store in stores::stores() {
            kill_at(boundary, store, true).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_boundary_sends_no_link_twice_where_that_is_forbidden() {
    for boundary in Boundary::ALL {
        for store in stores::stores() {
            kill_at(boundary, store, false).await;
        }
    }
}
