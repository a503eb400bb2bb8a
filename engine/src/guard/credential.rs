//! The stored sign-in of a chain: sealed with a key of its own, which goes with its row.
//!
//! The organisation's recovery key wraps the credential's key and seals nothing else, so deleting
//! the row destroys the only key of what the row held, wherever a copy of the row may be. All is
//! bound to organisation, chain, row and column: put anywhere else it stays shut.

use chain::{ChainId, OrganisationId};
use hmac::{Hmac, KeyInit, Mac};
use sea_orm::ConnectionTrait;
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

use super::one_time::TotpSecret;
use super::seal::{DataKey, OpenError, SealError, associated, decrypt, encrypt, key_id};
use super::secret::{Password, UserName};
use super::{Guard, GuardError, Purpose};
use crate::store::credentials;

/// How a person signs in at a provider.
pub struct SignIn {
    /// The user name.
    pub user_name: UserName,
    /// The password.
    pub password: Password,
    /// The secret of the one-time codes, where the account has some.
    pub one_time: Option<TotpSecret>,
}

/// The row that a sign-in is sealed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CredentialPlace {
    /// Whose it is.
    pub organisation: OrganisationId,
    /// The chain that it recovers.
    pub chain: ChainId,
    /// The row's id.
    pub row: u128,
}

/// A sign-in as its row holds it.
pub struct SealedSignIn {
    /// The credential's own key, wrapped by the organisation's recovery key.
    pub data_key: Vec<u8>,
    /// The user name.
    pub user_name: Vec<u8>,
    /// The password.
    pub password: Vec<u8>,
    /// The secret of the one-time codes.
    pub totp_secret: Option<Vec<u8>>,
}

impl From<&credentials::Row> for CredentialPlace {
    fn from(row: &credentials::Row) -> Self {
        Self { organisation: row.organisation, chain: row.chain, row: row.id }
    }
}

impl Guard {
    /// Seals a sign-in with a new key, for one row.
    ///
    /// # Errors
    /// See [`GuardError`].
    pub async fn seal_sign_in(
        &self,
        db: &impl ConnectionTrait,
        place: CredentialPlace,
        sign_in: &SignIn,
    ) -> Result<SealedSignIn, GuardError> {
        let wrapping = self.key_in_use(db, place.organisation, Purpose::Recovery).await?;
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *key).map_err(|_| SealError)?;
        let seal = |column, text: &str| encrypt(&key, place.row, &bound(place, column), text.as_bytes());
        Ok(SealedSignIn {
            data_key: wrap(&wrapping, place, &key)?,
            user_name: seal("user_name", sign_in.user_name.expose())?,
            password: seal("password", sign_in.password.expose())?,
            totp_secret: match &sign_in.one_time {
                Some(secret) => Some(seal("totp_secret", secret.expose())?),
                None => None,
            },
        })
    }

    /// Opens the sign-in of a row.
    ///
    /// # Errors
    /// See [`GuardError`].
    pub async fn open_sign_in(
        &self,
        db: &impl ConnectionTrait,
        row: &credentials::Row,
    ) -> Result<SignIn, GuardError> {
        let place = CredentialPlace::from(row);
        let wrapping = self.key_of(db, row.organisation, key_id(&row.data_key)?).await?;
        let key = unwrap(&wrapping, place, &row.data_key)?;
        let open = |column, sealed: &[u8]| {
            if key_id(sealed)? == row.id {
                decrypt(&key, &bound(place, column), sealed)
            } else {
                Err(OpenError::OtherKey)
            }
        };
        let not_text = |_| GuardError::NotText;
        let one_time = row.totp_secret.as_ref().map(|sealed| open("totp_secret", sealed)).transpose()?;
        Ok(SignIn {
            user_name: UserName::try_from(open("user_name", &row.user_name)?).map_err(not_text)?,
            password: Password::try_from(open("password", &row.password)?).map_err(not_text)?,
            one_time: one_time.map(TotpSecret::try_from).transpose().map_err(not_text)?,
        })
    }

    /// What tells an account from others without naming it: the same for whoever stores the same
    /// user of the same server in one organisation.
    ///
    /// # Errors
    /// See [`GuardError`].
    pub async fn account(
        &self,
        db: &impl ConnectionTrait,
        organisation: OrganisationId,
        authorization_server: &str,
        user_name: &UserName,
    ) -> Result<String, GuardError> {
        let key = self.key_in_use(db, organisation, Purpose::Accounts).await?;
        let folded = Zeroizing::new(user_name.expose().trim().to_lowercase());
        let mut mac = Hmac::<Sha256>::new_from_slice(key.expose()).map_err(|_| SealError)?;
        mac.update(&associated(&[
            b"account",
            &organisation.0.to_be_bytes(),
            authorization_server.as_bytes(),
            folded.as_bytes(),
        ]));
        Ok(mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// The credential's key, under another key of the organisation.
pub(super) fn rewrap(
    from: &DataKey,
    to: &DataKey,
    place: CredentialPlace,
    wrapped: &[u8],
) -> Result<Vec<u8>, GuardError> {
    let key = unwrap(from, place, wrapped)?;
    Ok(wrap(to, place, &key)?)
}

fn wrap(by: &DataKey, place: CredentialPlace, key: &[u8; 32]) -> Result<Vec<u8>, SealError> {
    encrypt(by.expose(), by.id(), &wrapped_data(place, by.id()), key)
}

fn unwrap(by: &DataKey, place: CredentialPlace, wrapped: &[u8]) -> Result<Zeroizing<[u8; 32]>, OpenError> {
    if key_id(wrapped)? != by.id() {
        return Err(OpenError::OtherKey);
    }
    let plain = decrypt(by.expose(), &wrapped_data(place, by.id()), wrapped)?;
    let mut key = <[u8; 32]>::try_from(plain.as_slice()).map_err(|_| OpenError::Malformed)?;
    let kept = Zeroizing::new(key);
    key.zeroize();
    Ok(kept)
}

fn wrapped_data(place: CredentialPlace, by: u128) -> Vec<u8> {
    let mut data = bound(place, "data_key");
    data.extend_from_slice(&by.to_be_bytes());
    data
}

fn bound(place: CredentialPlace, column: &str) -> Vec<u8> {
    let CredentialPlace { organisation, chain, row } = place;
    associated(&[
        b"credential",
        &organisation.0.to_be_bytes(),
        &chain.0.to_be_bytes(),
        &row.to_be_bytes(),
        column.as_bytes(),
    ])
}
