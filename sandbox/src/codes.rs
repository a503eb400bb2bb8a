//! Authorization codes: single use, short-lived, one per holder.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::chains::Holder;
use crate::clients::ClientId;
use crate::random;

#[derive(Debug)]
struct Code {
    holder: Holder,
    redirect_uri: String,
    code_challenge: Option<String>,
    until: i64,
}

/// Why a code was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodeRefusal {
    /// Unknown, used, too old, another client's, or for another redirect URI.
    Wrong,
    /// The verifier does not belong to the challenge.
    WrongVerifier,
}

/// The codes that wait to be exchanged.
#[derive(Debug, Default)]
pub(crate) struct Codes(HashMap<String, Code>);

impl Codes {
    /// Writes a code; one that this holder did not exchange yet is worth nothing any more.
    ///
    /// That the older of two codes dies is how the sandbox plays the report that several
    /// authorization requests in flight for one user break the chain (picqer #471).
    pub(crate) fn write(
        &mut self,
        holder: Holder,
        redirect_uri: String,
        code_challenge: Option<String>,
        until: i64,
    ) -> String {
        self.0.retain(|_, code| code.holder != holder);
        let written = random::token();
        let code = Code { holder, redirect_uri, code_challenge, until };
        self.0.insert(written.clone(), code);
        written
    }

    /// Whose code this is, for the daily count.
    pub(crate) fn holder_of(&self, client: &ClientId, code: &str) -> Option<&Holder> {
        let holder = &self.0.get(code)?.holder;
        (&holder.client == client).then_some(holder)
    }

    /// Takes a code for good: whatever comes of it, it is used.
    pub(crate) fn take(
        &mut self,
        client: &ClientId,
        code: &str,
        redirect_uri: &str,
        verifier: Option<&str>,
        now: i64,
    ) -> Result<Holder, CodeRefusal> {
        if self.holder_of(client, code).is_none() {
            return Err(CodeRefusal::Wrong);
        }
        let code = self.0.remove(code).ok_or(CodeRefusal::Wrong)?;
        if now >= code.until || code.redirect_uri != redirect_uri {
            return Err(CodeRefusal::Wrong);
        }
        if let Some(challenge) = &code.code_challenge {
            let proof = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.unwrap_or_default()));
            if !bool::from(proof.as_bytes().ct_eq(challenge.as_bytes())) {
                return Err(CodeRefusal::WrongVerifier);
            }
        }
        Ok(code.holder)
    }
}
