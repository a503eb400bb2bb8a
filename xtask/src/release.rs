//! `cargo xtask build`: the one binary to deploy, and what a first visit loads.

use crate::bootstrap;
use crate::place::Place;
use crate::{serve, site};
use anyhow::{Context, Result};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Builds the release and prints path and sizes.
pub fn run(place: &Place) -> Result<()> {
    let tools = bootstrap::for_the_site(place)?;
    let site = site::build(place, &tools)?;
    let programs = serve::build(place, true)?;
    let binary = programs.join("evergrant");
    println!();
    println!("{}  {:.1} MB", binary.display(), megabytes(size(&binary)?));
    let mut sum = 0;
    for (kind, compressed) in first_visit(&site)? {
        println!("  {kind:<6}{:>8.1} kB compressed", kilobytes(compressed));
        sum += compressed;
    }
    println!("  {:<6}{:>8.1} kB, all files that a first visit loads beside the page", "sum", kilobytes(sum));
    Ok(())
}

/// The compressed size in bytes of each file that every page asks for.
fn first_visit(site: &Path) -> Result<Vec<(&'static str, u64)>> {
    let text = fs::read_to_string(site.join("site.json")).context("could not read site.json")?;
    let names: Value = serde_json::from_str(&text).context("site.json is not JSON")?;
    ["js", "wasm", "css"]
        .into_iter()
        .map(|kind| {
            let path = names.get(kind).and_then(Value::as_str);
            let path = path.with_context(|| format!("site.json names no {kind}"))?;
            let file = site.join(format!("{}.br", path.trim_start_matches('/')));
            Ok((kind, size(&file)?))
        })
        .collect()
}

fn size(file: &Path) -> Result<u64> {
    let metadata = fs::metadata(file).with_context(|| format!("could not find {}", file.display()))?;
    Ok(metadata.len())
}

fn kilobytes(bytes: u64) -> f64 {
    bytes as f64 / 1e3
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
