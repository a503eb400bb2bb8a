//! One end of the journal's chain of hashes.

use chain::{OrganisationId, Time};
use sha2::{Digest, Sha256};

use crate::engine::Engine;
use crate::guard::{GuardError, OpenError, Place, Purpose};
use crate::store::journal::Line;

/// What the first hash is made over, beside the first line.
const BEGINNING: [u8; 32] = [0; 32];

/// A place in the chain, and what everything up to it comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tip {
    /// How many lines there were.
    pub number: i64,
    /// The hash over all of them.
    pub hash: [u8; 32],
    /// Since when there is a chain.
    pub since: Time,
}

/// Which end.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    Head,
    Base,
}

impl Tip {
    /// Before the first line.
    pub(super) const fn new(since: Time) -> Self {
        Self { number: 0, hash: BEGINNING, since }
    }

    /// What it is once this line follows.
    pub(super) fn followed_by(&self, line: &Line) -> Self {
        let number = self.number + 1;
        let mut hash = Sha256::new();
        hash.update(self.hash);
        hash.update(number.to_be_bytes());
        hash.update(&line.content);
        Self { number, hash: hash.finalize().into(), since: self.since }
    }

    /// The hash as it stands beside the line.
    pub(super) fn written(&self) -> String {
        use std::fmt::Write as _;
        self.hash.iter().fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    fn to_bytes(self) -> [u8; 48] {
        let mut bytes = [0; 48];
        bytes[..8].copy_from_slice(&self.number.to_be_bytes());
        bytes[8..40].copy_from_slice(&self.hash);
        bytes[40..].copy_from_slice(&self.since.millis().to_be_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; 48] = bytes.try_into().ok()?;
        let number = i64::from_be_bytes(*bytes.first_chunk()?);
        let since = Time::from_millis(i64::from_be_bytes(*bytes.last_chunk()?));
        Some(Self { number, hash: bytes[8..40].try_into().ok()?, since })
    }
}

impl Engine {
    pub(super) async fn seal_tip(
        &self,
        organisation: OrganisationId,
        end: End,
        tip: Tip,
    ) -> Result<Vec<u8>, GuardError> {
        let (db, place) = (&self.inner.db, place(organisation, end));
        self.inner.guard.seal(db, organisation, Purpose::Tokens, &place, &tip.to_bytes()).await
    }

    pub(super) async fn open_tip(
        &self,
        organisation: OrganisationId,
        end: End,
        sealed: &[u8],
    ) -> Result<Tip, GuardError> {
        let place = place(organisation, end);
        let opened = self.inner.guard.open(&self.inner.db, organisation, &place, sealed).await?;
        Tip::from_bytes(&opened).ok_or(GuardError::Open(OpenError::Malformed))
    }
}

const fn place(organisation: OrganisationId, end: End) -> Place {
    let column = match end {
        End::Head => "head",
        End::Base => "base",
    };
    Place::new(organisation, "journal_heads", organisation.0, column)
}
