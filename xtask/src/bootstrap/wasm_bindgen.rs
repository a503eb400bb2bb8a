//! `wasm-bindgen` of exactly the version that the workspace locks.

use crate::place::Place;
use crate::{process, report};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Returns the program and its version, installing it into the tools folder if need be.
pub fn ensure(place: &Place) -> Result<(PathBuf, String)> {
    let version = locked_version(&place.root)?;
    let folder = place.tools.join(format!("wasm-bindgen-{version}"));
    let program = folder.join("bin/wasm-bindgen");
    if is_version(&program, &version) {
        report::present("wasm-bindgen", &version);
        return Ok((program, version));
    }
    report::step("wasm-bindgen", &format!("cargo install {version}"), || {
        let target = tempfile::tempdir_in(&place.tools).context("could not create a build folder")?;
        let mut cargo = process::command("cargo");
        cargo
            .current_dir(&place.tools)
            .env("CARGO_TARGET_DIR", target.path())
            // Runs a second a build: a quick compilation is worth more than a quick program.
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .args(["install", "--quiet", "wasm-bindgen-cli", "--bin", "wasm-bindgen"])
            .args(["--version", &version, "--force", "--root"])
            .arg(&folder);
        process::run_quietly(&mut cargo).map(|_| ())
    })?;
    Ok((program, version))
}

fn is_version(program: &Path, version: &str) -> bool {
    program.exists()
        && process::attempt(process::command(program).arg("--version"), Duration::from_secs(10))
            .is_some_and(|said| said.split_whitespace().any(|word| word == version))
}

fn locked_version(root: &Path) -> Result<String> {
    let text = fs::read_to_string(root.join("Cargo.lock")).context("could not read Cargo.lock")?;
    version_in(&text).context("Cargo.lock names no wasm-bindgen")
}

fn version_in(lock: &str) -> Option<String> {
    let lock: toml::Table = lock.parse().ok()?;
    let packages = lock.get("package")?.as_array()?;
    let package = packages
        .iter()
        .find(|package| package.get("name").and_then(toml::Value::as_str) == Some("wasm-bindgen"))?;
    package.get("version")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn the_locked_version_is_read_from_its_own_entry() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"9.9.9\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.100\"\n";
        assert_eq!(version_in(lock).as_deref(), Some("0.2.100"));
        assert_eq!(version_in("[[package]]\nname = \"url\"\nversion = \"2.0.0\"\n"), None);
    }
}
