//! A process is killed at every boundary of a recovery run, for real; another process brings the
//! chain home, and neither password nor code is sent in a way that could lock the account.

use std::path::Path;
use std::time::Duration;

use engine::clock::{Clock, Hand};
use engine::guard::secret::{ClientSecret, Password, RefreshToken, TotpText, UserName};
use engine::keeper::Boundary;
use engine::view::{ContainerStatus, RunOutcome, StateName};
use engine::{CredentialsForm, Engine, OneTimeInput, Operator, RegistrationForm};
use exact_sandbox::{Client, Options, Sandbox, User};

use crate::child::Orders;
use crate::stores::{Store, open, stores};

const CLIENT: &str = "{5c1d0f0e-0000-4000-8000-0000000000dd}";
const EVA: &str = "eva@example.nl";
const PASSWORD: &str = "eva's password";
const SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const TIMING: &str = r#"{"minimum_interval": 0, "request_deadline": 5, "recovery_cool_down": 60,
    "recovery_tries_a_day": 100, "quiet_hours": false}"#;

async fn status(operator: &Operator) -> ContainerStatus {
    operator.database("test").await.unwrap().unwrap().containers.remove(0).status
}

async fn until(engine: &Engine, operator: &Operator, holds: impl Fn(&ContainerStatus) -> bool) {
    let wait = async {
        while !holds(&status(operator).await) {
            let mut changes = engine.changes();
            let _ = tokio::time::timeout(Duration::from_millis(200), changes.recv()).await;
        }
    };
    let case = async { format!("{:?}", status(operator).await) };
    if tokio::time::timeout(Duration::from_secs(30), wait).await.is_err() {
        panic!("it never came to that: {}", case.await);
    }
}

async fn kill_at(boundary: Boundary, store: Store) {
    // The sandbox's clock stands at the begin of a one-time period; the child's is a little ahead.
    let now = Clock::system().now().millis();
    let clock = exact_sandbox::Clock::Manual(now - now % 30_000);
    let options = Options { minimum_interval: Duration::ZERO, clock, ..Options::default() };
    let sandbox = Sandbox::start(options).await.unwrap();
    sandbox.add_client(Client::new(CLIENT, "secret", "http://127.0.0.1:3000/oauth/callback/exact"));
    sandbox.add_user(User { consented: true, ..User::new(EVA, PASSWORD).with_totp(SECRET) });
    let folder = tempfile::tempdir().unwrap();
    let url = store.open(folder.path()).await;
    engine::store::migrate::<migrations::Migrator>(&url).await.unwrap();
    prepare(&url, folder.path(), &sandbox).await;

    let now = Clock::system().now();
    sandbox.advance(now.since(chain::Time::from_millis(sandbox.now())));
    let orders = Orders { url: url.clone(), folder: folder.path().to_owned(), boundary, now: None };
    orders.kill("recovery::killed::the_child_recovers_until_it_is_killed");

    // Another process, later: every lease is over.
    let later = Duration::from_secs(600);
    sandbox.advance(later);
    let (clock, hand) = Clock::manual(chain::Time::from_millis(sandbox.now()));
    let engine = open(&url, folder.path(), clock).await;
    let operator = engine.administrator().await.unwrap();
    engine.take_up().await.unwrap();
    let case = format!("{boundary:?} on {url}");
    heal(&engine, &operator, &sandbox, &hand, &case).await;
    let sign_ins = sandbox.sign_ins(EVA);
    assert_eq!((sign_ins.wrong_passwords, sign_ins.codes_reused, sign_ins.wrong_codes), (0, 0, 0), "{case}");
    assert_eq!(sandbox.counts().max_accepted, 1, "a link was spent twice: {case}");
    let generation = status(&operator).await.generation;
    let id = operator.container_at("test", "eol").await.unwrap().unwrap();
    operator.refresh_now(id).await.unwrap();
    until(&engine, &operator, |status| status.generation > generation).await;
    engine.shutdown().await;
}

/// Time passes until the chain is live: runs that were cut off are walked again.
async fn heal(engine: &Engine, operator: &Operator, sandbox: &Sandbox, hand: &Hand, case: &str) {
    for _ in 0..200 {
        engine.wake_due().await.unwrap();
        if status(operator).await.state == StateName::Live {
            return;
        }
        let mut changes = engine.changes();
        if tokio::time::timeout(Duration::from_millis(100), changes.recv()).await.is_err() {
            sandbox.advance(Duration::from_secs(5));
            hand.advance(Duration::from_secs(5));
        }
    }
    panic!("{case} does not heal: {:?}", status(operator).await);
}

/// A broken container with a proven sign-in; the switch is off, and nobody has the store open.
async fn prepare(url: &str, folder: &Path, sandbox: &Sandbox) {
    let (clock, hand) = Clock::manual(chain::Time::from_millis(sandbox.now()));
    let engine = open(url, folder, clock).await;
    let operator = engine.administrator().await.unwrap();
    operator.create_database("Test").await.unwrap();
    let registration = RegistrationForm {
        id: None,
        name: "Exact".to_owned(),
        country: "nl".to_owned(),
        base_url: Some(sandbox.url()),
        client_id: CLIENT.to_owned(),
        client_secret: Some(ClientSecret::new("secret".to_owned())),
        timing: Some(TIMING.to_owned()),
        provider: "exact".to_owned(),
        custom: None,
        pkce: false,
    };
    let registration = operator.save_registration(registration).await.unwrap();
    let id = operator.create_container("test", "eol", registration, false).await.unwrap();
    let token = RefreshToken::new(sandbox.issue(CLIENT, EVA).refresh_token);
    operator.adopt(id, token).await.unwrap();
    until(&engine, &operator, |status| status.generation == Some(2)).await;
    let form = CredentialsForm {
        user_name: Some(UserName::new(EVA.to_owned())),
        password: Some(Password::new(PASSWORD.to_owned())),
        one_time: Some(OneTimeInput::Text(TotpText::new(SECRET.to_owned()))),
        days: 30,
        consent: true,
    };
    operator.save_credentials(id, form).await.unwrap();
    let stored = CredentialsForm { user_name: None, password: None, one_time: None, days: 30, consent: true };
    // A code within the period before the one that the child sends.
    let back = Duration::from_secs(30);
    hand.set(engine.now() - back);
    let tested = operator.test_credentials(id, stored).await.unwrap();
    hand.advance(back);
    assert_eq!(tested.outcome, RunOutcome::CodeInHand);
    operator.set_recovery_enabled(false).await.unwrap();
    sandbox.break_chain(CLIENT, EVA);
    operator.refresh_now(id).await.unwrap();
    until(&engine, &operator, |status| status.state == StateName::Broken).await;
    engine.shutdown().await;
    engine.store().clone().close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_child_recovers_until_it_is_killed() {
    let Some(orders) = Orders::given() else { return };
    let engine = orders.open(|options| options).await;
    let operator = engine.administrator().await.unwrap();
    operator.set_recovery_enabled(true).await.unwrap();
    Orders::wait();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_killed_anywhere_is_brought_home_by_another_process() {
    for boundary in Boundary::OF_RUNS {
        for store in stores() {
            kill_at(boundary, store).await;
        }
    }
}
