//! Alerts to people, by e-mail.

use std::io::ErrorKind;
use std::time::{Duration, UNIX_EPOCH};

use chain::Time;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use percent_encoding::percent_decode_str;
use thiserror::Error;
use url::Url;

use super::Answer;
use super::webhook::is_of;
use crate::guard::secret::{Password, SmtpUrl};

pub(crate) use lettre::message::Mailbox;

/// The port on which mail is handed in, secured on the way (RFC 6409).
const SUBMISSION: u16 = 587;
/// The port on which mail is handed in over TLS (RFC 8314).
const SUBMISSIONS: u16 = 465;
/// Commands of one sending, at most; each may take as long as a receiver may.
const COMMANDS: u32 = 3;

/// A mail server that takes what we send.
pub struct MailServer {
    host: String,
    port: u16,
    security: Security,
    sign_in: Option<(String, Password)>,
    from: Mailbox,
}

/// How the way to the mail server is kept secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS before anything is said that matters.
    StartTls,
    /// Not at all: on this machine only.
    None,
}

/// Why mail cannot be sent with what was given; never with a part of it, which may be the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MailServerError {
    /// The address is none of a mail server.
    #[error("the address of the mail server is not smtps://name:password@host or smtp://name:password@host")]
    Address,
    /// There would be no TLS on a network.
    #[error("?tls=none is for a mail server on this machine only")]
    Unprotected,
    /// The sender is no mailbox.
    #[error("the sender is no mailbox such as Evergrant <evergrant@example.com>")]
    From,
}

/// What is sent.
pub(super) struct Mail<'a> {
    pub(super) id: &'a str,
    pub(super) to: &'a str,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) at: Time,
}

/// The header that tells what is the same alert.
#[derive(Clone)]
struct EvergrantId(String);

impl Header for EvergrantId {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Evergrant-Id")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

impl MailServer {
    /// Reads the address of a mail server, and the mailbox that alerts come from.
    ///
    /// `smtps` is TLS from the first byte, port 465; `smtp` turns to TLS before anything else, port
    /// 587, or sends nothing; `smtp://localhost?tls=none` is plain, to this machine only.
    ///
    /// # Errors
    /// See [`MailServerError`].
    pub fn parse(url: &SmtpUrl, from: &str) -> Result<Self, MailServerError> {
        let from = from.trim().parse().map_err(|_| MailServerError::From)?;
        let url = Url::parse(url.expose().trim()).map_err(|_| MailServerError::Address)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(MailServerError::Address)?;
        let security = match (url.scheme(), url.query()) {
            ("smtps", None) => Security::Tls,
            ("smtp", None) => Security::StartTls,
            ("smtp", Some("tls=none")) => Security::None,
            _ => return Err(MailServerError::Address),
        };
        if security == Security::None && !matches!(host, "localhost" | "127.0.0.1" | "[::1]") {
            return Err(MailServerError::Unprotected);
        }
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(MailServerError::Address);
        }
        let decoded = |text| {
            percent_decode_str(text).decode_utf8().map(String::from).map_err(|_| MailServerError::Address)
        };
        let sign_in = match (url.username(), url.password()) {
            ("", None) => None,
            (name, Some(password)) if !name.is_empty() => {
                Some((decoded(name)?, Password::new(decoded(password)?)))
            }
            (_, _) => return Err(MailServerError::Address),
        };
        let usual = if security == Security::Tls { SUBMISSIONS } else { SUBMISSION };
        let port = url.port().unwrap_or(usual);
        Ok(Self { host: host.trim_matches(['[', ']']).to_owned(), port, security, sign_in, from })
    }

    /// Who alerts come from.
    pub fn from(&self) -> String {
        self.from.to_string()
    }

    /// Sends once.
    pub(super) async fn send(&self, mail: Mail<'_>, hello: &str, patience: Duration) -> Answer {
        let Some(message) = self.message(&mail) else { return Answer::NotMade };
        let Ok(transport) = self.transport(hello, patience) else { return Answer::NotSecure };
        match tokio::time::timeout(patience * COMMANDS, transport.send(message)).await {
            Ok(Ok(response)) => Answer::Smtp(response.code().into()),
            Ok(Err(error)) => classify(&error),
            Err(_) => Answer::NoAnswer,
        }
    }

    fn message(&self, mail: &Mail<'_>) -> Option<Message> {
        let millis = u64::try_from(mail.at.millis()).ok()?;
        let host = self.from.email.domain();
        Message::builder()
            .from(self.from.clone())
            .to(mail.to.parse().ok()?)
            .subject(mail.subject.clone())
            .date(UNIX_EPOCH + Duration::from_millis(millis))
            // The same whenever it is sent once more, so that mail programs show it once.
            .message_id(Some(format!("<{}@{host}>", mail.id)))
            .header(EvergrantId(mail.id.to_owned()))
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.clone())
            .ok()
    }

    fn transport(
        &self,
        hello: &str,
        patience: Duration,
    ) -> Result<AsyncSmtpTransport<Tokio1Executor>, smtp::Error> {
        let tls = match self.security {
            Security::Tls => Tls::Wrapper(TlsParameters::new(self.host.clone())?),
            Security::StartTls => Tls::Required(TlsParameters::new(self.host.clone())?),
            Security::None => Tls::None,
        };
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&self.host)
            .port(self.port)
            .tls(tls)
            .hello_name(ClientId::Domain(hello.to_owned()))
            .timeout(Some(patience));
        if let Some((name, password)) = &self.sign_in {
            transport = transport.credentials(Credentials::new(name.clone(), password.expose().to_owned()));
        }
        Ok(transport.build())
    }
}

fn classify(error: &smtp::Error) -> Answer {
    if let Some(code) = error.status() {
        return Answer::Smtp(code.into());
    }
    if error.is_timeout() {
        Answer::NoAnswer
    } else if error.is_tls() || error.is_client() || is_of(&[ErrorKind::InvalidData], error) {
        // The server offers no TLS, or shows a certificate that is not its own.
        Answer::NotSecure
    } else {
        Answer::Unreachable
    }
}
