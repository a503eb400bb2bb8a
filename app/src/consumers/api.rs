//! What the forms of these pages are sent to.

use super::LIST;
use crate::desk::{Desk, Form};
use crate::error::AppError;
use crate::language::say;
use crate::once;
use chain::ConsumerId;
use engine::{ConsumerForm, FormError, Problem};
use leptos::prelude::*;

/// The form with a new consumer.
pub(super) const FORM: &str = "add-consumer";

/// Adds a consumer and goes to its page, which shows the key once.
#[server(prefix = "/do", endpoint = "add-consumer")]
pub async fn add_consumer(
    name: String,
    scope: String,
    #[server(default)] databases: Vec<String>,
    #[server(default)] days: String,
) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let chosen = databases.join(" ");
    let form = Form {
        name: FORM.to_owned(),
        back: format!("{LIST}/new"),
        values: vec![
            ("name", name.clone()),
            ("scope", scope.clone()),
            ("databases", chosen),
            ("days", days.clone()),
        ],
    };
    let added = match days.trim().parse() {
        Ok(days) => {
            let databases = (scope != "all").then_some(databases);
            desk.operator.add_consumer(ConsumerForm { name, databases, days: Some(days) }).await
        }
        Err(_) => Err(FormError::Invalid { field: "days", problem: Problem::Empty }),
    };
    if let Ok((consumer, key)) = &added
        && let Err(error) = once::leave(&desk.visit.session, &consumer.id.to_string(), key.expose()).await
    {
        // A key that nobody saw is worth nothing to anybody.
        let _ = desk.operator.revoke_consumer(consumer.id).await;
        return Err(desk.visit.fail(LIST, &error).await);
    }
    let said = say!(desk.language(), "consumers.added");
    desk.settle(form, added, |(consumer, _)| (format!("{LIST}/{}", consumer.id), said)).await
}

/// Revokes the key of a consumer.
#[server(prefix = "/do", endpoint = "revoke-consumer")]
pub async fn revoke_consumer(consumer: String) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let id: ConsumerId = consumer.parse().map_err(|_| AppError::NotUnderstood)?;
    let revoked = desk.operator.revoke_consumer(id).await;
    let form = Form { name: "revoke-consumer".to_owned(), back: LIST.to_owned(), values: Vec::new() };
    let language = desk.language();
    desk.settle(form, revoked, |consumer| {
        (LIST.to_owned(), say!(language, "consumers.revoked", name = consumer.name))
    })
    .await
}
