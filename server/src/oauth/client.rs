//! Who asks: the id of a consumer and its key, by Basic or in the form (RFC 6749, section 2.3.1).

use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::Engine;
use engine::guard::secret::ConsumerKey;
use engine::issued::Client;
use percent_encoding::percent_decode;
use zeroize::Zeroizing;

use super::asked::Asked;
use super::refusal::Refusal;

/// The longest header that is looked at: an id with a key is far shorter.
const LONGEST: usize = 1_024;

/// The id and the key that a request brought, whether they work or not.
pub struct Credentials {
    /// The id.
    pub id: String,
    /// The key.
    pub key: ConsumerKey,
}

impl Asked {
    /// The client that asks; a request without one is refused.
    pub async fn client(&self, engine: &Engine) -> Result<Client, Refusal> {
        let credentials = self.needed_credentials()?;
        Ok(engine.client(&credentials.id, credentials.key.expose(), self.from).await?)
    }

    /// The id and the key, which must be there.
    pub fn needed_credentials(&self) -> Result<Credentials, Refusal> {
        let missing = || {
            Refusal::client(
                "Send the id of a consumer and its key: by Basic, or in the form as client_id and client_secret.",
            )
        };
        self.credentials()?.ok_or_else(missing)
    }

    /// The id and the key, where there are any; in one way only.
    pub fn credentials(&self) -> Result<Option<Credentials>, Refusal> {
        let (id, key) = (self.field("client_id"), self.field("client_secret"));
        let mut headers = self.headers.get_all(AUTHORIZATION).iter();
        let (header, more) = (headers.next(), headers.next());
        if more.is_some() {
            return Err(Refusal::request("There is more than one Authorization header."));
        }
        let Some(header) = header else {
            return match (id, key) {
                (Some(id), Some(key)) => {
                    Ok(Some(Credentials { id: id.to_owned(), key: ConsumerKey::new(key.to_owned()) }))
                }
                (None, Some(_)) => Err(Refusal::request("A client_secret is sent with its client_id.")),
                (_, None) => Ok(None),
            };
        };
        if key.is_some() {
            return Err(Refusal::request("The client authenticates twice: use Basic or the form, not both."));
        }
        let text = header.to_str().ok().filter(|text| text.len() <= LONGEST);
        let credentials = text.and_then(basic).ok_or_else(|| {
            Refusal::client("The Authorization header is not Basic with the id of a consumer and its key.")
        })?;
        if id.is_some_and(|id| id != credentials.id) {
            return Err(Refusal::request("The client_id of the form is another one than that of Basic."));
        }
        Ok(Some(credentials))
    }
}

/// Reads the header; each half is percent-encoded by itself.
fn basic(header: &str) -> Option<Credentials> {
    let (scheme, rest) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = Zeroizing::new(STANDARD.decode(rest.trim()).ok()?);
    let pair = std::str::from_utf8(&pair).ok()?;
    let (id, key) = pair.split_once(':')?;
    Some(Credentials { id: decoded(id)?, key: ConsumerKey::new(decoded(key)?) })
}

fn decoded(text: &str) -> Option<String> {
    let spaced = Zeroizing::new(text.replace('+', " "));
    Some(percent_decode(spaced.as_bytes()).decode_utf8().ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pair: &str) -> Option<(String, String)> {
        let header = format!("Basic {}", STANDARD.encode(pair));
        basic(&header).map(|read| (read.id, read.key.expose().to_owned()))
    }

    #[test]
    fn both_halves_are_decoded_by_themselves() {
        let pair = |id: &str, key: &str| Some((id.to_owned(), key.to_owned()));
        assert_eq!(read("id:key"), pair("id", "key"));
        assert_eq!(read("i%3Ad:k%25y+1:2"), pair("i:d", "k%y 1:2"));
        assert_eq!(read(":"), pair("", ""));
        assert_eq!(read("none"), None);
        assert_eq!(read("%ff:key"), None);
        assert!(basic("Bearer x").is_none() && basic("Basic !").is_none() && basic("Basic").is_none());
    }
}
