//! The real binary, started on a store that exists.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;
use url::Url;

use crate::browser::Browser;
use crate::clock::Stopwatch;
use crate::connected::Folder;

/// Names the binary.
const VARIABLE: &str = "EVERGRANT_BIN";
/// The longest that a start or an end may take before it counts as failed.
const LONGEST: Duration = Duration::from_secs(60);

/// The binary that is measured.
pub struct Binary(PathBuf);

/// A running `evergrant serve`; it is killed when dropped.
pub struct Evergrant {
    child: Child,
    _output: Lines<BufReader<ChildStdout>>,
    /// Where it serves.
    pub address: Url,
    /// From the start of the process to the first 200 of `/readyz`, in milliseconds.
    pub start_to_ready: f64,
}

impl Binary {
    /// The binary that the environment names.
    #[expect(clippy::disallowed_methods, reason = "cargo xtask bench names the binary in the environment")]
    pub fn named() -> Result<Self> {
        let named = std::env::var_os(VARIABLE).filter(|path| !path.is_empty());
        let path = named.map(PathBuf::from).with_context(|| {
            format!("{VARIABLE} names no binary to measure; `cargo xtask bench` builds one and sets it")
        })?;
        if !path.is_file() {
            bail!("{VARIABLE} names {}, which is no file", path.display());
        }
        Ok(Self(path.canonicalize().with_context(|| format!("could not find {}", path.display()))?))
    }
}

impl Evergrant {
    /// Starts it with the settings that it has by itself, on a free port, and waits until it is ready.
    pub async fn start(binary: &Binary, folder: &Folder) -> Result<Self> {
        let binary = &binary.0;
        let log = folder.path().join("evergrant.log");
        let started = timeout(LONGEST, Self::until_ready(binary, folder, &log)).await;
        match started {
            Ok(Ok(running)) => Ok(running),
            Ok(Err(error)) => {
                Err(error.context(format!("{} did not start{}", binary.display(), last_lines(&log))))
            }
            Err(_) => {
                bail!("{} was not ready within {} s{}", binary.display(), LONGEST.as_secs(), last_lines(&log))
            }
        }
    }

    async fn until_ready(binary: &Path, folder: &Folder, log: &Path) -> Result<Self> {
        let mut command = Command::new(binary);
        command
            .arg("serve")
            .current_dir(folder.path())
            .env_clear()
            .env("EVERGRANT_LISTEN", "127.0.0.1:0")
            .env("EVERGRANT_DATA_DIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(log).context("could not make the log file")?)
            .kill_on_drop(true);
        let watch = Stopwatch::start();
        let mut child = command.spawn().with_context(|| format!("could not run {}", binary.display()))?;
        let pipe = child.stdout.take().context("the output was asked for")?;
        let mut output = BufReader::new(pipe).lines();
        let address = loop {
            let line = output.next_line().await?.context("it ended by itself")?;
            if let Some(address) = line.strip_prefix("Evergrant serves ") {
                break Url::parse(address.trim())?;
            }
        };
        let mut browser = Browser::connect(&address).await?;
        while browser.open("/readyz").await?.status != 200 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(Self { child, _output: output, address, start_to_ready: watch.millis() })
    }

    /// Resident memory in MB.
    pub fn resident(&self) -> Result<f64> {
        self.memory("VmRSS:")
    }

    /// The most resident memory so far in MB.
    pub fn most_resident(&self) -> Result<f64> {
        self.memory("VmHWM:")
    }

    /// Asks it to end, as the system does, and waits.
    pub async fn stop(mut self) -> Result<()> {
        let id = self.id()?.to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status().await;
        let asked = asked.context("could not run kill")?;
        let ended = timeout(LONGEST, self.child.wait()).await.context("evergrant did not end")??;
        if !asked.success() || !ended.success() {
            bail!("evergrant ended badly: {ended}");
        }
        Ok(())
    }

    fn id(&self) -> Result<u32> {
        self.child.id().context("evergrant has ended by itself")
    }

    fn memory(&self, field: &str) -> Result<f64> {
        let file = format!("/proc/{}/status", self.id()?);
        let status = fs::read_to_string(&file).with_context(|| format!("could not read {file}"))?;
        let line = status.lines().find_map(|line| line.strip_prefix(field));
        let line = line.with_context(|| format!("{file} has no {field}"))?;
        let kibibytes: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kibibytes * 1024.0 / 1e6)
    }
}

fn last_lines(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let last = lines.get(lines.len().saturating_sub(5)..).unwrap_or_default();
    if last.is_empty() { String::new() } else { format!("; its log ends with: {}", last.join(" | ")) }
}
