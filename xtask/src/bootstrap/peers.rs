//! The libraries that the bench `fleet` compares with, each installed when it is first measured.

use super::node::{self, Packages};
use crate::place::Place;
use crate::{process, report};
use anyhow::{Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const REQUIREMENTS: &str = include_str!("../../../bench/peers/requirements.txt");
const SIMPLE_OAUTH2: Packages = Packages {
    step: "peers",
    what: "simple-oauth2",
    package: include_str!("../../../bench/peers/package.json"),
    lock: include_str!("../../../bench/peers/package-lock.json"),
};
const PATIENCE: Duration = Duration::from_secs(20);

/// What runs the programs that use the libraries; a language that is missing has none.
pub struct Peers {
    /// Python with airbyte-cdk and Authlib.
    pub python: Option<PathBuf>,
    /// The folder of modules with simple-oauth2.
    pub node_modules: Option<PathBuf>,
}

/// Gets what can be had; what cannot is said, and is no error: only a comparison lacks then.
pub fn ensure(place: &Place) -> Peers {
    let folder = place.tools.join("peers");
    Peers {
        python: or_say("airbyte-cdk and Authlib", python(&folder.join("python"))),
        node_modules: or_say("simple-oauth2", node::install(&SIMPLE_OAUTH2, &folder.join("node"))),
    }
}

fn or_say(what: &str, got: Result<PathBuf>) -> Option<PathBuf> {
    got.inspect_err(|error| println!("  peers: without {what}: {error:#}")).ok()
}

/// A virtual environment with the pinned libraries.
fn python(folder: &Path) -> Result<PathBuf> {
    let python = folder.join("bin").join("python");
    let installed = folder.join("requirements.txt");
    if fs::read_to_string(&installed).is_ok_and(|text| text == REQUIREMENTS) {
        report::present("peers", "airbyte-cdk and Authlib");
        return Ok(python);
    }
    if process::attempt(process::command("python3").args(["-c", "import venv, ensurepip"]), PATIENCE)
        .is_none()
    {
        bail!("python3 with venv is missing (Debian's python3-venv)");
    }
    report::step("peers", "pip install (airbyte-cdk and Authlib)", || {
        process::run_quietly(process::command("python3").args(["-m", "venv"]).arg(folder))?;
        let wanted = folder.join("wanted.txt");
        fs::write(&wanted, REQUIREMENTS)?;
        let mut pip = process::command(&python);
        pip.args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&wanted);
        process::run_quietly(&mut pip)?;
        // Only now: what was cut off is done again.
        Ok(fs::rename(&wanted, &installed)?)
    })?;
    Ok(python)
}
