//! Builds the site: what the server embeds and browsers load.
//!
//! ```text
//! <target>/site/site.json                      {"js": "/pkg/…", "wasm": "/pkg/…", "css": "/pkg/…", "key": …}
//! <target>/site/pkg/evergrant.<hash>.js        and .br and .gz beside each text or wasm file
//! <target>/site/pkg/evergrant.<hash>_bg.wasm
//! <target>/site/pkg/evergrant.<hash>.css
//! <target>/site/pkg/snippets/…                 scripts that dependencies bring, if any
//! <target>/site/…                              the files of public/
//! ```
//! `key` changes with any file of the site. Everything under `/pkg/` may be cached for ever: the name holds the hash of the content. The
//! server finds the folder by `EVERGRANT_SITE`, an absolute path, when it is compiled.

mod bundle;
mod files;

use crate::bootstrap::SiteTools;
use crate::bootstrap::wasm_target::TARGET;
use crate::place::Place;
use crate::{process, report};
use anyhow::{Context, Result};
pub use files::recreate;
use files::{Digest, copy_folder};
use std::fs;
use std::path::{Path, PathBuf};

const COMPRESS: &str = include_str!("../site-tools/compress.mjs");

/// Builds the site if anything that it is made of changed; returns its folder.
pub fn build(place: &Place, tools: &SiteTools) -> Result<PathBuf> {
    let wasm = compile(place, tools)?;
    let bundle = bundle::ensure(place, tools, &wasm)?;
    let site = place.site();
    let mut digest = Digest::default();
    digest
        .text(&bundle.key)
        .text(COMPRESS)
        .file(&tools.node_modules.join(".package-lock.json"))?
        .folder(&place.root.join("style"))?
        .folder(&place.root.join("public"))?;
    let key = digest.finish();
    let key_file = place.target.join("site.key");
    if site.join("site.json").exists() && fs::read_to_string(&key_file).ok().as_ref() == Some(&key) {
        report::present("site", "unchanged");
        return Ok(site);
    }
    report::step("site", "styles, public files, compressed copies", || {
        let fresh = place.target.join("site.new");
        assemble(place, tools, &bundle, &key, &fresh)?;
        if site.exists() {
            fs::remove_dir_all(&site).context("could not remove the old site")?;
        }
        fs::rename(&fresh, &site).context("could not put the new site in place")?;
        fs::write(&key_file, &key).context("could not note what the site was made of")
    })?;
    Ok(site)
}

/// The wasm file as the compiler leaves it; cargo itself skips what did not change.
fn compile(place: &Place, tools: &SiteTools) -> Result<PathBuf> {
    report::step("wasm", &format!("cargo build with {}", tools.wasm.name()), || {
        let mut cargo = tools.wasm.cargo(place);
        cargo
            .args(["build", "--package", "frontend", "--lib", "--target", TARGET])
            .args(["--profile", "wasm-release"]);
        process::run(&mut cargo)
    })?;
    Ok(place.wasm_target().join(TARGET).join("wasm-release/frontend.wasm"))
}

fn assemble(
    place: &Place,
    tools: &SiteTools,
    bundle: &bundle::Bundle,
    key: &str,
    fresh: &Path,
) -> Result<()> {
    recreate(fresh)?;
    let public = place.root.join("public");
    if public.exists() {
        copy_folder(&public, fresh)?;
    }
    let pkg = fresh.join("pkg");
    copy_folder(&bundle.folder, &pkg)?;
    let css = styles(place, tools, &pkg)?;
    let names = serde_json::json!({
        "js": format!("/pkg/{}", bundle.js),
        "wasm": format!("/pkg/{}", bundle.wasm),
        "css": format!("/pkg/{css}"),
        "key": key,
    });
    compress(place, fresh)?;
    fs::write(fresh.join("site.json"), format!("{names:#}\n")).context("could not write site.json")
}

/// Compiles the styles into `pkg` and returns the name of the file.
fn styles(place: &Place, tools: &SiteTools, pkg: &Path) -> Result<String> {
    let made = pkg.join("evergrant.css");
    let mut sass = process::command("node");
    sass.current_dir(&place.root)
        .arg(tools.node_modules.join("sass/sass.js"))
        .args(["--style=compressed", "--no-source-map", "style/main.scss"])
        .arg(&made);
    process::run_quietly(&mut sass)?;
    let name = format!("evergrant.{}.css", files::hash_of(&made)?);
    fs::rename(&made, pkg.join(&name)).context("could not name the style file")?;
    Ok(name)
}

fn compress(place: &Place, folder: &Path) -> Result<()> {
    let mut node = process::command("node");
    node.arg(place.root.join("xtask/site-tools/compress.mjs")).arg(folder);
    process::run_quietly(&mut node).map(|_| ())
}
