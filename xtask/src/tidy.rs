//! What a compiler does not check: arrows between rooms, sizes, purity, words, texts, licences.

mod arrows;
mod licences;
mod locales;
mod purity;
mod sizes;
mod words;

use crate::place::Place;
use crate::process;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// A text file of the repository.
struct Source {
    /// From the root, with slashes.
    path: String,
    text: String,
}

/// Checks the whole repository and prints each complaint.
pub fn check(place: &Place) -> Result<()> {
    let sources = read_sources(&place.root)?;
    let metadata = metadata(place)?;
    let deny = fs::read_to_string(place.root.join("deny.toml")).context("could not read deny.toml")?;
    let mut complaints = sizes::complaints(&sources);
    complaints.extend(words::complaints(&sources));
    complaints.extend(purity::complaints(&sources));
    complaints.extend(locales::complaints(&sources));
    complaints.extend(arrows::complaints(&metadata));
    complaints.extend(licences::complaints(&metadata, &deny)?);
    for complaint in &complaints {
        println!("    {complaint}");
    }
    match complaints.len() {
        0 => {
            println!("  {} files are tidy", sources.len());
            Ok(())
        }
        number => bail!("tidy found {number} things to mend"),
    }
}

/// All text files that git knows or would add.
fn read_sources(root: &Path) -> Result<Vec<Source>> {
    let mut git = process::command("git");
    git.current_dir(root).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let listed = process::run_quietly(&mut git)?;
    let paths = listed.split('\0').filter(|path| !path.is_empty());
    // A file that is listed but gone, or that is no text, has nothing to check.
    Ok(paths
        .filter_map(|path| {
            let text = fs::read_to_string(root.join(path)).ok()?;
            Some(Source { path: path.to_owned(), text })
        })
        .collect())
}

fn metadata(place: &Place) -> Result<Value> {
    let text = process::run_quietly(place.cargo().args(["metadata", "--format-version=1", "--locked"]))?;
    serde_json::from_str(&text).context("could not read what cargo metadata says")
}
