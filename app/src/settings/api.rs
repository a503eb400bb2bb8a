//! What the forms of these pages are sent to.
#![expect(clippy::too_many_arguments, reason = "a server function has one for each field of its form")]

use crate::desk::{Desk, Form, problem_text};
use crate::error::AppError;
use crate::language::say;
use crate::ui::Tone;
use chain::RegistrationId;
use engine::guard::secret::ClientSecret;
use engine::{FormError, RegistrationForm};
use leptos::prelude::*;

/// The name of the form of a registration.
pub(super) const FORM: &str = "registration";

/// Saves an app registration, a new one or a changed one.
#[server(prefix = "/do", endpoint = "save-registration")]
pub async fn save_registration(
    #[server(default)] registration: String,
    name: String,
    country: String,
    client_id: String,
    #[server(default)] client_secret: String,
    #[server(default)] base_url: String,
    #[server(default)] timing: String,
    #[server(default)] pkce: bool,
) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let id = registration_id(&registration)?;
    let given = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
    // Everything but the secret, which is typed again when the form is refused.
    let values = vec![
        ("name", name.clone()),
        ("country", country.clone()),
        ("client_id", client_id.clone()),
        ("base_url", base_url.clone()),
        ("timing", timing.clone()),
        ("pkce", pkce.to_string()),
    ];
    let form = RegistrationForm {
        id,
        name,
        country,
        base_url: given(&base_url),
        client_id,
        client_secret: given(&client_secret).map(ClientSecret::new),
        timing: given(&timing),
        provider: "exact".to_owned(),
        custom: None,
        pkce,
    };
    let done = desk.operator.save_registration(form).await;
    let said = say!(desk.language(), "registration.saved");
    let sent = Form { name: FORM.to_owned(), back: page(id), values };
    desk.settle(sent, done, |id| (page(Some(id)), said)).await
}

/// Deletes an app registration that nothing uses.
#[server(prefix = "/do", endpoint = "delete-registration")]
pub async fn delete_registration(registration: String) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let id = registration_id(&registration)?.ok_or(AppError::NotUnderstood)?;
    let back = page(Some(id));
    match desk.operator.delete_registration(id).await {
        Err(FormError::Invalid { problem, .. }) => {
            let text = problem_text(desk.language(), &problem);
            desk.visit.go_saying(&back, Tone::Bad, text).await;
            Err(AppError::Refused)
        }
        done => {
            let said = say!(desk.language(), "registration.deleted");
            let form = Form { name: FORM.to_owned(), back, values: Vec::new() };
            desk.settle(form, done, |()| ("/settings/registrations".to_owned(), said)).await
        }
    }
}

fn registration_id(text: &str) -> Result<Option<RegistrationId>, AppError> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| AppError::NotUnderstood)
}

fn page(id: Option<RegistrationId>) -> String {
    id.map_or_else(|| "/settings/registrations/new".to_owned(), |id| format!("/settings/registrations/{id}"))
}
