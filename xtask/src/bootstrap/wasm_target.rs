//! A compiler that makes wasm: rustup's own where its target can be fetched, else Debian's.

use super::debian;
use crate::place::Place;
use crate::{process, report};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// What browsers run.
pub const TARGET: &str = "wasm32-unknown-unknown";
/// The name under which rustup knows Debian's compiler.
const DEBIAN: &str = "debian-web";
/// How long fetching the target may take before the machine counts as one where it is out of reach.
const FETCH_LIMIT: Duration = Duration::from_secs(90);
const PROBE_LIMIT: Duration = Duration::from_secs(60);

/// Which toolchain compiles to wasm.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Compiler {
    /// The one that compiles everything else too.
    Default,
    /// Debian's, linked into rustup.
    Debian,
}

impl Compiler {
    /// `cargo` of this compiler, in the target folder for wasm.
    pub fn cargo(self, place: &Place) -> Command {
        let mut command = self.tool("cargo");
        command.current_dir(&place.root).env("CARGO_TARGET_DIR", place.wasm_target());
        command
    }

    /// The name by which it is shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "the default toolchain",
            Self::Debian => "Debian's toolchain",
        }
    }

    /// Whether this compiler comes with the linter.
    pub fn has_clippy(self) -> bool {
        process::attempt(self.tool("cargo").args(["clippy", "--version"]), PROBE_LIMIT).is_some()
    }

    fn tool(self, name: &str) -> Command {
        let mut command = process::command(name);
        match self {
            Self::Default => {}
            Self::Debian => {
                // The library path is of the toolchain that runs us.
                command.env("RUSTUP_TOOLCHAIN", DEBIAN).env_remove("LD_LIBRARY_PATH");
            }
        }
        command
    }

    /// Whether it really makes a wasm file: compiles, optimises across crates and links.
    fn works(self) -> bool {
        let Ok(folder) = tempfile::tempdir() else {
            return false;
        };
        let source = folder.path().join("probe.rs");
        let text = "//! Probe.\n/// One.\n#[unsafe(no_mangle)]\npub extern \"C\" fn probe(n: u32) -> usize { vec![1u8; n as usize].len() }\n";
        if fs::write(&source, text).is_err() {
            return false;
        }
        let mut rustc = self.tool("rustc");
        rustc
            .args(["--edition=2024", "--crate-type=cdylib", "--target", TARGET])
            .args(["-Copt-level=1", "-Clto=fat", "-Cpanic=abort", "-o"])
            .arg(folder.path().join("probe.wasm"))
            .arg(&source);
        process::attempt(&mut rustc, PROBE_LIMIT).is_some()
    }
}

/// Finds a compiler that makes wasm, or gets one.
pub fn ensure(place: &Place) -> Result<Compiler> {
    for compiler in [Compiler::Default, Compiler::Debian] {
        if compiler.works() {
            report::present("wasm target", &format!("{} has it", compiler.name()));
            return Ok(compiler);
        }
    }
    if fetch() {
        return Ok(Compiler::Default);
    }
    report::step("wasm target", "rustup cannot fetch it here; building it with Debian's compiler", || {
        build_with_debian(place)
    })?;
    Ok(Compiler::Debian)
}

fn fetch() -> bool {
    let fetched = report::step("wasm target", "rustup target add", || {
        let mut rustup = process::command("rustup");
        rustup.args(["target", "add", TARGET]);
        if process::attempt(&mut rustup, FETCH_LIMIT).is_some() && Compiler::Default.works() {
            return Ok(());
        }
        bail!("out of reach")
    });
    fetched.is_ok()
}

fn build_with_debian(place: &Place) -> Result<()> {
    debian::install(&["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "rust-web-clippy"])?;
    process::run_quietly(process::command("rustup").args(["toolchain", "link", DEBIAN, "/usr"]))
        .context("rustup is needed to use Debian's compiler beside the default one")?;
    let llvm = llvm_version()?;
    debian::install(&[&format!("lld-{llvm}"), &format!("clang-{llvm}")])?;
    build_library()?;
    if place.wasm_target().exists() {
        // Built against an older library.
        fs::remove_dir_all(place.wasm_target()).context("could not clean the wasm target folder")?;
    }
    if !Compiler::Debian.works() {
        bail!(
            "Debian's compiler still makes no wasm; try `RUSTUP_TOOLCHAIN={DEBIAN} rustc --target {TARGET}`"
        );
    }
    Ok(())
}

/// The major version of LLVM that the compiler uses: its linker must be of the same.
fn llvm_version() -> Result<String> {
    let text = process::run_quietly(Compiler::Debian.tool("rustc").arg("-vV"))?;
    text.lines()
        .find_map(|line| line.strip_prefix("LLVM version: "))
        .and_then(|version| version.split('.').next())
        .map(str::to_owned)
        .context("rustc -vV names no LLVM version")
}

/// Compiles the standard library for wasm and puts it where the compiler looks.
fn build_library() -> Result<()> {
    let folder = tempfile::tempdir().context("could not create a temporary folder")?;
    let crate_root = folder.path().join("empty");
    fs::create_dir_all(crate_root.join("src"))?;
    fs::write(
        crate_root.join("Cargo.toml"),
        "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[profile.release]\npanic = \"abort\"\n",
    )?;
    fs::write(crate_root.join("src/lib.rs"), "")?;
    let target = folder.path().join("target");
    let mut cargo = Compiler::Debian.tool("cargo");
    cargo
        .current_dir(&crate_root)
        .env("CARGO_TARGET_DIR", &target)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .args(["build", "-Zbuild-std=std,panic_abort,proc_macro", "--release", "--target", TARGET]);
    process::run_quietly(&mut cargo)?;
    let library = PathBuf::from(
        process::run_quietly(Compiler::Debian.tool("rustc").args([
            "--print",
            "target-libdir",
            "--target",
            TARGET,
        ]))?
        .trim(),
    );
    replace_library(&target.join(TARGET).join("release/deps"), &library)
}

fn replace_library(built: &Path, library: &Path) -> Result<()> {
    fs::create_dir_all(library).with_context(|| format!("could not create {}", library.display()))?;
    for old in rlibs(library)? {
        fs::remove_file(old)?;
    }
    for new in rlibs(built)? {
        let name = new.file_name().context("a file has a name")?.to_owned();
        if !name.to_string_lossy().starts_with("libempty-") {
            fs::copy(&new, library.join(name))?;
        }
    }
    Ok(())
}

fn rlibs(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("could not list {}", folder.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rlib") {
            found.push(path);
        }
    }
    Ok(found)
}
