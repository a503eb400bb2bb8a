//! A throw-away PostgreSQL: its own folder, a free port, gone when the value is dropped.

use crate::process::{self, Running};
use crate::{bootstrap, report};
use anyhow::{Context, Result, bail};
use nix::sys::signal::Signal;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// How long the server may take until it accepts connections.
const START_LIMIT: Duration = Duration::from_secs(60);
const USER: &str = "evergrant";

/// Whether a commit waits until the disk has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commits {
    /// As in production: what benchmarks measure.
    Durable,
    /// Tests kill programs, never this server or its machine.
    Unsynced,
}

impl Commits {
    fn settings(self) -> &'static [&'static str] {
        match self {
            Self::Durable => &[],
            Self::Unsynced => &["fsync=off", "full_page_writes=off"],
        }
    }
}

/// A running server.
pub struct Postgres {
    // Dropped in this order: the server first, then its folder.
    server: Running,
    folder: TempDir,
    port: u16,
}

impl Postgres {
    /// Creates a cluster and starts its server.
    pub fn start(commits: Commits) -> Result<Self> {
        let programs = bootstrap::postgres::ensure()?;
        report::step("postgresql", "start a throw-away server", || Self::start_with(&programs, commits))
    }

    /// The address of the database that tests may fill and create others beside.
    pub fn url(&self) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/postgres", self.port)
    }

    fn start_with(programs: &Path, commits: Commits) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("evergrant-postgres-").tempdir()?;
        let account = Account::choose()?;
        account.own(folder.path())?;
        let data = folder.path().join("data");
        let mut initdb = account.command(&programs.join("initdb"));
        initdb
            .current_dir(folder.path())
            .args(["--username", USER, "--auth=trust", "--encoding=UTF8", "--no-locale", "-D"])
            .arg(&data);
        process::run_quietly(&mut initdb)?;
        let port = free_port()?;
        let log = fs::File::create(folder.path().join("log"))?;
        let mut server = account.command(&programs.join("postgres"));
        server
            .current_dir(folder.path())
            .stdout(log.try_clone()?)
            .stderr(log)
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .args(["-h", "127.0.0.1", "-p", &port.to_string()])
            .args(["-c", "max_connections=200"])
            .args(commits.settings().iter().flat_map(|setting| ["-c", setting]));
        // SIGINT is its fast shutdown: it waits for nobody.
        let server = Running::start("postgres", &mut server)?.stopped_by(Signal::SIGINT);
        let mut postgres = Self { server, folder, port };
        postgres.wait()?;
        Ok(postgres)
    }

    fn is_ready(&self) -> bool {
        let pid_file = self.folder.path().join("data/postmaster.pid");
        fs::read_to_string(pid_file).is_ok_and(|text| says_ready(&text))
    }

    fn wait(&mut self) -> Result<()> {
        let start = report::now();
        while !self.is_ready() {
            let log = || fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            self.server.check().with_context(log)?;
            if start.elapsed() > START_LIMIT {
                bail!("postgres does not accept connections: {}", log());
            }
            if process::interrupted() {
                bail!("interrupted");
            }
            process::glance();
        }
        Ok(())
    }
}

/// The word that PostgreSQL writes into its pid file once it accepts connections.
fn says_ready(pid_file: &str) -> bool {
    pid_file.lines().nth(7).is_some_and(|line| line.trim() == "ready")
}

/// Who runs the server: it refuses to run as root.
struct Account {
    /// User and group, where we must change to them.
    ids: Option<(u32, u32)>,
}

impl Account {
    fn choose() -> Result<Self> {
        if !bootstrap::is_root() {
            return Ok(Self { ids: None });
        }
        let user = ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| nix::unistd::User::from_name(name).ok().flatten())
            .context("there is neither a user postgres nor nobody to run PostgreSQL as")?;
        Ok(Self { ids: Some((user.uid.as_raw(), user.gid.as_raw())) })
    }

    fn own(&self, folder: &Path) -> Result<()> {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        if let Some((user, group)) = self.ids {
            chown(folder, Some(user), Some(group)).context("could not hand a folder to PostgreSQL")?;
        }
        Ok(())
    }

    /// A command that runs as this user and ends when we do, even when we are killed.
    fn command(&self, program: &Path) -> Command {
        let setpriv = PathBuf::from("/usr/bin/setpriv");
        if !setpriv.exists() && self.ids.is_none() {
            return process::command(program);
        }
        let mut command = process::command(setpriv);
        command.arg("--pdeathsig=INT");
        if let Some((user, group)) = self.ids {
            command.arg(format!("--reuid={user}")).arg(format!("--regid={group}")).arg("--clear-groups");
        }
        command.arg("--").arg(program);
        command
    }
}

/// A port that nobody uses at the moment.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("could not find a free port")?;
    Ok(listener.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::{Commits, Postgres, says_ready};
    use crate::place::variable;
    use anyhow::Result;
    use std::net::TcpStream;

    #[test]
    fn a_throw_away_server_leaves_nothing_behind() -> Result<()> {
        if variable("EVERGRANT_TEST_POSTGRES_URL").is_none() {
            return Ok(()); // Outside `cargo xtask test` nobody asked for PostgreSQL.
        }
        let postgres = Postgres::start(Commits::Unsynced)?;
        let (folder, port) = (postgres.folder.path().to_path_buf(), postgres.port);
        assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
        drop(postgres);
        assert!(!folder.exists());
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
        Ok(())
    }

    #[test]
    fn a_server_that_still_starts_is_not_ready() {
        let pid_file = |word: &str| format!("1\n/d\n2\n5432\n/s\n127.0.0.1\n  3 4\n{word}\n");
        assert!(says_ready(&pid_file("ready   ")));
        assert!(!says_ready(&pid_file("starting")));
        assert!(!says_ready("1\n/d\n"));
    }
}
