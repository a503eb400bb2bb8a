//! A process is killed in the middle of a rotation, for real, again and again.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use engine::clock::Clock;
use engine::store::{self, keys};

use super::shelf::{START, Shelf};
use crate::stores::{open, start, stores};

const STORE: &str = "EVERGRANT_ROTATION_STORE";
const FOLDER: &str = "EVERGRANT_ROTATION_FOLDER";
const MOVED: &str = "one more value is moved";

/// After so many values each of the processes is killed, one after the other.
const KILLS: [usize; 5] = [0, 1, 4, 7, 3];

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_goes_on_after_every_kill_and_loses_nothing() {
    for store in stores() {
        let folder = tempfile::tempdir().unwrap();
        let url = store.open(folder.path()).await;
        store::migrate::<migrations::Migrator>(&url).await.unwrap();
        let shelf = Shelf::filled(&url, folder, START).await;
        let total = shelf.values();
        shelf.engine.rotate_keys().await.unwrap();
        let mut folder = shelf.closed().await;
        let mut left = total;
        for kill_after in KILLS {
            kill(kill_after, &url, folder.path());
            let shelf = Shelf::of(&url, folder, START).await;
            shelf.everything_opens().await;
            let now = shelf.engine.keys().await.unwrap().left();
            assert!(now <= left - kill_after as u64, "{now} of {left} are left after {kill_after}");
            left = now;
            folder = shelf.closed().await;
        }
        assert!(left > 0, "the last process was not killed in the middle");
        let shelf = Shelf::of(&url, folder, START).await;
        assert_eq!(shelf.engine.reseal(u64::MAX).await.unwrap().moved, left);
        shelf.engine.reseal(u64::MAX).await.unwrap();
        shelf.hand.advance(Duration::from_secs(8 * 86_400));
        assert_eq!(shelf.engine.reseal(u64::MAX).await.unwrap().destroyed, 2);
        assert_eq!(keys::retired(shelf.engine.store()).await.unwrap(), []);
        shelf.everything_opens().await;
    }
}

/// Starts this test program once more, and kills it when it has moved so many values.
fn kill(after: usize, url: &str, folder: &Path) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["rotation::killed::the_child_moves_values_until_it_is_killed", "--exact", "--nocapture"])
        .env(STORE, url)
        .env(FOLDER, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = start(&mut command);
    let mut words = child.stdin.take().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut lines = lines.filter(|line| line.contains(MOVED));
    let mut moved = 0;
    while moved < after {
        words.write_all(b"one more\n").unwrap();
        lines.next().expect("the child moves one");
        moved += 1;
    }
    // SIGKILL, wherever in the next move it is by now.
    words.write_all(b"one more\n").unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The child's part; without the parent's words there is nothing to do.
#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "the parent tells the child what to do in its environment")]
#[expect(clippy::print_stdout, reason = "the parent reads how far its child came")]
async fn the_child_moves_values_until_it_is_killed() {
    let (Ok(url), Ok(folder)) = (std::env::var(STORE), std::env::var(FOLDER)) else { return };
    let (clock, _hand) = Clock::manual(START);
    let engine = open(&url, Path::new(&folder), clock).await;
    while std::io::stdin().read_line(&mut String::new()).unwrap() > 0 {
        assert_eq!(engine.reseal(1).await.unwrap().moved, 1);
        println!("{MOVED}");
    }
}
