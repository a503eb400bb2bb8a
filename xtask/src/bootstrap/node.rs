//! Node, the site tools from npm (sass, wasm-opt), and Playwright.

use crate::place::Place;
use crate::{process, report};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The oldest Node that the tools run on.
const OLDEST: u32 = 20;
const PACKAGE: &str = include_str!("../../site-tools/package.json");
const LOCK: &str = include_str!("../../site-tools/package-lock.json");
/// Keeps addresses of registries out of lock files.
const SETTINGS: &str = include_str!("../../site-tools/.npmrc");

/// An error that says what to install if Node is missing or too old.
pub fn check() -> Result<()> {
    let said = process::attempt(process::command("node").arg("--version"), Duration::from_secs(20))
        .with_context(|| format!("Node is missing; install Node {OLDEST} or newer with npm"))?;
    let version = said.trim().trim_start_matches('v');
    match version.split('.').next().and_then(|major| major.parse::<u32>().ok()) {
        Some(major) if major >= OLDEST => {
            report::present("node", version);
            Ok(())
        }
        Some(_) | None => bail!("Node {version} is too old; install Node {OLDEST} or newer"),
    }
}

/// Packages that are installed into a folder of ours.
pub struct Packages {
    /// What they are for.
    pub step: &'static str,
    /// What they are.
    pub what: &'static str,
    /// `package.json`.
    pub package: &'static str,
    /// `package-lock.json`.
    pub lock: &'static str,
}

const SITE_TOOLS: Packages =
    Packages { step: "site tools", what: "sass and wasm-opt", package: PACKAGE, lock: LOCK };

/// Returns the `node_modules` folder with sass and binaryen.
pub fn site_tools(place: &Place) -> Result<PathBuf> {
    install(&SITE_TOOLS, &place.tools.join("site"))
}

/// Installs packages into a folder of ours, and returns its `node_modules`.
pub fn install(packages: &Packages, folder: &Path) -> Result<PathBuf> {
    let modules = folder.join("node_modules");
    if is_installed(packages.lock, folder) {
        report::present(packages.step, packages.what);
        return Ok(modules);
    }
    report::step(packages.step, &format!("npm ci ({})", packages.what), || {
        fs::create_dir_all(folder)?;
        fs::write(folder.join("package.json"), packages.package)?;
        fs::write(folder.join("package-lock.json"), packages.lock)?;
        fs::write(folder.join(".npmrc"), SETTINGS)?;
        npm_ci(folder)
    })?;
    Ok(modules)
}

/// Installs what the browser tests need into `end2end/node_modules`.
pub fn end_to_end(place: &Place) -> Result<()> {
    let folder = place.root.join("end2end");
    let lock = fs::read_to_string(folder.join("package-lock.json"))
        .context("end2end/package-lock.json is missing")?;
    if is_installed(&lock, &folder) {
        report::present("playwright", "end2end/node_modules");
        return Ok(());
    }
    report::step("playwright", "npm ci in end2end", || npm_ci(&folder))
}

fn npm_ci(folder: &Path) -> Result<()> {
    let mut npm = process::command("npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        .current_dir(folder)
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    process::run_quietly(&mut npm).map(|_| ())
}

/// Whether every required package of the lock lies in `node_modules` in its locked version.
fn is_installed(lock: &str, folder: &Path) -> bool {
    let Ok(lock) = serde_json::from_str::<Value>(lock) else {
        return false;
    };
    let Some(packages) = lock.get("packages").and_then(Value::as_object) else {
        return false;
    };
    packages
        .iter()
        .filter(|(path, package)| !path.is_empty() && package.get("optional") != Some(&Value::Bool(true)))
        .all(|(path, package)| version_at(&folder.join(path)).as_ref() == package.get("version"))
}

fn version_at(package: &Path) -> Option<Value> {
    let text = fs::read_to_string(package.join("package.json")).ok()?;
    serde_json::from_str::<Value>(&text).ok()?.get("version").cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_install_counts_only_in_the_locked_version() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let lock = r#"{"packages": {"": {}, "node_modules/sass": {"version": "1.2.3"}, "node_modules/fsevents": {"version": "2.0.0", "optional": true}}}"#;
        assert!(!is_installed(lock, folder.path()));
        let sass = folder.path().join("node_modules/sass");
        fs::create_dir_all(&sass)?;
        fs::write(sass.join("package.json"), r#"{"version": "1.2.2"}"#)?;
        assert!(!is_installed(lock, folder.path()));
        fs::write(sass.join("package.json"), r#"{"version": "1.2.3"}"#)?;
        assert!(is_installed(lock, folder.path()));
        Ok(())
    }
}
