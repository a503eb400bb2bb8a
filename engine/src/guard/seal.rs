//! Sealing: AES-256-GCM-SIV, bound to the place where the sealed value lies.

use aes_gcm_siv::aead::{Aead, Payload};
use aes_gcm_siv::{Aes256GcmSiv, KeyInit, Nonce};
use chain::OrganisationId;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The first byte of everything sealed; another layout gets another one.
const VERSION: u8 = 1;
const KEY_ID: usize = 16;
const NONCE: usize = 12;
const HEADER: usize = 1 + KEY_ID + NONCE;

/// The one place where a sealed value can be opened: moved elsewhere it stays shut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Whose row it is.
    pub organisation: OrganisationId,
    /// The table.
    pub table: &'static str,
    /// The row's id.
    pub row: u128,
    /// The column.
    pub column: &'static str,
}

impl Place {
    /// A column of a row.
    pub const fn new(
        organisation: OrganisationId,
        table: &'static str,
        row: u128,
        column: &'static str,
    ) -> Self {
        Self { organisation, table, row, column }
    }
}

/// A key that seals values.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct DataKey {
    #[zeroize(skip)]
    id: u128,
    key: [u8; 32],
}

impl DataKey {
    /// Takes the key into custody under its id.
    pub const fn new(id: u128, key: [u8; 32]) -> Self {
        Self { id, key }
    }

    /// Its id, which everything that it seals names.
    pub const fn id(&self) -> u128 {
        self.id
    }

    pub(super) const fn expose(&self) -> &[u8; 32] {
        &self.key
    }
}

/// Why something was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OpenError {
    /// It does not begin as something sealed does.
    #[error("it is nothing sealed")]
    Malformed,
    /// Another key sealed it.
    #[error("another key sealed it")]
    OtherKey,
    /// The key is wrong, the place is another one, or a bit was changed.
    #[error("the seal is broken")]
    Broken,
}

/// The machine gave no randomness, or the value is too long to be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("could not seal")]
pub struct SealError;

/// Seals a value for one place.
///
/// # Errors
/// No randomness.
pub fn seal(key: &DataKey, place: &Place, plain: &[u8]) -> Result<Vec<u8>, SealError> {
    encrypt(key.expose(), key.id, &place_data(place, key.id), plain)
}

/// Opens what was sealed for this place.
///
/// # Errors
/// See [`OpenError`].
pub fn open(key: &DataKey, place: &Place, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    if key_id(sealed)? != key.id {
        return Err(OpenError::OtherKey);
    }
    decrypt(key.expose(), &place_data(place, key.id), sealed)
}

/// The id of the key that sealed it.
///
/// # Errors
/// [`OpenError::Malformed`].
pub fn key_id(sealed: &[u8]) -> Result<u128, OpenError> {
    let (version, rest) = sealed.split_first().ok_or(OpenError::Malformed)?;
    let id = rest.first_chunk::<KEY_ID>().ok_or(OpenError::Malformed)?;
    if *version != VERSION || sealed.len() < HEADER {
        return Err(OpenError::Malformed);
    }
    Ok(u128::from_be_bytes(*id))
}

/// Version, id, nonce, and what AES-256-GCM-SIV made of the rest.
pub(super) fn encrypt(key: &[u8; 32], id: u128, data: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).map_err(|_| SealError)?;
    let payload = Payload { msg: plain, aad: data };
    let hidden = Aes256GcmSiv::new(key.into()).encrypt(Nonce::from_slice(&nonce), payload);
    let hidden = hidden.map_err(|_| SealError)?;
    let mut sealed = Vec::with_capacity(HEADER + hidden.len());
    sealed.push(VERSION);
    sealed.extend_from_slice(&id.to_be_bytes());
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(&hidden);
    Ok(sealed)
}

pub(super) fn decrypt(key: &[u8; 32], data: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    key_id(sealed)?;
    let (header, hidden) = sealed.split_at_checked(HEADER).ok_or(OpenError::Malformed)?;
    let nonce = header.get(1 + KEY_ID..).ok_or(OpenError::Malformed)?;
    let payload = Payload { msg: hidden, aad: data };
    let plain = Aes256GcmSiv::new(key.into()).decrypt(Nonce::from_slice(nonce), payload);
    plain.map(Zeroizing::new).map_err(|_| OpenError::Broken)
}

fn place_data(place: &Place, key: u128) -> Vec<u8> {
    let Place { organisation, table, row, column } = place;
    let organisation = organisation.0.to_be_bytes();
    associated(&[&organisation, table.as_bytes(), &row.to_be_bytes(), column.as_bytes(), &key.to_be_bytes()])
}

/// Joins parts so that no other parts look the same: each has its length before it.
pub(super) fn associated(parts: &[&[u8]]) -> Vec<u8> {
    let mut data = Vec::new();
    for part in parts {
        data.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        data.extend_from_slice(part);
    }
    data
}
