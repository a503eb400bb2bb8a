//! The formatter and the linter of the default toolchain.

use crate::{process, report};
use anyhow::{Result, bail};
use std::time::Duration;

/// What `cargo` calls each, and the name of rustup's component.
const COMPONENTS: [(&str, &str); 2] = [("fmt", "rustfmt"), ("clippy", "clippy")];

/// Finds both, or lets rustup add them.
pub fn ensure() -> Result<()> {
    let missing: Vec<&str> =
        COMPONENTS.iter().filter(|(command, _)| !has(command)).map(|(_, component)| *component).collect();
    if missing.is_empty() {
        report::present("components", "rustfmt and clippy");
        return Ok(());
    }
    let list = missing.join(" ");
    report::step("components", &format!("rustup component add {list}"), || {
        let mut rustup = process::command("rustup");
        rustup.args(["component", "add"]).args(&missing);
        match process::attempt(&mut rustup, Duration::from_secs(120)) {
            Some(_) => Ok(()),
            None => bail!("rustup cannot add {list}; install them for the default toolchain"),
        }
    })
}

fn has(command: &str) -> bool {
    let mut cargo = process::command("cargo");
    process::attempt(cargo.args([command, "--version"]), Duration::from_secs(20)).is_some()
}
