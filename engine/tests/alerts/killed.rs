//! A process is killed between sending an alert and writing that down: the next one sends it once
//! more, and the receiver can tell.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use chain::Time;
use engine::alert::State;
use engine::clock::Clock;
use engine::keeper::Boundary;
use engine::view::StateName;
use engine::{Engine, EngineOptions};
use url::Url;

use crate::receiver::{Receiver, outgoing};
use crate::scene::TIMING;
use crate::world::{World, on_each_store_sending};

const AT_BOUNDARY: &str = "the process stands at the boundary";
const STORE: &str = "EVERGRANT_CRASH_STORE";
const FOLDER: &str = "EVERGRANT_CRASH_FOLDER";
const NOW: &str = "EVERGRANT_CRASH_NOW";

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_that_was_sent_by_a_killed_process_arrives_again_under_its_id() {
    on_each_store_sending(&outgoing(), TIMING, async |world: World| {
        crate::scene::prepare(&world).await;
        let receiver = Receiver::start().await;
        let secret = world.tell(&receiver).await;
        world.break_and_notice().await;
        world.until(StateName::Broken).await;
        let now = world.engine.now();
        let killed = async |url: &str, folder: &Path| {
            let (url, folder) = (url.to_owned(), folder.to_owned());
            tokio::task::spawn_blocking(move || child(&url, &folder, now)).await.unwrap();
        };
        let world = world.while_closed(killed).await;
        assert_eq!(receiver.got().len(), 1);
        world.deliver_after(60).await;
        assert_eq!(receiver.got().len(), 1, "its lease goes on");
        world.deliver_after(60).await;
        let got = receiver.got();
        assert_eq!(got.len(), 2);
        assert_eq!(got[0].header("evergrant-id"), got[1].header("evergrant-id"));
        assert!(got.iter().all(|got| got.is_signed_with(&secret)));
        let delivery = world.operator.alert_deliveries().await.unwrap().remove(0);
        assert_eq!((delivery.state, delivery.tries), (State::Delivered, 2));
        world.deliver_after(86_400).await;
        assert_eq!(receiver.got().len(), 2);
    })
    .await;
}

/// Starts this test program once more, lets it send, and kills it right after.
fn child(url: &str, folder: &Path, now: Time) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["killed::the_child_sends_until_it_is_killed", "--exact", "--nocapture"])
        .env(STORE, url)
        .env(FOLDER, folder)
        .env(NOW, now.millis().to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let reached = lines.map_while(Result::ok).any(|line| line.contains(AT_BOUNDARY));
    // SIGKILL: nothing in the child runs any more.
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(reached, "the child never sent anything");
}

/// The child's part; without the parent's words there is nothing to do.
#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "the parent tells the child what to do in its environment")]
#[expect(clippy::print_stdout, reason = "the parent reads how far its child came")]
async fn the_child_sends_until_it_is_killed() {
    let (Ok(url), Ok(folder), Ok(now)) = (std::env::var(STORE), std::env::var(FOLDER), std::env::var(NOW))
    else {
        return;
    };
    let on_boundary = |reached: Boundary| {
        if reached == Boundary::AlertSent {
            println!("{AT_BOUNDARY}");
            loop {
                std::thread::park();
            }
        }
    };
    let (clock, _hand) = Clock::manual(Time::from_millis(now.parse().unwrap()));
    let engine = Engine::open(EngineOptions {
        database_url: url,
        data_dir: folder.into(),
        master_key_file: None,
        master_key: None,
        public_url: Url::parse("http://127.0.0.1:3000").unwrap(),
        allow_return_to: Vec::new(),
        outgoing: outgoing(),
        clock,
        on_boundary: Some(Arc::new(on_boundary)),
    })
    .await
    .unwrap();
    let delivering = tokio::spawn(async move { engine.deliver_due().await });
    // The parent kills this process; a minute is more than it takes.
    std::thread::park_timeout(Duration::from_secs(60));
    delivering.abort();
}
