//! Chromium for the browser tests.

use super::debian;
use crate::place::variable;
use crate::{process, report};
use anyhow::{Context, Result};
use std::path::PathBuf;
use std::time::Duration;

/// Returns the browser: the one that `CHROMIUM` names, else an installed one, else Debian's.
pub fn ensure() -> Result<PathBuf> {
    if let Some((browser, version)) = find() {
        report::present("browser", &version);
        return Ok(browser);
    }
    report::step("browser", "apt-get install chromium", || {
        debian::install(&["chromium", "fonts-liberation"])
    })?;
    find().map(|(browser, _)| browser).context("chromium was installed and does not start")
}

fn find() -> Option<(PathBuf, String)> {
    let named = variable("CHROMIUM").map(PathBuf::from);
    let usual = ["/usr/bin/chromium", "/usr/bin/google-chrome-stable", "/usr/bin/chromium-browser"];
    named.into_iter().chain(usual.map(PathBuf::from)).find_map(|browser| {
        let said = process::attempt(process::command(&browser).arg("--version"), Duration::from_secs(20))?;
        Some((browser, said.trim().to_owned()))
    })
}
