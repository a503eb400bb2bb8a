//! The ring of master keys: the first one wraps, all of them unwrap.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

use super::secret::MasterKey;

/// Every master key of this process, the one that wraps new keys first.
pub struct Keyring {
    keys: Vec<(String, MasterKey)>,
    file: Option<PathBuf>,
}

/// Why there is no key ring.
#[derive(Debug, Error)]
pub enum KeyringError {
    /// There is no file of this name.
    #[error("the master key file {} does not exist", path.display())]
    NoFile {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be read.
    #[error("cannot read the master key file {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A new file cannot be written.
    #[error("cannot write the master key file {}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// Others may read or write the file.
    #[error("everybody may read the master key file {}: it needs mode 0600, or 0640 for a group", path.display())]
    Open {
        /// The file.
        path: PathBuf,
    },
    /// A line is no key; what it says is not repeated here.
    #[error("line {line} of the master keys is not of the form: key-id = 32 bytes in base64")]
    Line {
        /// The number of the line, from 1 on.
        line: usize,
    },
    /// Two keys have the same id.
    #[error("line {line} of the master keys repeats a key id")]
    Repeated {
        /// The number of the later line, from 1 on.
        line: usize,
    },
    /// There is no key at all.
    #[error("there is no master key")]
    Empty,
    /// The store was sealed with a key that is not on the ring.
    #[error("the store needs the master key {key_id}, which is not there")]
    Missing {
        /// The key's id.
        key_id: String,
    },
    /// The store has keys already, so a new master key would be of no use.
    #[error("the master key file {} is gone, and the store was sealed with it", path.display())]
    Lost {
        /// The file.
        path: PathBuf,
    },
    /// The machine gives no randomness.
    #[error("the machine gives no randomness")]
    NoRandomness,
}

impl Keyring {
    /// Reads keys, one a line or separated by semicolons: `key-id = 32 bytes in base64`.
    /// The first one is current; lines that begin with `#` say nothing.
    ///
    /// # Errors
    /// A line that is no key, named by its number.
    pub fn parse(text: &str) -> Result<Self, KeyringError> {
        let mut keys: Vec<(String, MasterKey)> = Vec::new();
        for (number, line) in text.split(['\n', ';']).enumerate() {
            let (line, number) = (line.trim(), number + 1);
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (id, key) = parse_key(line).ok_or(KeyringError::Line { line: number })?;
            if keys.iter().any(|(known, _)| *known == id) {
                return Err(KeyringError::Repeated { line: number });
            }
            keys.push((id, key));
        }
        if keys.is_empty() { Err(KeyringError::Empty) } else { Ok(Self { keys, file: None }) }
    }

    /// Reads keys from a file that nobody but its owner and group may read.
    ///
    /// # Errors
    /// A file that is missing, unreadable or readable by everybody, and what [`Self::parse`] says.
    pub fn load(path: &Path) -> Result<Self, KeyringError> {
        let unreadable = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => KeyringError::NoFile { path: path.to_owned() },
            _ => KeyringError::Unreadable { path: path.to_owned(), source },
        };
        let metadata = fs::metadata(path).map_err(unreadable)?;
        if open_to_others(&metadata) {
            return Err(KeyringError::Open { path: path.to_owned() });
        }
        let text = Zeroizing::new(fs::read_to_string(path).map_err(unreadable)?);
        Ok(Self { file: Some(path.to_owned()), ..Self::parse(&text)? })
    }

    /// Puts a new key on top of a file, so that it wraps from now on, and says its id. Mode and
    /// owner of the file stay; the older keys go on unwrapping.
    ///
    /// # Errors
    /// See [`KeyringError`]; the file is as it was then.
    pub fn renew(path: &Path) -> Result<String, KeyringError> {
        let unwritable = |source| KeyringError::Unwritable { path: path.to_owned(), source };
        // Whoever comes second must find the key of the first: it may wrap already.
        let lock = File::create(path.with_extension("lock")).map_err(unwritable)?;
        lock.lock().map_err(unwritable)?;
        let ring = Self::load(path)?;
        let (id, line) = loop {
            let (id, line) = new_line()?;
            if ring.find(&id).is_none() {
                break (id, line);
            }
        };
        let text = fs::read_to_string(path).map(Zeroizing::new).map_err(unwritable)?;
        let says_nothing = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with('#');
        let head: usize = text.split_inclusive('\n').take_while(says_nothing).map(str::len).sum();
        let (head, keys) = text.split_at(head);
        let text = Zeroizing::new([head, line.as_str(), keys].concat());
        // A link to the file goes on leading to it.
        let target = fs::canonicalize(path).map_err(unwritable)?;
        let like = fs::metadata(&target).map_err(unwritable)?;
        write_like(&target, text.as_bytes(), Some(&like)).map_err(unwritable)?;
        Ok(id)
    }

