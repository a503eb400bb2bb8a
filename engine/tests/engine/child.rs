//! A process that is killed at a boundary, for real: this test program once more, with one test of its own.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use chain::Time;
use engine::clock::Clock;
use engine::keeper::Boundary;
use engine::{Engine, EngineOptions};

use crate::stores::{options, start};

const AT_BOUNDARY: &str = "the process stands at the boundary";
const STORE: &str = "EVERGRANT_CHILD_STORE";
const FOLDER: &str = "EVERGRANT_CHILD_FOLDER";
const BOUNDARY: &str = "EVERGRANT_CHILD_BOUNDARY";
const NOW: &str = "EVERGRANT_CHILD_NOW";

/// Where a child works, and where it is killed.
pub struct Orders {
    pub url: String,
    pub folder: PathBuf,
    pub boundary: Boundary,
    pub now: Option<Time>,
}

impl Orders {
    /// Starts this test program once more with the test that carries the orders out, and kills it where they say.
    pub fn kill(&self, test: &str) {
        let now = self.now.map(|now| now.millis().to_string());
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args([test, "--exact", "--nocapture"])
            .env(STORE, &self.url)
            .env(FOLDER, &self.folder)
            .env(BOUNDARY, format!("{:?}", self.boundary))
            .envs(now.map(|now| (NOW, now)))
            .stdout(Stdio::piped());
        let mut child = start(&mut command);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let reached = lines.map_while(Result::ok).any(|line| line.contains(AT_BOUNDARY));
        // SIGKILL: nothing in the child runs any more.
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(reached, "the child never came to {:?}", self.boundary);
    }

    /// The child's orders; without a parent there are none, and nothing to do.
    #[expect(clippy::disallowed_methods, reason = "the parent tells the child what to do in its environment")]
    pub fn given() -> Option<Self> {
        let name = std::env::var(BOUNDARY).ok()?;
        let all = Boundary::ALL.into_iter().chain(Boundary::OF_RUNS).chain([Boundary::AlertSent]);
        let boundary = all.into_iter().find(|boundary| format!("{boundary:?}") == name).unwrap();
        let now = std::env::var(NOW).ok().map(|now| Time::from_millis(now.parse().unwrap()));
        let (url, folder) = (std::env::var(STORE).unwrap(), std::env::var(FOLDER).unwrap().into());
        Some(Self { url, folder, boundary, now })
    }

    /// The child's engine: it says so when it stands at the boundary, and goes no further.
    pub async fn open(&self, change: impl FnOnce(EngineOptions) -> EngineOptions) -> Engine {
        let boundary = self.boundary;
        let on_boundary = move |reached| {
            if reached == boundary {
                stand();
            }
        };
        let clock = self.now.map_or_else(Clock::system, |now| Clock::manual(now).0);
        let options = options(&self.url, &self.folder, clock);
        let options = EngineOptions { on_boundary: Some(Arc::new(on_boundary)), ..options };
        Engine::open(change(options)).await.unwrap()
    }

    /// Waits for the end: the parent's kill. A minute is more than it takes.
    pub fn wait() {
        std::thread::park_timeout(Duration::from_secs(60));
    }
}

#[expect(clippy::print_stdout, reason = "the parent reads how far its child came")]
fn stand() -> ! {
    println!("{AT_BOUNDARY}");
    loop {
        std::thread::park();
    }
}
