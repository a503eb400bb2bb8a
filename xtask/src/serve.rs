//! `cargo xtask serve`: Evergrant and the stand-in for Exact Online, with demo data.

use crate::bootstrap;
use crate::place::{Place, variable};
use crate::process::{self, Running};
use crate::{report, site};
use anyhow::{Context, Result, bail};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where Evergrant listens unless `EVERGRANT_LISTEN` says otherwise.
const LISTEN: &str = "127.0.0.1:3000";
/// Where the stand-in for Exact Online listens.
const SANDBOX: &str = "127.0.0.1:4100";
/// How long a program may take until it answers.
const START_LIMIT: Duration = Duration::from_secs(60);

/// Builds what is missing, starts both programs and stops them on Ctrl-C.
pub fn run(place: &Place, release: bool) -> Result<()> {
    let listen = address("EVERGRANT_LISTEN", LISTEN)?;
    let sandbox = address("EXACT_SANDBOX_LISTEN", SANDBOX)?;
    require_free(listen, "EVERGRANT_LISTEN")?;
    require_free(sandbox, "EXACT_SANDBOX_LISTEN")?;
    let identity = SocketAddr::new(sandbox.ip(), sandbox.port().saturating_add(1));
    require_free(identity, "EXACT_SANDBOX_LISTEN, whose newer sign-in pages are one port further,")?;
    let tools = bootstrap::for_the_site(place)?;
    site::build(place, &tools)?;
    let programs = build(place, release)?;
    place.let_others_build()?;

    let mut provider = start_sandbox(&programs, sandbox, identity, listen)?;
    wait_for(&mut provider, sandbox, "/sandbox/")?;
    let mut evergrant = start_evergrant(place, &programs, listen, [sandbox, identity])?;
    wait_for(&mut evergrant, listen, "/readyz")?;
    println!();
    println!("  Evergrant      http://{listen}/");
    println!("  Exact sandbox  http://{sandbox}/");
    println!("  Ctrl-C stops both.");
    while !process::interrupted() {
        provider.check()?;
        evergrant.check()?;
        process::glance();
    }
    // Evergrant first: a token call in flight wants its answer.
    drop(evergrant);
    drop(provider);
    Ok(())
}

/// Builds both programs and returns the folder that they lie in.
pub fn build(place: &Place, release: bool) -> Result<PathBuf> {
    let profile = if release { "release" } else { "debug" };
    report::step("programs", &format!("cargo build ({profile})"), || {
        let mut cargo = place.cargo();
        cargo.args(["build", "--package", "server", "--package", "exact-sandbox"]);
        if release {
            cargo.arg("--release");
        }
        process::run(&mut cargo)
    })?;
    Ok(place.target.join(profile))
}

fn start_sandbox(
    programs: &Path,
    sandbox: SocketAddr,
    identity: SocketAddr,
    listen: SocketAddr,
) -> Result<Running> {
    let mut command = process::command(programs.join("exact-sandbox"));
    command.args(["--listen", &sandbox.to_string(), "--identity-listen", &identity.to_string(), "--demo"]);
    for host in [listen.ip().to_string(), "localhost".to_owned()] {
        let callback = format!("http://{host}:{}/oauth/callback/exact-online", listen.port());
        command.args(["--demo-redirect", &callback]);
    }
    // A life in minutes; short lives need more calls a day than Exact Online grants.
    command.args(["--access-lifetime", "120", "--minimum-interval", "100", "--token-calls-a-day", "2000"]);
    Running::start("exact-sandbox", &mut command)
}

fn start_evergrant(
    place: &Place,
    programs: &Path,
    listen: SocketAddr,
    [sandbox, identity]: [SocketAddr; 2],
) -> Result<Running> {
    // The sandbox forgets its tokens when it ends, so the demo starts anew too.
    let data = place.target.join("demo-data");
    site::recreate(&data)?;
    let mut command = process::command(programs.join("evergrant"));
    command
        .current_dir(&place.root)
        .args(["serve", "--demo", "--demo-sandbox", &format!("http://{sandbox}")])
        .args(["--demo-identity", &format!("http://{identity}")])
        .env("EVERGRANT_LISTEN", listen.to_string())
        .env("EVERGRANT_DATA_DIR", &data);
    Running::start("evergrant", &mut command)
}

fn address(name: &str, otherwise: &str) -> Result<SocketAddr> {
    let text =
        variable(name).map_or_else(|| otherwise.to_owned(), |value| value.to_string_lossy().into_owned());
    text.parse().with_context(|| format!("{name}: `{text}` is not an address like {otherwise}"))
}

fn require_free(address: SocketAddr, setting: &str) -> Result<()> {
    match TcpListener::bind(address) {
        Ok(_) => Ok(()),
        Err(error) => bail!("{address} cannot be used ({error}); {setting} chooses another"),
    }
}

/// Waits until the program answers `path` with 200.
fn wait_for(program: &mut Running, address: SocketAddr, path: &str) -> Result<()> {
    let start = report::now();
    while !answers(address, path) {
        program.check()?;
        if process::interrupted() {
            bail!("interrupted");
        }
        if start.elapsed() > START_LIMIT {
            bail!("http://{address}{path} does not answer");
        }
        process::glance();
    }
    Ok(())
}

fn answers(address: SocketAddr, path: &str) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut answer = [0; 12];
        stream.read_exact(&mut answer)?;
        Ok(answer.ends_with(b" 200"))
    };
    ask().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_named_with_the_setting_that_chooses_another() -> Result<()> {
        let taken = TcpListener::bind(("127.0.0.1", 0))?;
        let address = taken.local_addr()?;
        let error = require_free(address, "EVERGRANT_LISTEN").err().context("the port is taken")?;
        let line = format!("{error:#}");
        assert!(line.contains(&address.to_string()) && line.contains("EVERGRANT_LISTEN"), "{line}");
        Ok(())
    }
}
