//! Running other programs: quietly, loudly, within a time, and stoppable with Ctrl-C.

use crate::report;
use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::io::{BufRead, BufReader, Read, Seek};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// How often a running program is looked at.
const GLANCE: Duration = Duration::from_millis(20);
/// How long a program may take to stop before it is killed.
const GRACE: Duration = Duration::from_secs(30);

/// Turns Ctrl-C and SIGTERM into an ordinary end of whatever runs, so that everything is stopped.
pub fn listen_for_interrupts() -> Result<()> {
    ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::SeqCst)).context("could not listen for Ctrl-C")
}

/// Whether the person at the terminal asked to stop.
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Waits a moment between two looks at something outside.
#[expect(clippy::disallowed_methods, reason = "the one place of xtask that waits")]
pub fn glance() {
    thread::sleep(GLANCE);
}

/// A command in its own process group, without what `cargo run` put into our environment: cargo's
/// build scripts must not see it, or they would run again on every change between the two.
pub fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.process_group(0).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let ours = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"];
        if ours.iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    command
}

/// A program of ours that ends with us.
pub struct Running {
    child: Child,
    name: String,
    farewell: Signal,
}

impl Running {
    /// Starts a program that is stopped by SIGTERM when the value is dropped.
    pub fn start(name: &str, command: &mut Command) -> Result<Self> {
        let child = command.spawn().with_context(|| format!("could not start {name}"))?;
        Ok(Self { child, name: name.to_owned(), farewell: Signal::SIGTERM })
    }

    /// Stops the program with another signal than SIGTERM.
    pub fn stopped_by(mut self, signal: Signal) -> Self {
        self.farewell = signal;
        self
    }

    /// An error if the program has ended by itself.
    pub fn check(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            Some(status) => bail!("{} ended: {status}", self.name),
            None => Ok(()),
        }
    }

    fn finish(&mut self, limit: Option<Duration>) -> Result<Option<ExitStatus>> {
        let start = report::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(Some(status));
            }
            if interrupted() {
                bail!("interrupted");
            }
            if limit.is_some_and(|limit| start.elapsed() > limit) {
                return Ok(None);
            }
            glance();
        }
    }

    fn group(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }

    fn ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.ended() {
            return;
        }
        // A failure means that it ended meanwhile.
        let _ = killpg(self.group(), self.farewell);
        let start = report::now();
        while !self.ended() {
            if start.elapsed() > GRACE {
                let _ = killpg(self.group(), Signal::SIGKILL);
            }
            glance();
        }
    }
}

/// Runs a program to its end; its output goes to the terminal.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = show(command);
    let status = wait(command, None)?.context("no time limit was given")?;
    if !status.success() {
        bail!("`{shown}` failed ({status})");
    }
    Ok(())
}

/// Runs a program to its end; its output goes to the terminal, and its standard output comes back
/// beside whether it succeeded.
pub fn run_and_read(command: &mut Command) -> Result<(bool, String)> {
    command.stdout(Stdio::piped());
    let name = command.get_program().to_string_lossy().into_owned();
    let mut running = Running::start(&name, command)?;
    let pipe = running.child.stdout.take().context("the output was asked for")?;
    let reader = thread::spawn(move || {
        let mut text = String::new();
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            println!("{line}");
            text.push_str(&line);
            text.push('\n');
        }
        text
    });
    let status = running.finish(None)?.context("no time limit was given")?;
    let text = reader.join().unwrap_or_default();
    Ok((status.success(), text))
}

/// Runs a program quietly and returns its standard output; its last lines are shown if it fails.
pub fn run_quietly(command: &mut Command) -> Result<String> {
    let shown = show(command);
    match capture(command, None)? {
        Some((status, out, _)) if status.success() => Ok(out),
        Some((status, out, err)) => {
            let all = format!("{out}{err}");
            let lines: Vec<&str> = all.lines().collect();
            for line in &lines[lines.len().saturating_sub(25)..] {
                eprintln!("    {line}");
            }
            bail!("`{shown}` failed ({status})")
        }
        None => bail!("`{shown}` took too long"),
    }
}

/// Tries a program for at most `limit`: its standard output if it succeeded in time.
pub fn attempt(command: &mut Command, limit: Duration) -> Option<String> {
    match capture(command, Some(limit)) {
        Ok(Some((status, out, _))) if status.success() => Some(out),
        Ok(_) | Err(_) => None,
    }
}

fn capture(command: &mut Command, limit: Option<Duration>) -> Result<Option<(ExitStatus, String, String)>> {
    let (mut out, mut err) = (tempfile::tempfile()?, tempfile::tempfile()?);
    command.stdout(out.try_clone()?).stderr(err.try_clone()?);
    let Some(status) = wait(command, limit)? else {
        return Ok(None);
    };
    let read = |file: &mut std::fs::File| -> Result<String> {
        let mut bytes = Vec::new();
        file.rewind()?;
        file.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    Ok(Some((status, read(&mut out)?, read(&mut err)?)))
}

/// Waits for the end of a program, or for its time limit (`None`), or for Ctrl-C (an error).
fn wait(command: &mut Command, limit: Option<Duration>) -> Result<Option<ExitStatus>> {
    let name = command.get_program().to_string_lossy().into_owned();
    Running::start(&name, command)?.finish(limit)
}

/// The command as a person would type it.
fn show(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program())
        .to_string_lossy()
        .into_owned();
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    let mut shown: Vec<String> = std::iter::once(program).chain(arguments).collect();
    if shown.len() > 9 {
        shown.truncate(8);
        shown.push("…".to_owned());
    }
    shown.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_past_its_time_is_stopped() {
        let start = report::now();
        assert_eq!(attempt(command("sleep").arg("300"), Duration::ZERO), None);
        assert!(start.elapsed() < Duration::from_secs(60));
    }

    #[test]
    fn a_failed_program_is_named_as_a_person_would_type_it() -> Result<()> {
        let error = run_quietly(command("/bin/sh").args(["-c", "exit 3"])).err().context("it fails")?;
        assert!(format!("{error:#}").starts_with("`sh -c exit 3` failed"), "{error:#}");
        Ok(())
    }

    #[test]
    fn a_dropped_program_ends_with_its_children() -> Result<()> {
        let mut shell = command("/bin/sh");
        let mut running =
            Running::start("sh", shell.args(["-c", "sleep 300 & wait"]).stdout(Stdio::piped()))?;
        let mut output = running.child.stdout.take().context("it was asked for")?;
        drop(running);
        // Ends when nobody is left who could write.
        assert_eq!(output.read_to_end(&mut Vec::new())?, 0);
        Ok(())
    }
}
