use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::StoreError;

/// How many locks of each file this process has: one, and during a moment the next one too.
static OURS: Mutex<Option<HashMap<PathBuf, u32>>> = Mutex::new(None);

/// A lock on a store, for as long as it lives.
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

/// Locks the file beside the store.
///
/// The operating system lets go of it when the process ends, however it ends.
pub(super) fn lock(store: &Path) -> Result<Lock, StoreError> {
    let mut path = store.as_os_str().to_owned();
    path.push(".lock");
    let path = PathBuf::from(path);
    let file = open_private(&path)?;
    match file.try_lock() {
        Ok(()) => {
            count(&path, |locks| locks + 1);
            Ok(Lock { file, path })
        }
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse { path }),
        Err(TryLockError::Error(source)) => Err(StoreError::File { path, source }),
    }
}

/// Whether it is this process that has locked the file, or lets go of it at this moment.
pub(super) fn is_ours(path: &Path) -> bool {
    count(path, |locks| locks) > 0
}

fn count(path: &Path, change: impl FnOnce(u32) -> u32) -> u32 {
    let mut ours = OURS.lock().unwrap_or_else(PoisonError::into_inner);
    let ours = ours.get_or_insert_default();
    let locks = change(ours.get(path).copied().unwrap_or(0));
    if locks == 0 {
        ours.remove(path);
    } else {
        ours.insert(path.to_owned(), locks);
    }
    locks
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Where that fails, closing the file does the same a moment later.
        drop(self.file.unlock());
        count(&self.path, |locks| locks.saturating_sub(1));
    }
}

/// Opens a file for writing; if it has to be made, nobody else may read it.
pub(super) fn open_private(path: &Path) -> Result<File, StoreError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path).map_err(|source| StoreError::File { path: path.to_owned(), source })
}
