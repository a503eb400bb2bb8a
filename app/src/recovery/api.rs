//! What the forms of auto-recovery are sent to, and what its fields ask while they are filled in.

use super::sent::Sent;
use super::strength::strength;
use crate::database::recovery_page;
use crate::desk::{Desk, Form};
use crate::error::AppError;
use crate::language::say;
use crate::text;
use crate::typed::{Preview, Strength};
use crate::words;
use engine::guard::one_time::{self, OneTime, OneTimeProblem};
use engine::guard::secret::{Password, TotpSecret, UserName};
use engine::{FormError, OneTimeInput};
use leptos::prelude::*;
use leptos::server_fn::codec::{MultipartData, MultipartFormData};

/// The name of the form with the credentials.
pub(super) const FORM: &str = "credentials";
/// How many codes are told ahead.
const CODES: i64 = 10;
/// A day, in milliseconds.
const DAY: i64 = 86_400_000;

/// Stores the sign-in with which a container's chain is recovered.
#[server(prefix = "/do", endpoint = "save-credentials", input = MultipartFormData)]
pub async fn save_credentials(data: MultipartData) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let sent = Sent::read(data).await?;
    let (container, back) = (sent.container()?, sent.page());
    let form = Form { name: FORM.to_owned(), back: back.clone(), values: sent.values() };
    let credentials = sent.form();
    let pictured = matches!(credentials.one_time, Some(OneTimeInput::Picture(_)));
    let until = text::day(desk.visit.now.millis() + i64::from(credentials.days) * DAY);
    let done = desk.operator.save_credentials(container, credentials).await;
    let done = done.map_err(|error| at_its_field(error, pictured));
    let said = say!(desk.language(), "recovery.saved", until = until);
    desk.settle(form, done, |()| (back, said)).await
}

/// Deletes a container's recovery credentials.
#[server(prefix = "/do", endpoint = "delete-credentials")]
pub async fn delete_credentials(database: String, alias: String, container: String) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let id = container.parse().map_err(|_| AppError::NotUnderstood)?;
    let back = recovery_page(&database, &alias);
    let done = desk.operator.delete_credentials(id).await;
    let form = Form { name: FORM.to_owned(), back: back.clone(), values: Vec::new() };
    let said = say!(desk.language(), "recovery.deleted");
    desk.settle(form, done, |()| (back, said)).await
}

/// The codes that a secret gives from now on, or what is wrong with it; nothing is stored.
#[server(prefix = "/do", endpoint = "one-time-codes", input = MultipartFormData)]
pub async fn one_time_codes(data: MultipartData) -> Result<Preview, AppError> {
    let desk = Desk::open().await?;
    let input = Sent::read(data).await?.into_one_time();
    Ok(match input.map_or(Err(OneTimeProblem::Empty), understand) {
        Ok(secret) => {
            let now = desk.visit.now;
            let at = |ahead| chain::Time::from_millis(now.millis() + ahead * 1_000 * PERIOD);
            let code = |ahead| one_time::code(&secret, at(ahead)).expose().to_owned();
            Preview::Codes { first: one_time::period(now), codes: (0..CODES).map(code).collect() }
        }
        Err(problem) => Preview::Problem(words::one_time(desk.language(), &problem)),
    })
}

/// How strong a password is; nothing is stored.
#[server(prefix = "/do", endpoint = "password-strength")]
pub async fn password_strength(
    password: String,
    #[server(default)] user_name: String,
) -> Result<Strength, AppError> {
    let desk = Desk::open().await?;
    Ok(strength(desk.language(), &Password::new(password), &UserName::new(user_name)))
}

/// What is wrong with a picture stands at the field for pictures.
fn at_its_field(error: FormError, pictured: bool) -> FormError {
    match error {
        FormError::Invalid { field: "one_time", problem } if pictured => {
            FormError::Invalid { field: "picture", problem }
        }
        other => other,
    }
}

/// How long one code is valid, in seconds.
const PERIOD: i64 = one_time::PERIOD as i64;

fn understand(input: OneTimeInput) -> Result<TotpSecret, OneTimeProblem> {
    match input {
        OneTimeInput::Text(text) => OneTime::parse(text.expose()),
        OneTimeInput::Picture(bytes) => OneTime::from_picture(&bytes),
    }
}
