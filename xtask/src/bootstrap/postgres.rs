//! The programs of PostgreSQL, for a throw-away server.

use super::debian;
use crate::report;
use anyhow::{Context, Result};
use std::path::PathBuf;

/// Returns the folder with `initdb` and `postgres`.
pub fn ensure() -> Result<PathBuf> {
    if let Some(folder) = find() {
        report::present("postgresql", "initdb and postgres");
        return Ok(folder);
    }
    report::step("postgresql", "apt-get install postgresql", || debian::install(&["postgresql"]))?;
    find().context("postgresql was installed, but there is no initdb")
}

/// Looks where Debian puts them, newest version first, then on the path.
fn find() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut numbered: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            let number = entry.file_name().to_string_lossy().parse().ok()?;
            Some((number, entry.path().join("bin")))
        })
        .collect();
    numbered.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    let path = crate::place::variable("PATH").unwrap_or_default();
    numbered
        .into_iter()
        .map(|(_, folder)| folder)
        .chain(std::env::split_paths(&path))
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}
