//! A mail server: a real one by its protocol, which does as a test wants it to.

use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use engine::AlertTargetForm;
use engine::alert::{Event, Kind, Language, MailServer, Outgoing};
use engine::guard::secret::SmtpUrl;
use mailin::response::{AUTH_OK, INVALID_CREDENTIALS, NO_MAILBOX, OK};
use mailin::{Action, AuthMechanism, Handler, Response, SessionBuilder};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

pub const NAME: &str = "evergrant";
pub const PASSWORD: &str = "p@ss & word/%";

/// What the mail server does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    Takes,
    KnowsNobody,
    Silent,
}

/// A mail that was taken.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    pub from: String,
    pub to: Vec<String>,
    pub text: String,
}

#[derive(Clone)]
pub struct PostOffice {
    pub port: u16,
    locks: Option<Locks>,
    mails: Arc<Mutex<Vec<Mail>>>,
    passwords: Arc<Mutex<Vec<String>>>,
    manner: Arc<Mutex<Manner>>,
}

/// How the way to the mail server is secured.
#[derive(Clone)]
pub struct Locks {
    pub acceptor: TlsAcceptor,
    /// From the first byte, or when it is asked for.
    pub at_once: bool,
}

/// A connection, secured or not.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

type Line = BufReader<Box<dyn Wire>>;

struct Clerk {
    office: PostOffice,
    mail: Mail,
    bytes: Vec<u8>,
}

impl PostOffice {
    /// A mail server without any TLS.
    pub async fn start() -> Self {
        Self::start_with(None).await
    }

    pub async fn start_with(locks: Option<Locks>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let manner = Arc::new(Mutex::new(Manner::Takes));
        let office = Self { port, locks, mails: Arc::default(), passwords: Arc::default(), manner };
        let counter = office.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let office = counter.clone();
                tokio::spawn(async move { office.serve(stream).await });
            }
        });
        office
    }

    /// What is sent by way of this server, plain, with the password in this address.
    pub fn outgoing(&self, address: &str) -> Outgoing {
        Self::outgoing_at(self.port, address)
    }

    /// The same for a mail server of another process.
    pub fn outgoing_at(port: u16, address: &str) -> Outgoing {
        let url = SmtpUrl::new(address.replace("PORT", &port.to_string()));
        let server = MailServer::parse(&url, "Evergrant <evergrant@example.com>").unwrap();
        Outgoing { mail: Some(Arc::new(server)), patience: Duration::from_secs(2), ..Outgoing::default() }
    }

    pub fn does(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// What was taken since this was asked last.
    pub fn empty(&self) -> Vec<Mail> {
        std::mem::take(&mut *self.mails.lock().unwrap())
    }

    /// The passwords that came, right or wrong.
    pub fn passwords(&self) -> Vec<String> {
        self.passwords.lock().unwrap().clone()
    }

    async fn serve(self, stream: TcpStream) -> io::Result<()> {
        let from = stream.peer_addr()?.ip();
        let locks = self.locks.clone();
        let mut stream: Line = match &locks {
            Some(locks) if locks.at_once => BufReader::new(Box::new(locks.acceptor.accept(stream).await?)),
            Some(_) | None => BufReader::new(Box::new(stream)),
        };
        if *self.manner.lock().unwrap() == Manner::Silent {
            return std::future::pending().await;
        }
        let clerk = Clerk { office: self, mail: Mail::default(), bytes: Vec::new() };
        let mut builder = SessionBuilder::new("post.example.com");
        builder.enable_auth(AuthMechanism::Plain);
        match &locks {
            Some(locks) if !locks.at_once => builder.enable_start_tls(),
            Some(_) | None => builder.insecure_enable_plaintext_auth(),
        };
        let mut session = builder.build(from, clerk);
        say(&mut stream, &session.greeting()).await?;
        loop {
            let mut line = Vec::new();
            if stream.read_until(b'\n', &mut line).await? == 0 {
                return Ok(());
            }
            let response = session.process(&line);
            say(&mut stream, &response).await?;
            match (&response.action, &locks) {
                (Action::Close, _) => return Ok(()),
                (Action::UpgradeTls, Some(locks)) => {
                    stream = BufReader::new(Box::new(locks.acceptor.accept(stream.into_inner()).await?));
                    session.tls_active();
                }
                (Action::UpgradeTls, None) | (Action::NoReply | Action::Reply, _) => {}
            }
        }
    }
}

async fn say(stream: &mut Line, response: &Response) -> io::Result<()> {
    if response.action == Action::NoReply {
        return Ok(());
    }
    let mut said = Vec::new();
    response.write_to(&mut said)?;
    stream.write_all(&said).await?;
    stream.flush().await
}

impl Handler for Clerk {
    fn mail(&mut self, _ip: IpAddr, _domain: &str, from: &str) -> Response {
        from.clone_into(&mut self.mail.from);
        OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        if *self.office.manner.lock().unwrap() == Manner::KnowsNobody {
            return NO_MAILBOX;
        }
        self.mail.to.push(to.to_owned());
        OK
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let text = String::from_utf8(std::mem::take(&mut self.bytes)).unwrap();
        let mail = Mail { text, ..std::mem::take(&mut self.mail) };
        self.office.mails.lock().unwrap().push(mail);
        OK
    }

    fn auth_plain(&mut self, _authorized: &str, name: &str, password: &str) -> Response {
        self.office.passwords.lock().unwrap().push(password.to_owned());
        if (name, password) == (NAME, PASSWORD) { AUTH_OK } else { INVALID_CREDENTIALS }
    }
}

pub fn mailbox(language: Language) -> AlertTargetForm {
    AlertTargetForm {
        kind: Kind::Mail,
        name: "Anna".to_owned(),
        address: "anna@example.com".to_owned(),
        events: Event::CHOICES.to_vec(),
        language,
    }
}
