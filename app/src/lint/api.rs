//! What the form is sent to.

use super::PAGE;
use super::kept::Kept;
use super::sent::Sent;
use crate::desk::{Desk, Form};
use crate::error::AppError;
use crate::flash;
use crate::visit::go;
use engine::{FormError, Problem};
use leptos::prelude::*;
use leptos::server_fn::codec::{MultipartData, MultipartFormData};

/// The name of the form.
pub(super) const FORM: &str = "check-policy";

/// Checks a file or a text, and leaves what was found for the page. Neither is stored.
#[server(prefix = "/do", endpoint = "check-policy", input = MultipartFormData)]
pub async fn check_policy(data: MultipartData) -> Result<(), AppError> {
    let desk = Desk::open().await?;
    let sent = Sent::read(data).await?;
    let values = vec![("text", sent.text())];
    let form = Form { name: FORM.to_owned(), back: PAGE.to_owned(), values };
    let Some(report) = sent.check() else {
        let empty = Err::<(), _>(FormError::Invalid { field: "file", problem: Problem::Empty });
        return desk.settle(form, empty, |()| (PAGE.to_owned(), String::new())).await;
    };
    let mut flash = form.into_flash(Vec::new());
    flash.values.push((Kept::FIELD.to_owned(), Kept::of(&report).written()));
    flash::leave(&desk.visit.session, &flash).await;
    go(PAGE);
    Ok(())
}
