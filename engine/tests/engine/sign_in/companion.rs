//! Somebody who signs in, and remembers what the walk did.

use chain::{RecoveryFailure, Time};
use engine::clock::{Clock, Hand};
use engine::guard::one_time::{self, OneTime};
use engine::guard::secret::{OneTimeCode, Password, TotpSecret, UserName};
use engine::sign_in::{Companion, Consent, Step, Walk, Walked, walk};
use url::Url;

pub const ANNA: &str = "anna@example.nl";
pub const PASSWORD: &str = "anna's planted password";
pub const TOTP: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
pub const START: i64 = 1_800_000_000_000;
pub const BACK: &str = "https://app.example.nl/oauth/callback/one";
pub const STATE: &str = "the state & more";

pub struct Anna {
    user_name: UserName,
    password: Password,
    secret: Option<TotpSecret>,
    clock: Clock,
    /// What happened, in order.
    pub heard: Vec<String>,
}

impl Anna {
    pub fn new(clock: &Clock) -> Self {
        Self {
            user_name: UserName::new(ANNA.to_owned()),
            password: Password::new(PASSWORD.to_owned()),
            secret: OneTime::parse(TOTP).ok(),
            clock: clock.clone(),
            heard: Vec::new(),
        }
    }

    pub fn with_password(mut self, password: &str) -> Self {
        self.password = Password::new(password.to_owned());
        self
    }

    pub fn with_secret(mut self, secret: Option<&str>) -> Self {
        self.secret = secret.and_then(|secret| OneTime::parse(secret).ok());
        self
    }
}

impl Companion for Anna {
    fn user_name(&self) -> &UserName {
        &self.user_name
    }

    async fn password(&mut self) -> Result<&Password, RecoveryFailure> {
        self.heard.push("password".to_owned());
        Ok(&self.password)
    }

    async fn password_answered(&mut self, accepted: bool) {
        self.heard.push(if accepted { "accepted" } else { "refused" }.to_owned());
    }

    async fn code(&mut self) -> Result<OneTimeCode, RecoveryFailure> {
        self.heard.push("code".to_owned());
        let secret = self.secret.as_ref().ok_or(RecoveryFailure::WrongCode)?;
        Ok(one_time::code(secret, self.clock.now()))
    }

    async fn reached(&mut self, step: Step) {
        self.heard.push(format!("{step:?}"));
    }
}

pub fn clock() -> (Clock, Hand) {
    Clock::manual(Time::from_millis(START))
}

/// A walk that starts there and may go nowhere else.
pub fn from(start: &str) -> Walk {
    let mut start = Url::parse(start).unwrap();
    start
        .query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("state", STATE)
        .append_pair("redirect_uri", BACK);
    Walk {
        origins: vec![start.origin()],
        start,
        redirect_uri: Url::parse(BACK).unwrap(),
        state: STATE.to_owned(),
        consent: Consent::Leave,
    }
}

/// Walks as Anna, with a clock that stands still.
pub async fn as_anna(walk_to_make: Walk) -> (Walked, Vec<String>) {
    let (clock, _hand) = clock();
    let mut anna = Anna::new(&clock);
    let walked = walk(&clock, walk_to_make, &mut anna).await;
    (walked, anna.heard)
}

/// The code, or why there is none.
pub fn outcome(walked: &Walked) -> Result<&str, RecoveryFailure> {
    walked.outcome.as_ref().map(|code| code.expose()).map_err(|failure| *failure)
}

/// How the requests went, without their times.
pub fn outcomes(walked: &Walked) -> Vec<&'static str> {
    walked.trace.iter().map(|trace| trace.outcome).collect()
}
