//! What an operator enters as recovery credentials, understood and completed with what is stored.

use chain::Credentials;

use super::{CredentialsForm, OneTimeInput};
use crate::access::Operator;
use crate::access::form::{FormError, Problem, invalid};
use crate::guard::SignIn;
use crate::guard::one_time::{OneTime, OneTimeProblem};
use crate::guard::secret::{Password, TotpSecret, UserName};
use crate::store::{chains, credentials};

/// The longest user name, in characters.
const LONGEST_NAME: usize = 254;
/// The longest password, in characters.
const LONGEST_PASSWORD: usize = 1_024;

impl Operator {
    /// The sign-in that a form means, completed with what is stored.
    pub(crate) async fn complete(
        &self,
        chain: &chains::Row,
        form: CredentialsForm,
    ) -> Result<Complete, FormError> {
        let entered = Entered::read(form).await?;
        let kept = match self.engine.stored_sign_in(chain.chain.id).await? {
            Some((row, sign_in)) => Some(self.fitting(chain, row, sign_in, &entered).await?),
            None => None,
        };
        join(entered, kept, chain)
    }

    /// What is stored, as far as it belongs to the account that is entered.
    async fn fitting(
        &self,
        chain: &chains::Row,
        row: credentials::Row,
        sign_in: SignIn,
        entered: &Entered,
    ) -> Result<Kept, FormError> {
        let inner = &self.engine.inner;
        let same = match &entered.user_name {
            Some(name) => {
                let server = &chain.authorization_server;
                inner.guard.account(&inner.db, self.organisation, server, name).await? == row.account
            }
            None => true,
        };
        Ok(Kept { row, sign_in, same })
    }
}

/// What was entered, understood.
struct Entered {
    user_name: Option<UserName>,
    password: Option<Password>,
    one_time: Option<TotpSecret>,
}

impl Entered {
    async fn read(form: CredentialsForm) -> Result<Self, FormError> {
        let user_name = form.user_name.map(|name| name.expose().trim().to_owned());
        let user_name = user_name.filter(|name| !name.is_empty());
        let password = form.password.filter(|password| !password.expose().is_empty());
        if let Some(name) = &user_name {
            short("user_name", name, LONGEST_NAME)?;
        }
        if let Some(password) = &password {
            short("password", password.expose(), LONGEST_PASSWORD)?;
        }
        let problem = |problem: OneTimeProblem| invalid("one_time", Problem::OneTime(problem));
        let one_time = match form.one_time {
            Some(OneTimeInput::Text(text)) if text.expose().trim().is_empty() => None,
            Some(OneTimeInput::Text(text)) => Some(OneTime::parse(text.expose()).map_err(problem)?),
            Some(OneTimeInput::Picture(bytes)) if bytes.is_empty() => None,
            Some(OneTimeInput::Picture(bytes)) => {
                let read = tokio::task::spawn_blocking(move || OneTime::from_picture(&bytes)).await;
                Some(read.unwrap_or(Err(OneTimeProblem::PictureNotReadable)).map_err(problem)?)
            }
            None => None,
        };
        Ok(Self { user_name: user_name.map(UserName::new), password, one_time })
    }
}

/// What is stored, and whether it belongs to the account that is entered.
struct Kept {
    row: credentials::Row,
    sign_in: SignIn,
    same: bool,
}

/// A whole sign-in, with the past of the password where that is the stored one.
pub(crate) struct Complete {
    /// The sign-in.
    pub sign_in: SignIn,
    /// The row that holds the password already.
    pub past: Option<credentials::Row>,
}

/// Completes what was entered with what is stored.
fn join(entered: Entered, kept: Option<Kept>, chain: &chains::Row) -> Result<Complete, FormError> {
    let empty = |field| invalid(field, Problem::Empty);
    let Some(Kept { row, sign_in: stored, same }) = kept else {
        let user_name = entered.user_name.ok_or(empty("user_name"))?;
        let password = entered.password.ok_or(empty("password"))?;
        return Ok(Complete {
            sign_in: SignIn { user_name, password, one_time: entered.one_time },
            past: None,
        });
    };
    let blocked = matches!(chain.chain.credentials, Credentials::Blocked(_));
    let unsure = blocked || row.refused_at.is_some() || row.password_sent_at.is_some();
    let (password, past) = match entered.password {
        Some(password) => (password, None),
        None if !same => return Err(empty("password")),
        None if unsure => return Err(invalid("password", Problem::NotAccepted)),
        None => (stored.password, Some(row)),
    };
    // Another account has other codes.
    let one_time = match (entered.one_time, stored.one_time) {
        (Some(entered), _) => Some(entered),
        (None, Some(_)) if !same => return Err(empty("one_time")),
        (None, stored) => stored,
    };
    let user_name = entered.user_name.unwrap_or(stored.user_name);
    Ok(Complete { sign_in: SignIn { user_name, password, one_time }, past })
}

fn short(field: &'static str, text: &str, most: usize) -> Result<(), FormError> {
    if text.chars().count() > most || text.chars().any(char::is_control) {
        Err(invalid(field, Problem::TooLong { most }))
    } else {
        Ok(())
    }
}
