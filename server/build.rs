//! Tells the crate where the built site lies, so that it is embedded.
//!
//! `EVERGRANT_SITE` names the folder; without it the binary has no site files: pages then come
//! without styles and scripts.
#![expect(clippy::disallowed_methods, reason = "cargo speaks to a build script by its environment")]

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-env-changed=EVERGRANT_SITE");
    let site = match env::var_os("EVERGRANT_SITE") {
        Some(folder) if !folder.is_empty() => PathBuf::from(folder),
        _ => empty_folder()?,
    };
    let names = site.join("site.json");
    if env::var_os("EVERGRANT_SITE").is_some() {
        println!("cargo:rerun-if-changed={}", names.display());
    }
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-env=EVERGRANT_SITE_FOLDER={}", site.display());
    // The names hold the hashes of the files, so a changed site compiles the crate anew.
    let content = fs::read_to_string(&names).unwrap_or_default();
    let line: String = content.split_whitespace().collect();
    println!("cargo:rustc-env=EVERGRANT_SITE_NAMES={line}");
    Ok(())
}

fn empty_folder() -> io::Result<PathBuf> {
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    let folder = PathBuf::from(out).join("no-site");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
