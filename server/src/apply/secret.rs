//! References to secrets: a file that is kept with other files holds none.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::ApplyError;

/// Where a secret is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// In a variable of the environment.
    Variable(String),
    /// In a file, relative to the one that names it.
    File(PathBuf),
}

impl Reference {
    /// Reads the secret; a line end behind it does not count.
    ///
    /// # Errors
    /// When it is not there or empty.
    pub fn resolve(
        &self,
        folder: &Path,
        environment: &BTreeMap<OsString, OsString>,
    ) -> Result<String, ApplyError> {
        let (text, place) = match self {
            Self::Variable(name) => {
                let found = environment.get(&OsString::from(name)).and_then(|text| text.to_str());
                (found.ok_or_else(|| ApplyError::NoVariable(name.clone()))?.to_owned(), name.clone())
            }
            Self::File(path) => {
                let path = folder.join(path);
                let text = fs::read_to_string(&path)
                    .map_err(|source| ApplyError::Unreadable { path: path.clone(), source })?;
                (text, path.display().to_string())
            }
        };
        let text = text.trim();
        if text.is_empty() {
            return Err(ApplyError::EmptySecret(place));
        }
        Ok(text.to_owned())
    }
}

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ReferenceVisitor)
    }
}

const WANTED: &str = "a secret is not written here: name it with { env = \"NAME\" } or { file = \"PATH\" }";

struct ReferenceVisitor;

impl<'de> Visitor<'de> for ReferenceVisitor {
    type Value = Reference;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("{ env = \"NAME\" } or { file = \"PATH\" }")
    }

    // What was written may be the secret itself, so it is not repeated.
    fn visit_str<E: Error>(self, _literal: &str) -> Result<Reference, E> {
        Err(E::custom(WANTED))
    }

    fn visit_i64<E: Error>(self, _literal: i64) -> Result<Reference, E> {
        Err(E::custom(WANTED))
    }

    fn visit_f64<E: Error>(self, _literal: f64) -> Result<Reference, E> {
        Err(E::custom(WANTED))
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Reference, M::Error> {
        let found = match map.next_key::<String>()?.as_deref() {
            Some("env") => Reference::Variable(map.next_value()?),
            Some("file") => Reference::File(map.next_value()?),
            Some(_) | None => return Err(M::Error::custom(WANTED)),
        };
        match map.next_key::<String>()? {
            None => Ok(found),
            Some(_) => Err(M::Error::custom(WANTED)),
        }
    }
}
