//! What the forms of these pages are sent to.

use crate::desk::{Desk, Form};
use crate::error::AppError;
use crate::language::say;
use leptos::prelude::*;

/// Creates a database and goes to it.
#[server(prefix = "/do", endpoint = "create-database")]
pub async fn create_database(name: String) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let done = desk.operator.create_database(&name).await;
    let form = Form {
        name: "create-database".to_owned(),
        back: "/databases/new".to_owned(),
        values: vec![("name", name)],
    };
    let said = say!(desk.language(), "databases.created");
    desk.settle(form, done, |slug| (format!("/databases/{slug}"), said)).await
}
