//! What the forms of this page are sent to.
#![expect(clippy::too_many_arguments, reason = "a server function has one for each field of its form")]

use super::words;
use crate::desk::{Desk, Form};
use crate::error::AppError;
use crate::language::say;
use crate::once;
use crate::ui::Tone;
use engine::alert::{Answer, Event, Kind, Language as AlertLanguage};
use engine::{AlertTargetForm, FormError};
use leptos::prelude::*;

/// The name of the form for a new target.
pub(super) const FORM: &str = "alert-target";
/// The name under which a new webhook's secret waits for the page.
pub(super) const ONCE: &str = "webhook";
/// The page.
const PAGE: &str = "/settings/alerts";

/// Adds somebody who is to be told.
#[server(prefix = "/do", endpoint = "add-alert-target")]
pub async fn add_alert_target(
    kind: String,
    name: String,
    address: String,
    language: String,
    #[server(default)] needs_repair: bool,
    #[server(default)] repaired: bool,
    #[server(default)] recovered: bool,
    #[server(default)] recovery_blocked: bool,
    #[server(default)] credentials_end: bool,
    #[server(default)] link_ends: bool,
) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let ticked = [
        (Event::NeedsRepair, needs_repair),
        (Event::Repaired, repaired),
        (Event::Recovered, recovered),
        (Event::RecoveryBlocked, recovery_blocked),
        (Event::CredentialsEnd, credentials_end),
        (Event::LinkEnds, link_ends),
    ];
    let mut values = vec![
        ("kind", kind.clone()),
        ("name", name.clone()),
        ("address", address.clone()),
        ("language", language.clone()),
    ];
    values.extend(ticked.iter().map(|(event, on)| (event.as_str(), on.to_string())));
    let form = AlertTargetForm {
        kind: Kind::from_word(&kind).ok_or(AppError::NotUnderstood)?,
        name,
        address,
        events: ticked.into_iter().filter(|(_, on)| *on).map(|(event, _)| event).collect(),
        language: AlertLanguage::from_word(&language).ok_or(AppError::NotUnderstood)?,
    };
    let made = form.name.trim().to_owned();
    let done = desk.operator.add_alert_target(form).await;
    if let Ok(Some(secret)) = &done
        && let Err(error) = once::leave(&desk.visit.session, ONCE, secret.expose()).await
    {
        // A webhook whose secret nobody saw can check nothing that it is sent.
        forget(&desk, &made).await;
        return Err(desk.visit.fail(PAGE, &error).await);
    }
    let said = say!(desk.language(), "alerts.added");
    let sent = Form { name: FORM.to_owned(), back: PAGE.to_owned(), values };
    desk.settle(sent, done, |_| (PAGE.to_owned(), said)).await
}

async fn forget(desk: &Desk, name: &str) {
    let targets = desk.operator.alert_targets().await.unwrap_or_default();
    let Some(made) = targets.into_iter().find(|target| target.name == name) else { return };
    if let Err(error) = desk.operator.delete_alert_target(&made.id).await {
        tracing::error!(error = engine::report(&error), "a webhook whose secret nobody saw stays");
    }
}

/// Tells a target nothing more for now, or again.
#[server(prefix = "/do", endpoint = "enable-alert-target")]
pub async fn enable_alert_target(target: String, on: bool) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let done = desk.operator.enable_alert_target(&target, on).await;
    let language = desk.language();
    let said = if on { say!(language, "alerts.resumed") } else { say!(language, "alerts.paused") };
    desk.settle(plain(), done, |()| (PAGE.to_owned(), said)).await
}

/// Deletes a target, with its secret and its deliveries.
#[server(prefix = "/do", endpoint = "delete-alert-target")]
pub async fn delete_alert_target(target: String) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let done = desk.operator.delete_alert_target(&target).await;
    let said = say!(desk.language(), "alerts.deleted");
    desk.settle(plain(), done, |()| (PAGE.to_owned(), said)).await
}

/// Sends a test to a target, and says what came of it.
#[server(prefix = "/do", endpoint = "test-alert-target")]
pub async fn test_alert_target(target: String) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let done = desk.operator.test_alert_target(&target).await;
    tell(&desk, done).await
}

/// Sends a delivery once more, and says what came of it.
#[server(prefix = "/do", endpoint = "redeliver-alert")]
pub async fn redeliver_alert(delivery: String) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let done = desk.operator.redeliver(&delivery).await;
    tell(&desk, done).await
}

async fn tell(desk: &Desk, done: Result<Option<Answer>, FormError>) -> Result<(), AppError> {
    let language = desk.language();
    let (tone, said) = match done {
        Ok(Some(answer)) if answer.is_taken() => (Tone::Good, say!(language, "alerts.taken")),
        Ok(Some(answer)) => {
            let why = words::answer(language, answer);
            (Tone::Bad, say!(language, "alerts.not_taken", why = why))
        }
        Ok(None) => (Tone::Plain, say!(language, "alerts.under_way")),
        Err(error) => {
            let refused = Err::<(), _>(error);
            return desk.settle(plain(), refused, |()| (PAGE.to_owned(), String::new())).await;
        }
    };
    desk.visit.go_saying(PAGE, tone, said).await;
    Ok(())
}

fn plain() -> Form {
    Form { name: FORM.to_owned(), back: PAGE.to_owned(), values: Vec::new() }
}
