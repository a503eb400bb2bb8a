//! What the forms of these pages are sent to.
#![expect(clippy::too_many_arguments, reason = "a server function has one for each field of its form")]

use super::form::Kind;
use crate::desk::{Desk, Form, problem_text};
use crate::error::AppError;
use crate::language::say;
use crate::ui::Tone;
use chain::RegistrationId;
use engine::guard::secret::ClientSecret;
use engine::provider::Custom;
use engine::view::Retention;
use engine::{FormError, RegistrationForm};
use leptos::prelude::*;

/// The name of the form of a registration.
pub(super) const FORM: &str = "registration";
/// The name of the form for how long credentials are kept.
pub(super) const RETENTION_FORM: &str = "retention";
/// The page with the settings of auto-recovery.
const RECOVERY_PAGE: &str = "/settings/recovery";

/// Saves an app registration, a new one or a changed one.
#[server(prefix = "/do", endpoint = "save-registration")]
pub async fn save_registration(
    #[server(default)] registration: String,
    #[server(default)] provider: String,
    name: String,
    #[server(default)] country: String,
    client_id: String,
    #[server(default)] client_secret: String,
    #[server(default)] base_url: String,
    #[server(default)] timing: String,
    #[server(default)] pkce: bool,
    #[server(default)] authorize: String,
    #[server(default)] token: String,
    #[server(default)] basic: bool,
    #[server(default)] scope: String,
    #[server(default)] parameters: String,
    #[server(default)] probe: String,
    #[server(default)] api: String,
    #[server(default)] user_id: String,
    #[server(default)] user_name: String,
    #[server(default)] origins: String,
    #[server(default)] gives_consent: bool,
) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let id = registration_id(&registration)?;
    let kind = Kind::of(&provider);
    let given = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
    let custom = Custom {
        authorize: given(&authorize),
        token: given(&token),
        probe: given(&probe),
        api: given(&api),
        user_id: given(&user_id),
        user_name: given(&user_name),
        scope: given(&scope),
        parameters: Custom::read_parameters(&parameters),
        basic,
        origins: origins.split_whitespace().map(str::to_owned).collect(),
        gives_consent,
    };
    // Everything but the secret, which is typed again when the form is refused.
    let values = vec![
        ("name", name.clone()),
        ("country", country.clone()),
        ("client_id", client_id.clone()),
        ("base_url", base_url.clone()),
        ("timing", timing.clone()),
        ("pkce", pkce.to_string()),
        ("authorize", authorize),
        ("token", token),
        ("basic", basic.to_string()),
        ("scope", scope),
        ("parameters", parameters),
        ("probe", probe),
        ("api", api),
        ("user_id", user_id),
        ("user_name", user_name),
        ("origins", origins),
        ("gives_consent", gives_consent.to_string()),
    ];
    let form = RegistrationForm {
        id,
        name,
        country,
        base_url: given(&base_url),
        client_id,
        client_secret: given(&client_secret).map(ClientSecret::new),
        timing: given(&timing),
        provider: kind.word().to_owned(),
        custom: custom.to_json(),
        pkce,
    };
    let done = desk.operator.save_registration(form).await;
    let said = say!(desk.language(), "registration.saved");
    let back = id.map_or_else(|| kind.page().to_owned(), page);
    let sent = Form { name: FORM.to_owned(), back, values };
    desk.settle(sent, done, |id| (page(id), said)).await
}

/// Deletes an app registration that nothing uses.
#[server(prefix = "/do", endpoint = "delete-registration")]
pub async fn delete_registration(registration: String) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let id = registration_id(&registration)?.ok_or(AppError::NotUnderstood)?;
    let back = page(id);
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

/// Switches all auto-recovery of the organisation on or off.
#[server(prefix = "/do", endpoint = "switch-recovery")]
pub async fn switch_recovery(on: bool) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    if let Err(error) = desk.operator.set_recovery_enabled(on).await {
        return Err(desk.visit.fail(RECOVERY_PAGE, &error).await);
    }
    let language = desk.language();
    let (tone, said) = if on {
        (Tone::Good, say!(language, "recovery_settings.now_on"))
    } else {
        (Tone::Warning, say!(language, "recovery_settings.now_off"))
    };
    desk.visit.go_saying(RECOVERY_PAGE, tone, said).await;
    Ok(())
}

/// Says how many days recovery credentials may live.
#[server(prefix = "/do", endpoint = "set-retention")]
pub async fn set_retention(least: String, usual: String, most: String) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    // What is no number is none that may be chosen.
    let [least_days, usual_days, most_days] =
        [&least, &usual, &most].map(|days| days.trim().parse().unwrap_or(0));
    let wish = Retention { least: least_days, usual: usual_days, most: most_days };
    let done = desk.operator.set_retention(wish).await;
    let values = vec![("least", least), ("usual", usual), ("most", most)];
    let form = Form { name: RETENTION_FORM.to_owned(), back: RECOVERY_PAGE.to_owned(), values };
    let said = say!(desk.language(), "recovery_settings.kept");
    desk.settle(form, done, |()| (RECOVERY_PAGE.to_owned(), said)).await
}

fn registration_id(text: &str) -> Result<Option<RegistrationId>, AppError> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| AppError::NotUnderstood)
}

fn page(id: RegistrationId) -> String {
    format!("/settings/registrations/{id}")
}
