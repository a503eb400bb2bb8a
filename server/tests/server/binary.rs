//! The real binary in a folder of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use tempfile::TempDir;

/// A folder in which the binary runs, with nothing of the outer environment.
pub struct Binary {
    pub folder: TempDir,
    variables: Vec<(String, String)>,
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub good: bool,
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Binary {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), variables: Vec::new() }
            .with("EVERGRANT_LISTEN", "127.0.0.1:0")
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    pub fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with(arguments, "")
    }

    /// Runs a command that reads `input` from its standard input.
    pub fn run_with(&self, arguments: &[&str], input: &str) -> Ended {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        // A command that reads nothing may be gone already.
        let _unread = child.stdin.take().unwrap().write_all(input.as_bytes());
        let ended = within_a_minute(child);
        Ended {
            good: ended.status.success(),
            code: ended.status.code(),
            out: String::from_utf8(ended.stdout).unwrap(),
            err: String::from_utf8(ended.stderr).unwrap(),
        }
    }

    /// Starts `serve` and waits until it says where.
    pub fn serve(&self, arguments: &[&str]) -> Serving {
        let all: Vec<&str> = ["serve"].iter().chain(arguments).copied().collect();
        let mut serving = Serving {
            child: Some(self.command(&all).spawn().unwrap()),
            out: None,
            said: String::new(),
            url: String::new(),
        };
        let child = serving.child.as_mut().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        loop {
            let mut line = String::new();
            if out.read_line(&mut line).unwrap() == 0 {
                let mut err = String::new();
                child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
                panic!("serve ended: {}{err}", serving.said);
            }
            serving.said.push_str(&line);
            if let Some(url) = line.trim().strip_prefix("Evergrant serves ") {
                url.clone_into(&mut serving.url);
                serving.out = Some(out);
                return serving;
            }
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(Path::new(env!("CARGO_BIN_EXE_evergrant")));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .envs(self.variables.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

/// Waits for the end of a command; one that goes on, as a server that should not serve, is killed.
fn within_a_minute(child: Child) -> Output {
    let id = child.id().to_string();
    let (over, ended) = mpsc::channel();
    let watch = std::thread::spawn(move || {
        if ended.recv_timeout(Duration::from_secs(60)).is_err() {
            let _gone = Command::new("kill").args(["-KILL", &id]).status();
        }
    });
    let output = child.wait_with_output().unwrap();
    over.send(()).unwrap_or_default();
    watch.join().unwrap();
    output
}

impl Ended {
    /// The one line on standard error with which a command failed.
    pub fn failure(&self) -> &str {
        assert!(!self.good, "the command should fail: {self:?}");
        let lines: Vec<&str> = self.err.lines().collect();
        assert_eq!(lines.len(), 1, "one clear line: {self:?}");
        assert!(lines[0].starts_with("evergrant: "), "{self:?}");
        lines[0]
    }
}

/// A server that runs; it is killed when dropped.
pub struct Serving {
    child: Option<Child>,
    /// Held open: whoever writes to a closed pipe fails.
    out: Option<BufReader<ChildStdout>>,
    pub said: String,
    pub url: String,
}

impl Serving {
    /// Asks it to end, as the system does.
    pub fn ask_to_end(&self) {
        let id = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }

    /// Waits for its end; returns whether it ended well, and its log.
    pub fn wait(mut self) -> (bool, String) {
        let _open = self.out.take();
        let ended = self.child.take().unwrap().wait_with_output().unwrap();
        (ended.status.success(), String::from_utf8(ended.stderr).unwrap())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _gone = child.kill();
            let _gone = child.wait();
        }
    }
}
