//! Debian packages, where the machine is a Debian and we may install.

use crate::process;
use anyhow::{Result, bail};
use std::time::Duration;

/// Installs packages, or says in one line which ones a person must install.
pub fn install(packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    if process::attempt(process::command("apt-get").arg("--version"), Duration::from_secs(10)).is_none() {
        bail!("this machine has no apt-get; install the like of Debian's {list}, then run this again");
    }
    if !is_root() {
        bail!("not root; run `apt-get install --no-install-recommends {list}` as root, then run this again");
    }
    process::run_quietly(apt_get().args(["update", "-q"]))?;
    process::run_quietly(apt_get().args(["install", "-q", "-y", "--no-install-recommends"]).args(packages))?;
    Ok(())
}

/// Whether we may change the machine.
pub fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

fn apt_get() -> std::process::Command {
    let mut command = process::command("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").args([
        "-o",
        "DPkg::Lock::Timeout=300",
        "-o",
        "Acquire::Retries=3",
    ]);
    command
}
