//! What the forms of auto-recovery are sent to, and what its fields ask while they are filled in.

use super::sent::Sent;
use super::strength::strength;
use crate::database::recovery_page;
use crate::desk::{Desk, Form};
use crate::error::AppError;
use crate::flash::{self, Flash};
use crate::language::say;
use crate::text;
use crate::typed::{Preview, Strength};
use crate::ui::Tone;
use crate::visit::go;
use crate::words;
use chain::ContainerId;
use engine::guard::one_time::{self, OneTime, OneTimeProblem};
use engine::guard::secret::{Password, TotpSecret, UserName};
use engine::view::RunOutcome;
use engine::{CredentialsForm, FormError, OneTimeInput};
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
    let Entered { container, form, credentials, pictured } = Entered::of(sent)?;
    let until = text::day(desk.visit.now.millis() + i64::from(credentials.days) * DAY);
    let done = desk.operator.save_credentials(container, credentials).await;
    let done = done.map_err(|error| at_its_field(error, pictured));
    let (back, said) = (form.back.clone(), say!(desk.language(), "recovery.saved", until = until));
    desk.settle(form, done, |()| (back, said)).await
}

/// Tries a sign-in at the provider; the chain is left alone, and nothing is stored.
#[server(prefix = "/do", endpoint = "test-credentials", input = MultipartFormData)]
pub async fn test_credentials(data: MultipartData) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let sent = Sent::read(data).await?;
    let Entered { container, form, credentials, pictured } = Entered::of(sent)?;
    let language = desk.language();
    let tested = match desk.operator.test_credentials(container, credentials).await {
        Ok(tested) => tested,
        Err(error) => {
            let refused = Err::<(), _>(at_its_field(error, pictured));
            return desk.settle(form, refused, |()| (String::new(), String::new())).await;
        }
    };
    let (tone, said) = match tested.outcome {
        RunOutcome::Recovered | RunOutcome::CodeInHand => {
            (Tone::Good, say!(language, "recovery.tested_well", took = words::took(language, tested.took)))
        }
        RunOutcome::Failed(why) => {
            let title = words::failure(language, why).title;
            (Tone::Warning, say!(language, "recovery.tested_badly", title = title))
        }
    };
    // The form comes back as it was: what was tried is what is stored next.
    let back = form.back.clone();
    let flash = Flash { notice: Some((tone, said)), ..form.into_flash(Vec::new()) };
    flash::leave(&desk.visit.session, &flash).await;
    go(&back);
    Ok(())
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

/// A form that was read: what is left of it for the page, and what is in it.
struct Entered {
    container: ContainerId,
    form: Form,
    credentials: CredentialsForm,
    pictured: bool,
}

impl Entered {
    fn of(sent: Sent) -> Result<Self, AppError> {
        let form = Form { name: FORM.to_owned(), back: sent.page(), values: sent.values() };
        let container = sent.container()?;
        let credentials = sent.form();
        let pictured = matches!(credentials.one_time, Some(OneTimeInput::Picture(_)));
        Ok(Self { container, form, credentials, pictured })
    }
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
