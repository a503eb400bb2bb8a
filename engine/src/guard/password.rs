//! Operators' passwords: argon2id, off the threads that serve requests.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use thiserror::Error;

use super::secret::Password;

/// Memory in KiB, passes and lanes: the first choice of OWASP's Password Storage Cheat Sheet for
/// argon2id with 19 MiB.
const MEMORY: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A password could not be hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("could not hash the password")]
pub struct HashError;

/// Hashes a password for the store.
///
/// # Errors
/// The machine gives no randomness or no memory.
pub async fn hash(password: Password) -> Result<String, HashError> {
    let hashed = tokio::task::spawn_blocking(move || hash_now(&password)).await;
    hashed.map_err(|_| HashError)?
}

/// Whether the password belongs to the hash.
///
/// Without a hash, for a name that nobody has, the answer is no and takes just as long.
pub async fn verify(password: Password, hash: Option<String>) -> bool {
    let verified = tokio::task::spawn_blocking(move || match hash {
        Some(hash) => verify_now(&password, &hash),
        None => {
            let _ = hash_now(&password);
            false
        }
    });
    verified.await.unwrap_or(false)
}

fn hash_now(password: &Password) -> Result<String, HashError> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| HashError)?;
    let salt = SaltString::encode_b64(&salt).map_err(|_| HashError)?;
    let hash = argon2()?.hash_password(password.expose().as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(|_| HashError)
}

fn verify_now(password: &Password, hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    // The hash names its own parameters, so that older ones verify when ours grow.
    Argon2::default().verify_password(password.expose().as_bytes(), &hash).is_ok()
}

fn argon2() -> Result<Argon2<'static>, HashError> {
    let params = Params::new(MEMORY, PASSES, LANES, None).map_err(|_| HashError)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}
