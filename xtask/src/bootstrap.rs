//! Gets what the machine lacks, step by step; a step whose result is there is skipped.

pub mod browser;
pub mod components;
mod debian;
pub mod node;
pub mod peers;
pub mod postgres;
mod recipes;
pub mod wasm_bindgen;
pub mod wasm_target;

pub use debian::is_root;

use crate::place::Place;
use anyhow::Result;
use std::path::PathBuf;

/// What building the site files needs.
pub struct SiteTools {
    /// The compiler that knows wasm.
    pub wasm: wasm_target::Compiler,
    /// The program that makes the script beside the wasm file.
    pub wasm_bindgen: PathBuf,
    /// The version of `wasm_bindgen`.
    pub wasm_bindgen_version: String,
    /// The folder with sass and wasm-opt.
    pub node_modules: PathBuf,
}

/// Gets the tools that build the site.
pub fn for_the_site(place: &Place) -> Result<SiteTools> {
    node::check()?;
    let wasm = wasm_target::ensure(place)?;
    let node_modules = node::site_tools(place)?;
    let (wasm_bindgen, wasm_bindgen_version) = wasm_bindgen::ensure(place)?;
    Ok(SiteTools { wasm, wasm_bindgen, wasm_bindgen_version, node_modules })
}

/// Gets everything that any command needs.
pub fn everything(place: &Place) -> Result<()> {
    components::ensure()?;
    for_the_site(place)?;
    for_the_tests(place)
}

/// Gets what the tests need beside the site.
pub fn for_the_tests(place: &Place) -> Result<()> {
    postgres::ensure()?;
    browser::ensure()?;
    recipes::ensure()?;
    node::end_to_end(place)
}
