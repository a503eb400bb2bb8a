//! Where things are: the repository, the target folder, the cache of tools.

use anyhow::{Context, Result};
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// The folders that every command works in.
pub struct Place {
    /// The root of the repository.
    pub root: PathBuf,
    /// Cargo's target folder for native builds.
    pub target: PathBuf,
    /// Tools that xtask installed for itself, kept across clones.
    pub tools: PathBuf,
    /// Held while we build and test: two clones never build into one cache at once.
    lock: Option<File>,
}

impl Place {
    /// Finds the folders, and claims the shared target folder if it is the one in use.
    ///
    /// `CARGO_TARGET_DIR` is honoured. Without it the target folder lies in the cache folder of
    /// the user, so that a fresh clone (as CI makes) builds only our own crates.
    pub fn find() -> Result<Self> {
        let root = root()?;
        let cache = cache_folder()?;
        let tools = cache.join("tools");
        fs::create_dir_all(&tools).with_context(|| format!("could not create {}", tools.display()))?;
        let (target, lock) = match variable("CARGO_TARGET_DIR") {
            Some(folder) => (root.join(folder), None),
            None => {
                let target = cache.join("target");
                let lock = claim(&target, &root)?;
                (target, Some(lock))
            }
        };
        fs::create_dir_all(&target).with_context(|| format!("could not create {}", target.display()))?;
        Ok(Self { root, target, tools, lock })
    }

    /// Lets others build into the shared target folder.
    pub fn let_others_build(&self) -> Result<()> {
        match &self.lock {
            Some(lock) => lock.unlock().context("could not unlock the target folder"),
            None => Ok(()),
        }
    }

    /// The target folder of what the browser loads; apart, so that the two builds never wait for
    /// each other and may use different compilers.
    pub fn wasm_target(&self) -> PathBuf {
        self.target.join("wasm-client")
    }

    /// The finished site, as the server embeds it.
    pub fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// `cargo` for native builds, told where the site lies.
    pub fn cargo(&self) -> Command {
        let mut command = crate::process::command("cargo");
        command
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("EVERGRANT_SITE", self.site());
        command
    }
}

/// Reads one variable of the environment; an empty one counts as absent.
#[expect(clippy::disallowed_methods, reason = "the one place of xtask that reads the environment")]
pub fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The repository in which cargo runs us. Asked at run time: a built xtask may serve another clone.
fn root() -> Result<PathBuf> {
    let folder = variable("CARGO_MANIFEST_DIR").context("run this as `cargo xtask`")?;
    let root = Path::new(&folder).parent().context("xtask lies in the repository")?;
    Ok(root.to_path_buf())
}

fn cache_folder() -> Result<PathBuf> {
    if let Some(folder) = variable("XDG_CACHE_HOME") {
        return Ok(PathBuf::from(folder).join("evergrant"));
    }
    let home = variable("HOME").context("HOME is not set, so there is no place for the cache")?;
    Ok(PathBuf::from(home).join(".cache").join("evergrant"))
}

/// Locks the shared target folder and, when another clone used it last, makes our sources newer
/// than its artefacts: cargo compares times, and these are comparable only within one clone.
fn claim(target: &Path, root: &Path) -> Result<File> {
    fs::create_dir_all(target).with_context(|| format!("could not create {}", target.display()))?;
    let path = target.join("evergrant.lock");
    let lock = File::create(&path).with_context(|| format!("could not open {}", path.display()))?;
    if lock.try_lock().is_err() {
        println!("  waiting for another xtask that builds in {}", target.display());
        lock.lock().context("could not lock the target folder")?;
    }
    let owner = target.join("evergrant.clone");
    let ours = root.to_string_lossy();
    if fs::read_to_string(&owner).ok().as_deref() != Some(&ours) {
        refresh(root)?;
        fs::write(&owner, ours.as_bytes()).context("could not note which clone builds here")?;
    }
    Ok(lock)
}

fn refresh(root: &Path) -> Result<()> {
    let listed = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(root)
        .output()
        .context("could not run git")?;
    let names = String::from_utf8_lossy(&listed.stdout).into_owned();
    for name in names.split('\0').filter(|name| !name.is_empty()) {
        let path = root.join(name);
        if let Ok(file) = File::options().append(true).open(&path) {
            file.set_modified(build_time()).with_context(|| format!("could not touch {}", path.display()))?;
        }
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "file times are compared with the clock by cargo too")]
fn build_time() -> SystemTime {
    SystemTime::now()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn another_clone_makes_its_sources_newer_and_the_same_clone_does_not() -> Result<()> {
        let cache = tempfile::tempdir()?;
        let (first, second) = (clone()?, clone()?);
        assert!(is_touched_by_claim(cache.path(), first.path())?);
        assert!(!is_touched_by_claim(cache.path(), first.path())?);
        assert!(is_touched_by_claim(cache.path(), second.path())?);
        assert!(is_touched_by_claim(cache.path(), first.path())?);
        Ok(())
    }

    fn clone() -> Result<tempfile::TempDir> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("lib.rs"), "")?;
        for arguments in [["init", "--quiet"], ["add", "lib.rs"]] {
            assert!(Command::new("git").args(arguments).current_dir(folder.path()).status()?.success());
        }
        Ok(folder)
    }

    fn is_touched_by_claim(target: &Path, root: &Path) -> Result<bool> {
        let source = File::options().append(true).open(root.join("lib.rs"))?;
        let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        source.set_modified(old)?;
        drop(claim(target, root)?);
        Ok(source.metadata()?.modified()? != old)
    }
}
