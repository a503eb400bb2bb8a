//! The data of browser sessions: sealed with a key made of the session's id, of which the store has
//! the hash only. Whoever reads the store reads no session, and no key has to be kept.

use chain::OrganisationId;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::seal::{self, DataKey, OpenError, Place, SealError};

/// Each session has a key of its own, which says more than a place could.
const PLACE: Place = Place::new(OrganisationId(0), "sessions", 0, "data");

/// Seals what a session holds; its id must be 128 random bits that only its cookie has.
///
/// # Errors
/// No randomness.
pub fn seal_session(id: u128, data: &[u8]) -> Result<Vec<u8>, SealError> {
    seal::seal(&key(id), &PLACE, data)
}

/// Opens what a session holds.
///
/// # Errors
/// See [`OpenError`].
pub fn open_session(id: u128, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    seal::open(&key(id), &PLACE, sealed)
}

fn key(id: u128) -> DataKey {
    let digest = Sha256::new().chain_update(b"evergrant session data").chain_update(id.to_be_bytes());
    DataKey::new(0, digest.finalize().into())
}