    /// The file that the keys were read from.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The ids of all keys, the current one first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|(id, _)| id.as_str())
    }

    /// Reads keys from a file; where it is missing, makes it with one new key and says `true`.
    ///
    /// # Errors
    /// [`KeyringError::Lost`] if the file is missing although the store was sealed with its keys,
    /// and what [`Self::load`] says.
    pub fn load_or_generate(path: &Path, store_has_keys: bool) -> Result<(Self, bool), KeyringError> {
        match Self::load(path) {
            Err(KeyringError::NoFile { .. }) if store_has_keys => {
                Err(KeyringError::Lost { path: path.to_owned() })
            }
            Err(KeyringError::NoFile { .. }) => {
                generate(path)?;
                Ok((Self::load(path)?, true))
            }
            Ok(ring) => Ok((ring, false)),
            Err(error) => Err(error),
        }
    }

    /// Checks that every one of these keys is on the ring.
    ///
    /// # Errors
    /// [`KeyringError::Missing`] with the first that is not.
    pub fn must_hold(&self, ids: &BTreeSet<String>) -> Result<(), KeyringError> {
        match ids.iter().find(|id| self.find(id).is_none()) {
            Some(id) => Err(KeyringError::Missing { key_id: id.clone() }),
            None => Ok(()),
        }
    }

    /// The key that wraps new keys, with its id.
    pub fn current(&self) -> Option<(&str, &MasterKey)> {
        self.keys.first().map(|(id, key)| (id.as_str(), key))
    }

    /// The key with this id.
    pub fn find(&self, id: &str) -> Option<&MasterKey> {
        self.keys.iter().find(|(known, _)| known == id).map(|(_, key)| key)
    }
}

const LONGEST_ID: usize = 64;

fn parse_key(line: &str) -> Option<(String, MasterKey)> {
    let (id, encoded) = line.split_once('=')?;
    let id = id.trim();
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if id.is_empty() || id.len() > LONGEST_ID || !id.chars().all(fits) {
        return None;
    }
    let bytes = Zeroizing::new(STANDARD.decode(encoded.trim()).ok()?);
    let key = <[u8; 32]>::try_from(bytes.as_slice()).ok()?;
    Some((id.to_owned(), MasterKey::new(key)))
}

#[cfg(unix)]
fn open_to_others(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    // Mounted secrets are handed out by group, so a group may read; nobody else may do anything.
    metadata.permissions().mode() & 0o027 != 0
}

#[cfg(not(unix))]
const fn open_to_others(_: &fs::Metadata) -> bool {
    false
}

/// Writes a file with one new key. It is whole and on the disk before it has its name.
fn generate(path: &Path) -> Result<(), KeyringError> {
    let (_, line) = new_line()?;
    let text = Zeroizing::new(
        [
            "# Evergrant's master key. Without it nothing in the store can be opened: keep a copy elsewhere.\n",
            line.as_str(),
        ]
        .concat(),
    );
    let unwritable = |source| KeyringError::Unwritable { path: path.to_owned(), source };
    write_like(path, text.as_bytes(), None).map_err(unwritable)
}

/// A new key with its id, as a line of a file.
fn new_line() -> Result<(String, Zeroizing<String>), KeyringError> {
    let mut key = [0; 32];
    let mut name = [0; 4];
    getrandom::fill(&mut key).map_err(|_| KeyringError::NoRandomness)?;
    getrandom::fill(&mut name).map_err(|_| KeyringError::NoRandomness)?;
    let encoded = Zeroizing::new(STANDARD.encode(key));
    key.zeroize();
    let id = format!("key-{:08x}", u32::from_be_bytes(name));
    let line = Zeroizing::new([id.as_str(), " = ", encoded.as_str(), "\n"].concat());
    Ok((id, line))
}

/// Writes a file that nobody else may read, or with the mode and owner of the one it replaces.
fn write_like(path: &Path, text: &[u8], like: Option<&fs::Metadata>) -> io::Result<()> {
    let half = path.with_extension("half");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(&half)?;
    file.write_all(text)?;
    if let Some(like) = like {
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, fchown};
            let own = file.metadata()?;
            if (own.uid(), own.gid()) != (like.uid(), like.gid()) {
                fchown(&file, Some(like.uid()), Some(like.gid()))?;
            }
        }
        file.set_permissions(like.permissions())?;
    }
    file.sync_all()?;
    fs::rename(&half, path)?;
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
