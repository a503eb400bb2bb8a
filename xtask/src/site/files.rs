//! Copying folders and hashing what they hold.

use anyhow::{Context, Result};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// How many hexadecimal digits of a hash stand in a file name.
const NAME_DIGITS: usize = 12;

/// A hash over texts, files and folders, in the order in which they are given.
#[derive(Default)]
pub struct Digest(Sha256);

impl Digest {
    /// Adds a text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    /// Adds the content of a file.
    pub fn file(&mut self, path: &Path) -> Result<&mut Self> {
        let content = fs::read(path).with_context(|| format!("could not read {}", path.display()))?;
        Ok(self.bytes(&content))
    }

    /// Adds the names and contents of all files of a folder; a missing one counts as empty.
    pub fn folder(&mut self, folder: &Path) -> Result<&mut Self> {
        for path in files_in(folder)? {
            let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
            self.text(&name).file(&path)?;
        }
        Ok(self)
    }

    /// The hash in hexadecimal digits.
    pub fn finish(self) -> String {
        self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }
}

/// The hash that stands in the name of a file that may be cached for ever.
pub fn hash_of(path: &Path) -> Result<String> {
    let mut digest = Digest::default();
    digest.file(path)?;
    let mut hash = digest.finish();
    hash.truncate(NAME_DIGITS);
    Ok(hash)
}

/// Makes an empty folder, removing what was there.
pub fn recreate(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("could not remove {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("could not create {}", folder.display()))
}

/// Copies all files of a folder into another.
pub fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    for path in files_in(from)? {
        let goal = to.join(path.strip_prefix(from).unwrap_or(&path));
        if let Some(parent) = goal.parent() {
            fs::create_dir_all(parent).with_context(|| format!("could not create {}", parent.display()))?;
        }
        fs::copy(&path, &goal).with_context(|| format!("could not copy {}", path.display()))?;
    }
    Ok(())
}

/// All files under a folder, sorted; a missing folder has none.
pub fn files_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        if !next.is_dir() {
            continue;
        }
        let entries = fs::read_dir(&next).with_context(|| format!("could not list {}", next.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_changes_with_names_and_contents() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let digest = |name: &str, content: &str| -> Result<String> {
            recreate(folder.path())?;
            fs::write(folder.path().join(name), content)?;
            let mut digest = Digest::default();
            digest.folder(folder.path())?;
            Ok(digest.finish())
        };
        let first = digest("a", "one")?;
        assert_eq!(first, digest("a", "one")?);
        assert_ne!(first, digest("b", "one")?);
        assert_ne!(first, digest("a", "two")?);
        Ok(())
    }
}
