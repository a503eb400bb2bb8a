//! Sealed files that hold received answers while the store refuses.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chain::Time;
use serde::{Deserialize, Serialize};

use crate::guard::seal;
use crate::store::answers::{Kind, Row};

/// A folder of sealed answers.
pub struct Spool {
    folder: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Page {
    id: String,
    chain: String,
    kind: String,
    attempt: u32,
    generation: u32,
    status: u16,
    reason: Option<String>,
    sent_at: i64,
    received_at: i64,
    expires_at: i64,
    body: String,
}

impl Spool {
    /// Opens the folder and makes it where it is missing.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    /// Writes an answer through to the disk; `None`, and a line in the log, when that fails too.
    pub(super) fn write(&self, kept: &Row) -> Option<PathBuf> {
        let path = self.folder.join(format!("{:032x}.answer", kept.id));
        match self.write_through(&path, kept) {
            Ok(()) => Some(path),
            Err(error) => {
                tracing::error!(chain = %kept.chain, %error, "an answer could not be spooled");
                None
            }
        }
    }

    fn write_through(&self, path: &Path, kept: &Row) -> io::Result<()> {
        let page = Page {
            id: format!("{:032x}", kept.id),
            chain: kept.chain.to_string(),
            kind: kept.kind.as_str().to_owned(),
            attempt: kept.attempt,
            generation: kept.generation,
            status: kept.status,
            reason: kept.reason.clone(),
            sent_at: kept.sent_at.millis(),
            received_at: kept.received_at.millis(),
            expires_at: kept.expires_at.millis(),
            body: STANDARD.encode(&kept.body),
        };
        let half = path.with_extension("half");
        let mut file = File::create(&half)?;
        file.write_all(&serde_json::to_vec(&page)?)?;
        file.sync_all()?;
        fs::rename(&half, path)?;
        File::open(&self.folder)?.sync_all()
    }

    /// Everything in the folder that can be read.
    pub(super) fn all(&self) -> Vec<(PathBuf, Row)> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Vec::new() };
        let answers = entries.flatten().map(|entry| entry.path());
        let answers = answers.filter(|path| path.extension().is_some_and(|extension| extension == "answer"));
        answers
            .filter_map(|path| match read(&path) {
                Some(kept) => Some((path, kept)),
                None => {
                    tracing::error!(path = %path.display(), "a spooled answer cannot be read");
                    None
                }
            })
            .collect()
    }

    /// Whether a spooled answer is sealed with this key.
    pub(crate) fn names(&self, key: u128) -> bool {
        self.all().iter().any(|(_, kept)| seal::key_id(&kept.body).is_ok_and(|id| id == key))
    }

    /// The store has it now.
    pub(super) fn remove(&self, path: &Path) {
        if let Err(error) = fs::remove_file(path) {
            tracing::warn!(path = %path.display(), %error, "a spooled answer could not be removed");
        }
    }
}

fn read(path: &Path) -> Option<Row> {
    let page: Page = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    Some(Row {
        id: u128::from_str_radix(&page.id, 16).ok()?,
        chain: page.chain.parse().ok()?,
        attempt: page.attempt,
        generation: page.generation,
        kind: Kind::from_word(&page.kind)?,
        body: STANDARD.decode(page.body).ok()?,
        status: page.status,
        reason: page.reason,
        sent_at: Time::from_millis(page.sent_at),
        received_at: Time::from_millis(page.received_at),
        read_at: None,
        expires_at: Time::from_millis(page.expires_at),
    })
}
