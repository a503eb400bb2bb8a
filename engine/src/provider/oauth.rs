//! RFC 6749 on the wire: token calls with a hard deadline, and a parser that forgives.

use std::time::Duration;

use serde_json::Value;
use url::Url;
use zeroize::Zeroizing;

use crate::guard::secret::{AccessToken, ClientSecret, CodeVerifier, RawAnswer, RefreshToken};
use crate::tls;

/// The one HTTP client of the engine.
///
/// Every call opens its own connection, so that "never sent" and "sent without an answer" can be
/// told apart; nothing is retried and no redirect is followed behind the keeper's back.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
}

/// The longest wait for a connection; within it nothing has been sent.
const CONNECT_DEADLINE: Duration = Duration::from_secs(15);

/// The most of an answer that is read; a token answer is under 4 kB.
const MOST_BYTES: usize = 256 * 1024;

/// A call to the token endpoint.
pub struct TokenCall<'a> {
    /// The token endpoint.
    pub endpoint: &'a Url,
    /// The client id.
    pub client_id: &'a str,
    /// The client secret.
    pub client_secret: &'a ClientSecret,
    /// Client id and secret go into the Authorization header instead of the body.
    pub basic: bool,
    /// What is exchanged.
    pub grant: Grant<'a>,
    /// The hard total deadline, connection and body included.
    pub deadline: Duration,
}

/// What a token call exchanges.
pub enum Grant<'a> {
    /// A refresh token.
    Refresh(&'a RefreshToken),
    /// An authorization code.
    Code {
        /// The code, as the redirect brought it.
        code: &'a str,
        /// The redirect URI, the same as in the authorization request.
        redirect_uri: &'a str,
        /// The PKCE verifier, where the profile uses PKCE.
        verifier: Option<&'a CodeVerifier>,
    },
}

/// How far a token call came.
pub enum Delivery {
    /// No byte of the request left this machine.
    NeverSent,
    /// The request may have arrived, and no answer came.
    NoAnswer,
    /// An answer, perhaps cut short.
    Answered(Answer),
}

/// A raw answer of the token endpoint.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The `Reason` header, where Exact Online says why it refused.
    pub reason: Option<String>,
    /// The body as it came.
    pub body: RawAnswer,
}

/// A token answer, read.
pub struct TokenAnswer {
    /// The access token.
    pub access_token: AccessToken,
    /// The new refresh token; absent where the provider keeps the old one (RFC 6749 §6).
    pub refresh_token: Option<RefreshToken>,
    /// The access token's life, where the answer states it.
    pub expires_in: Option<Duration>,
}

impl Http {
    /// A client with rustls and the system's proxy settings.
    ///
    /// # Errors
    /// When the TLS back end cannot be set up.
    #[expect(clippy::disallowed_methods, reason = "the one place where the HTTP client is made")]
    pub fn new() -> Result<Self, reqwest::Error> {
        let client = tls::shared(reqwest::Client::builder(), tls::HTTP1)
            .user_agent(concat!("evergrant/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_DEADLINE)
            .pool_max_idle_per_host(0)
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .build()?;
        Ok(Self { client })
    }

    /// Makes the token call once.
    pub async fn token(&self, call: TokenCall<'_>) -> Delivery {
        let mut form = Vec::new();
        if !call.basic {
            form.extend([("client_id", call.client_id), ("client_secret", call.client_secret.expose())]);
        }
        match &call.grant {
            Grant::Refresh(token) => {
                form.extend([("grant_type", "refresh_token"), ("refresh_token", token.expose())]);
            }
            Grant::Code { code, redirect_uri, verifier } => {
                form.extend([
                    ("grant_type", "authorization_code"),
                    ("code", *code),
                    ("redirect_uri", *redirect_uri),
                ]);
                form.extend(verifier.map(|verifier| ("code_verifier", verifier.expose())));
            }
        }
        let mut request = self.client.post(call.endpoint.clone()).form(&form).timeout(call.deadline);
        if call.basic {
            let (id, secret) = (form_encoded(call.client_id), form_encoded(call.client_secret.expose()));
            request = request.basic_auth(id.as_str(), Some(secret.as_str()));
        }
        let response = match request.header("accept", "application/json").send().await {
            Ok(response) => response,
            Err(error) if error.is_connect() || error.is_builder() => return Delivery::NeverSent,
            Err(_) => return Delivery::NoAnswer,
        };
        let status = response.status().as_u16();
        let reason =
            response.headers().get("reason").and_then(|value| value.to_str().ok()).map(str::to_owned);
        match read(response).await {
            Some(body) => Delivery::Answered(Answer { status, reason, body }),
            None => Delivery::NoAnswer,
        }
    }

    /// Reads a resource with an access token: status and body, or `None` when nothing came.
    pub async fn read(&self, url: &Url, token: &AccessToken, deadline: Duration) -> Option<(u16, RawAnswer)> {
        let request = self.client.get(url.clone()).bearer_auth(token.expose()).timeout(deadline);
        let response = request.header("accept", "application/json").send().await.ok()?;
        let status = response.status().as_u16();
        Some((status, read(response).await?))
    }
}

/// As RFC 6749 §2.3.1 wants client id and secret in the header.
fn form_encoded(text: &str) -> Zeroizing<String> {
    Zeroizing::new(url::form_urlencoded::byte_serialize(text.as_bytes()).collect())
}

/// What came of the body; `None` if its first byte never did.
async fn read(mut response: reqwest::Response) -> Option<RawAnswer> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= MOST_BYTES => body.extend_from_slice(&chunk),
            Ok(Some(_) | None) => return Some(RawAnswer::new(body)),
            Err(_) if body.is_empty() => return None,
            Err(_) => return Some(RawAnswer::new(body)),
        }
    }
}

/// Reads a token answer, whatever its status; `None` if it holds no access token.
///
/// `expires_in` may be a number or, as Exact Online writes it, a string.
pub fn parse(body: &RawAnswer) -> Option<TokenAnswer> {
    let Value::Object(mut fields) = serde_json::from_slice(body.expose()).ok()? else { return None };
    let mut text = |name: &str| match fields.remove(name) {
        Some(Value::String(text)) if !text.is_empty() => Some(text),
        Some(_) | None => None,
    };
    let access_token = AccessToken::new(text("access_token")?);
    let refresh_token = text("refresh_token").map(RefreshToken::new);
    let expires_in = fields.remove("expires_in").and_then(|value| seconds(&value));
    Some(TokenAnswer { access_token, refresh_token, expires_in })
}

fn seconds(value: &Value) -> Option<Duration> {
    let seconds = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (seconds > 0.0 && seconds <= 31_536_000.0).then(|| Duration::from_secs_f64(seconds))
}
