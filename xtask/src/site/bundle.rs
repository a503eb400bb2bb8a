//! The script and the wasm file that browsers load, made from what the compiler leaves.

use super::files::{Digest, hash_of, recreate};
use crate::bootstrap::SiteTools;
use crate::place::Place;
use crate::{process, report};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// What wasm-opt may use: what the compiler uses by itself, in every browser since 2022.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];
const NAME: &str = "evergrant";

/// A folder with the finished script and wasm file.
pub struct Bundle {
    /// Changes when anything changes that the bundle is made of.
    pub key: String,
    /// Where the files lie.
    pub folder: PathBuf,
    /// The name of the script.
    pub js: String,
    /// The name of the wasm file.
    pub wasm: String,
}

/// Makes the bundle, or finds the one that was made of the same.
pub fn ensure(place: &Place, tools: &SiteTools, wasm: &Path) -> Result<Bundle> {
    let mut digest = Digest::default();
    digest
        .file(wasm)?
        .text(&tools.wasm_bindgen_version)
        .text(&FEATURES.join(" "))
        .file(&tools.node_modules.join(".package-lock.json"))?;
    let key = digest.finish();
    let folder = place.target.join("bundle");
    let key_file = place.target.join("bundle.key");
    let unchanged = fs::read_to_string(&key_file).ok().as_ref() == Some(&key);
    if let (true, Some((js, wasm))) = (unchanged, names_in(&folder)) {
        report::present("bundle", "unchanged");
        return Ok(Bundle { key, folder, js, wasm });
    }
    let (js, wasm) = report::step("bundle", "wasm-bindgen and wasm-opt", || make(tools, wasm, &folder))?;
    fs::write(&key_file, &key).context("could not note what the bundle was made of")?;
    Ok(Bundle { key, folder, js, wasm })
}

fn make(tools: &SiteTools, wasm: &Path, folder: &Path) -> Result<(String, String)> {
    recreate(folder)?;
    let mut bindgen = process::command(&tools.wasm_bindgen);
    bindgen
        .args(["--target", "web", "--no-typescript", "--out-name", NAME, "--out-dir"])
        .arg(folder)
        .arg(wasm);
    process::run_quietly(&mut bindgen)?;
    let plain_wasm = folder.join(format!("{NAME}_bg.wasm"));
    optimise(tools, &plain_wasm)?;
    let wasm_name = format!("{NAME}.{}_bg.wasm", hash_of(&plain_wasm)?);
    fs::rename(&plain_wasm, folder.join(&wasm_name)).context("could not name the wasm file")?;
    let js_name = name_script(folder, &wasm_name)?;
    Ok((js_name, wasm_name))
}

fn optimise(tools: &SiteTools, wasm: &Path) -> Result<()> {
    let small = wasm.with_extension("small");
    let mut wasm_opt = process::command("node");
    wasm_opt
        .arg(tools.node_modules.join("binaryen/bin/wasm-opt"))
        .args(["-Oz", "--strip-debug", "--strip-producers"])
        .args(FEATURES)
        .arg(wasm)
        .arg("-o")
        .arg(&small);
    process::run_quietly(&mut wasm_opt)?;
    fs::rename(&small, wasm).context("could not put the optimised wasm file in place")
}

/// Lets the script load the wasm file by its hashed name, then names the script by its own hash.
fn name_script(folder: &Path, wasm_name: &str) -> Result<String> {
    let plain = folder.join(format!("{NAME}.js"));
    let script = fs::read_to_string(&plain).context("wasm-bindgen left no script")?;
    let wanted = format!("{NAME}_bg.wasm");
    if !script.contains(&wanted) {
        bail!("the script of wasm-bindgen does not name {wanted}");
    }
    fs::write(&plain, script.replace(&wanted, wasm_name)).context("could not write the script")?;
    let name = format!("{NAME}.{}.js", hash_of(&plain)?);
    fs::rename(&plain, folder.join(&name)).context("could not name the script")?;
    Ok(name)
}

fn names_in(folder: &Path) -> Option<(String, String)> {
    let names: Vec<String> = fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let ending = |end: &str| names.iter().find(|name| name.ends_with(end)).cloned();
    Some((ending(".js")?, ending("_bg.wasm")?))
}
